// leg.js - microphone, PeerConnection and loudspeakers of one shift.
//
// The microphone is asked for once and kept. While there is no call the
// sender has no track, so nothing is sent; hold, mute and transfers are the
// server's and never come here (DESIGN D1).

const KEEP = 'otklik.devices';

function devices() {
	try {
		return JSON.parse(localStorage.getItem(KEEP)) ?? {};
	} catch {
		return {};
	}
}

// Which warning belongs to the browser's refusal.
export function refusal(err) {
	switch (err?.name) {
	case 'NotAllowedError':
	case 'SecurityError':
		return 'M03a';
	case 'NotReadableError':
	case 'AbortError':
	case 'TrackStartError':
		return 'M03b';
	default:
		return 'M03';
	}
}

// PulseAudio's own "Monitor of …" is what the loudspeaker plays: with it as
// the microphone a citizen would hear himself. Firefox offers it like any
// other when the headset is pulled out.
export function loopback({ label }) {
	return /^(monitor of|монитор) /i.test(label);
}

async function capture(deviceId) {
	const stream = await navigator.mediaDevices.getUserMedia({ audio: {
		deviceId,
		echoCancellation: true,
		noiseSuppression: true,
		autoGainControl: true,
		channelCount: 1,
	} });

	return stream.getAudioTracks()[0];
}

export class Leg {
	#link;
	#on;
	#track = null;
	#wanted = false; // a microphone, from «Начало работы» to the end
	#turn = Promise.resolve(); // one question to the browser at a time
	#round = 0;
	#wants = false;
	#swap = Promise.resolve();
	#stream = null;
	#headset;
	#ringer;
	#before = null;

	// on: { mic('lost'|'back', code), blocked(still) }
	constructor(link, headset, ringer, on) {
		this.#link = link;
		this.#headset = headset;
		this.#ringer = ringer;
		this.#on = on;
		ringer.muted = true;
		navigator.mediaDevices?.addEventListener('devicechange',
			() => this.#devicesChanged());
	}

	get track() { return this.#track; }
	get live() { return this.#track?.readyState === 'live'; }
	get wanted() { return this.#wanted; }

	// Throws what getUserMedia throws.
	microphone() {
		return this.#inTurn(async () => {
			if (!this.live)
				await this.#take();
		});
	}

	// Another track in the middle of the shift: the old one is dead, mute or
	// of another device. It goes on if there is none.
	renew(needed = () => true) {
		return this.#inTurn(async () => {
			if (!needed())
				return;
			const old = this.#track;

			try {
				await this.#take();
			} catch (err) {
				if (!this.live && this.#wanted)
					this.#on.mic('lost', refusal(err));
				throw err;
			}
			await this.send(this.#wants);
			old?.stop();
			this.#on.mic('back');
		});
	}

	#inTurn(what) {
		const done = this.#turn.then(what);

		this.#turn = done.catch(() => {});
		return done;
	}

	async #take() {
		const round = this.#round;

		this.#wanted = true;
		const track = await this.#ask();

		if (round !== this.#round) { // the shift is over meanwhile
			track.stop();
			throw new DOMException('stopped', 'AbortError');
		}
		track.dontStop = true; // janus.js would end it with the leg
		track.addEventListener('ended', () => {
			if (this.#track === track)
				this.#trackEnded();
		});
		this.#track = track;
	}

	// Unplugged, or taken by the browser; another device may be there.
	#trackEnded() {
		this.#on.mic('lost', 'M03');
		this.renew(() => !this.live).catch(() => {});
	}

	async #ask() {
		if (!navigator.mediaDevices?.getUserMedia)
			throw new DOMException('no microphone', 'NotFoundError');
		const { microphone } = devices();
		const track = await capture(microphone && { ideal: microphone });

		if (!loopback(track))
			return track;
		const other = (await this.list()).all
			.find((d) => d.kind === 'audioinput');

