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

export class Leg {
	#link;
	#on;
	#track = null;
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

	// Throws what getUserMedia throws.
	async microphone() {
		if (this.live)
			return;
		if (!navigator.mediaDevices?.getUserMedia)
			throw new DOMException('no microphone', 'NotFoundError');
		const { microphone } = devices();
		const stream = await navigator.mediaDevices.getUserMedia({ audio: {
			deviceId: microphone ? { ideal: microphone } : undefined,
			echoCancellation: true,
			noiseSuppression: true,
			autoGainControl: true,
			channelCount: 1,
		} });
		const [track] = stream.getAudioTracks();

		track.dontStop = true; // janus.js would end it with the leg
		track.addEventListener('ended', () => {
			if (this.#track === track)
				this.#on.mic('lost', 'M03');
		});
		this.#track = track;
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
		if (!this.#track || this.live)
			return;
		try {
			await this.microphone();
			await this.send(this.#wants);
			this.#on.mic('back');
		} catch {
			// still none: the next devicechange tries again
		}
	}

	async choose(chosen) {
		const changed = devices().microphone !== chosen.microphone;

		localStorage.setItem(KEEP, JSON.stringify(chosen));
		await this.#route();
		if (!changed || !this.#track)
			return;
		const old = this.#track;

		this.#track = null;
		try {
			await this.microphone();
		} catch (err) {
			this.#track = old;
			throw err;
		}
		await this.send(this.#wants);
		old.stop();
	}

	async list() {
		const all = await navigator.mediaDevices?.enumerateDevices() ?? [];

		return { all, chosen: devices() };
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
		this.#track?.stop();
		this.#track = null;
		this.#wants = false;
		this.#before = null;
		this.#ringer.muted = true;
		this.#headset.srcObject = null;
		this.#ringer.srcObject = null;
	}
}