		track.stop();
		if (!other)
			throw new DOMException('no microphone', 'NotFoundError');
		return capture({ exact: other.deviceId });
	}

	// -> the answer to send with `leg`
	answer(jsep) {
		const handle = this.#link.handle;

		return new Promise((yes, no) => handle.createAnswer({
			jsep,
			tracks: [{ type: 'audio', capture: this.#track, recv: true }],
			success: yes,
			error: no,
		}));
	}

	get #sender() {
		return this.#link.pc?.getSenders()[0] ?? null;
	}

	// One change after another: a fast ring and hang-up must not cross.
	send(wants) {
		this.#wants = wants;
		this.#swap = this.#swap.then(async () => {
			const track = this.#wants ? this.#track : null;
			const sender = this.#sender;

			if (sender && sender.track !== track)
				await sender.replaceTrack(track);
		}).catch(() => {}); // a closed connection: nothing to send on
		return this.#swap;
	}

	hear(track) {
		this.#stream = new MediaStream([track]);
		this.#headset.srcObject = this.#stream;
		this.#ringer.srcObject = this.#stream;
		this.#route();
		this.play();
	}

	async #route() {
		const { headset, ringer } = devices();

		await this.#sink(this.#headset, headset);
		await this.#sink(this.#ringer, ringer);
	}

	async #sink(element, id) {
		try {
			await element.setSinkId?.(id ?? '');
		} catch { // the device is gone: the system's own
			await element.setSinkId?.('').catch(() => {});
		}
	}

	// The browser may want a click before the first sound of the day.
	async play() {
		try {
			await this.#headset.play();
			this.#on.blocked(false);
		} catch (err) {
			if (err.name === 'NotAllowedError')
				this.#on.blocked(true);
		}
	}

	// The same stream also on the ringer, where that is another device.
	ring(on) {
		const { headset, ringer } = devices();
		const muted = !on || (headset ?? '') === (ringer ?? '');

		if (this.#ringer.muted === muted)
			return;
		this.#ringer.muted = muted;
		if (muted)
			this.#ringer.pause();
		else
			this.#ringer.play().catch(() => {});
	}

	async #devicesChanged() {
		await this.#route();
		if (this.#wanted && !this.live)
			this.renew(() => this.#wanted && !this.live)
				.catch(() => {}); // still none: the next change tries again
	}

	async choose(chosen) {
		const changed = devices().microphone !== chosen.microphone;

		localStorage.setItem(KEEP, JSON.stringify(chosen));
		await this.#route();
		if (this.#wanted && (changed || !this.live))
			await this.renew();
	}

	async list() {
		const all = await navigator.mediaDevices?.enumerateDevices() ?? [];

		return { all: all.filter((d) => !loopback(d)), chosen: devices() };
	}

	// Figures since the last call: what the far side sends us.
	async quality() {
		const { received = 0, lost = 0, jitter = 0, rtt = 0 } =
			await this.stats();
		const before = this.#before ?? { received, lost };
		const came = received - before.received;
		const gone = Math.max(0, lost - before.lost);

		this.#before = { received, lost };
		return {
			loss: came + gone > 0 ? gone / (came + gone) : 0,
			jitter, rtt,
		};
	}

	async stats() {
		const out = {};
		const report = await this.#link.pc?.getStats() ?? new Map();

		for (const s of report.values()) {
			if (s.type === 'inbound-rtp') {
				out.received = s.packetsReceived;
				out.bytesReceived = s.bytesReceived;
				out.lost = s.packetsLost;
				out.jitter = (s.jitter ?? 0) * 1000;
				out.audioLevel = s.audioLevel;
				out.totalAudioEnergy = s.totalAudioEnergy;
				out.concealed = s.concealedSamples;
			} else if (s.type === 'outbound-rtp') {
				out.sent = s.packetsSent;
				out.bytesSent = s.bytesSent;
			} else if (s.type === 'remote-inbound-rtp') {
				out.rtt = (s.roundTripTime ?? 0) * 1000;
			} else if (s.type === 'candidate-pair' && s.nominated &&
				s.currentRoundTripTime) {
				out.rtt ??= s.currentRoundTripTime * 1000;
			}
		}
		return out;
	}

	// «Завершить», sign-out, taken over: the microphone's lamp goes out.
	stop() {
		this.#link.handle?.hangup(false);
		this.#round++;
		this.#track?.stop();
		this.#track = null;
		this.#wanted = false;
		this.#wants = false;
		this.#before = null;
		this.#ringer.muted = true;
		this.#headset.srcObject = null;
		this.#ringer.srcObject = null;
	}
}
