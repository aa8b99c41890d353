// One RTP stream pair of a telephone: sends G.711 at 20 ms, keeps every packet
// that comes in with its time, and lays the audio out for measuring.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { EventEmitter } from 'node:events';
import { PATIENCE } from './run.mjs';
import { ALAW, ULAW, alawEncode, ulawEncode, sine, windows, longestSilence }
	from './tone.mjs';

const FRAME = 160;
const PTIME = 20;
const IDLE = { 8: 0xd5, 0: 0xff };
const CODE = { 8: alawEncode, 0: ulawEncode };
const KEYS = '0123456789*#ABCD';

function bind(address, port) {
	return new Promise((done, fail) => {
		const s = dgram.createSocket('udp4');

		s.once('error', (err) => { s.close(); fail(err); });
		s.bind(port, address, () => done(s));
	});
}

// An even port and the odd one above it, as RTP and RTCP want.
async function bindPair(address) {
	for (let tries = 0; tries < 200; tries++) {
		const port = 30000 + 2 * Math.floor(Math.random() * 5000);
		let rtp = null;

		try {
			rtp = await bind(address, port);
			return [rtp, await bind(address, port + 1)];
		} catch (err) {
			rtp?.close();
			if (err.code !== 'EADDRINUSE')
				throw err;
		}
	}
	throw new Error('no free RTP ports');
}

// Where each packet stands in time: where its own timestamp puts it, counted
// from the packets that came soonest. What a stalled reader got late and in a
// heap, the last of it in time, is no hole then. What stays late (by 200 ms
// and more: the sender paused) is one; a timestamp that jumps ahead is none.
function places(list) {
	const out = new Float64Array(list.length);
	let first = null, shift = 0;

	list.forEach((p, n) => {
		const after = (q) => ((q.ts - first.ts) | 0) / 8;

		if (first?.ssrc !== p.ssrc) {
			first = p;
			shift = Infinity;
		}
		const lateness = (q) => q.at - first.at - after(q);
		let late = lateness(p);

		for (let i = n + 1; i < list.length && list[i].ssrc === p.ssrc &&
			list[i].at <= p.at + 100; i++) {
			const next = lateness(list[i]);

			if (next < late - 60)
				break;
			late = Math.min(late, next);
		}
		if (late < shift || late - shift >= 200)
			shift = late;
		out[n] = first.at + after(p) + shift;
	});
	return out;
}

export class Media extends EventEmitter {
	packets = []; // { at, seq, ts, pt, ssrc, marker, payload }
	digits = [];  // { key, at, duration (timestamp units) }
	rtcp = [];    // { at, type }
	sent = 0;

	static async open(address) {
		const media = new Media();

		[media.rtpSocket, media.rtcpSocket] = await bindPair(address);
		media.address = address;
		media.port = media.rtpSocket.address().port;
		media.ssrc = Math.floor(Math.random() * 2 ** 32);
		media.seq = Math.floor(Math.random() * 65536);
		media.ts = Math.floor(Math.random() * 2 ** 32);
		media.rtpSocket.on('message', (m) => media.#onRtp(m));
		media.rtcpSocket.on('message', (m) => media.#onRtcp(m));
		return media;
	}

	close() {
		clearTimeout(this.timer);
		clearInterval(this.reports);
		if (this.closed)
			return;
		this.closed = true;
		this.rtpSocket.close();
		this.rtcpSocket.close();
	}

	// Where to send and as what; called at every accepted SDP.
	connect({ address, port, pt, dtmf }) {
		this.remote = { address, port };
		this.pt = pt;
		this.dtmfPt = dtmf;
		if (this.timer || this.closed)
			return;
		this.next = performance.now();
		this.#tick();
		this.reports = setInterval(() => this.#report(), 5000);
	}

	// What is said from now on: a frequency, null (silence), or samples,
	// which are looped. -> when its first packet is due
	say(what, level = 0.5) {
		this.samples = what === null ? null :
			typeof what === 'number' ? sine(what, 1, { level }) : what;
		this.position = 0;
		return this.next;
	}

	// Not one packet more (true), or again (false): a dead line.
	pause(on) {
		this.paused = on;
	}

	#tick() {
		const now = performance.now();

		// After a stall of this process the missed frames are sent at once.
		for (; this.next <= now && !this.closed; this.next += PTIME) {
			if (!this.paused)
				this.#send(this.#frame(), this.pt, !this.sent);
			this.ts = (this.ts + FRAME) >>> 0;
		}
		this.timer = setTimeout(() => this.#tick(), Math.max(1, this.next - now));
	}

	#frame() {
		const out = Buffer.alloc(FRAME, IDLE[this.pt]);

		for (let i = 0; this.samples && i < FRAME; i++) {
			const x = this.samples[this.position];

			out[i] = CODE[this.pt](Math.round(x * 32767));
			this.position = (this.position + 1) % this.samples.length;
		}
		return out;
	}

	#send(payload, pt, marker, ts = this.ts) {
		const p = Buffer.alloc(12 + payload.length);

		p[0] = 0x80;
		p[1] = pt | (marker ? 0x80 : 0);
		p.writeUInt16BE(this.seq, 2);
		p.writeUInt32BE(ts, 4);
		p.writeUInt32BE(this.ssrc, 8);
		payload.copy(p, 12);
		this.seq = (this.seq + 1) & 0xffff;
		this.sent++;
		this.rtpSocket.send(p, this.remote.port, this.remote.address);
	}

	// Anything at all, as it stands: late, doubled or broken packets.
	sendRaw(packet) {
		this.rtpSocket.send(packet, this.remote.port, this.remote.address);
	}

	// RFC 4733: 100 ms a key, the end three times, 60 ms between keys.
	async dtmf(keys) {
		for (const key of keys) {
			const ts = this.ts;

			for (let i = 1; i <= 7; i++) {
				const end = i > 5;
				const p = Buffer.from([KEYS.indexOf(key),
					(end ? 0x80 : 0) | 10, 0, 0]);

				p.writeUInt16BE(Math.min(i, 5) * FRAME, 2);
				this.#send(p, this.dtmfPt, i === 1, ts);
				await new Promise((go) => setTimeout(go, end ? 1 : PTIME));
			}
			await new Promise((go) => setTimeout(go, 60));
		}
	}

	#onRtp(m) {
		if (m.length < 12 || m[0] >> 6 !== 2)
			return;
		const head = 12 + 4 * (m[0] & 15);
		const p = { at: performance.now(), marker: m[1] > 127,
			pt: m[1] & 127, seq: m.readUInt16BE(2), ts: m.readUInt32BE(4),
			ssrc: m.readUInt32BE(8), payload: Buffer.from(m.subarray(head)) };

		if (p.pt === this.dtmfPt && p.pt)
			this.#onKey(p);
		else if (p.pt === 0 || p.pt === 8)
			this.packets.push(p);
		this.emit('packet', p);
	}

	#onKey({ payload, ts, at }) {
		const last = this.digits[this.digits.length - 1];
		const duration = payload.readUInt16BE(2);

		if (last && last.ts === ts) {
			last.duration = Math.max(last.duration, duration);
			return;
		}
		this.digits.push({ key: KEYS[payload[0]] ?? '?', ts, at, duration });
		this.emit('digit', KEYS[payload[0]]);
	}

	// Waits until exactly these keys have been heard, in order.
	untilDigits(keys, within = PATIENCE) {
		return new Promise((done, fail) => {
			const got = () => this.digits.map((d) => d.key).join('');
			const look = () => {
				if (got() !== keys)
					return;
				clearTimeout(timer);
				this.off('digit', look);
				done();
			};
			const timer = setTimeout(() => fail(new Error(
				`digits «${got()}» and not «${keys}»`)), within);

			this.on('digit', look);
			look();
		});
	}

	#onRtcp(m) {
		if (m.length >= 8 && m[0] >> 6 === 2) {
			this.rtcp.push({ at: performance.now(), type: m[1],
				middle: m[1] === 200 && m.length >= 28 ?
					m.readUInt32BE(10) : 0 });
		}
	}

	// A sender report with one reception block (RFC 3550 6.4.1).
	#report() {
		const p = Buffer.alloc(52);
		const ntp = Date.now() / 1000 + 2208988800;
		const last = this.packets[this.packets.length - 1];
		const sr = this.rtcp.findLast((r) => r.middle);

		p.writeUInt16BE(0x81c8, 0);
		p.writeUInt16BE(12, 2);
		p.writeUInt32BE(this.ssrc, 4);
		p.writeUInt32BE(Math.floor(ntp), 8);
		p.writeUInt32BE(Math.floor((ntp % 1) * 2 ** 32), 12);
		p.writeUInt32BE(this.ts, 16);
		p.writeUInt32BE(this.sent, 20);
		p.writeUInt32BE(this.sent * FRAME, 24);
		p.writeUInt32BE(last?.ssrc ?? 0, 28);
		p.writeUInt32BE(last?.seq ?? 0, 36);
		p.writeUInt32BE(sr?.middle ?? 0, 44);
		p.writeUInt32BE(sr ? Math.round((performance.now() - sr.at) *
			65.536) : 0, 48);
		this.rtcpSocket.send(p, this.remote.port + 1, this.remote.address);
	}

	// The audio heard between two moments of performance.now(), as 8-kHz
	// samples with NaN where nothing came. The last 40 ms may still be on
	// their way.
	heard(from, to = performance.now() - 40) {
		const out = new Float32Array(
			Math.max(0, Math.round((to - from) * 8)));
		const list = this.packets.filter((p) =>
			p.at >= from - 1000 && p.at <= to + 1000);
		const at = places(list);

		out.fill(NaN);
		list.forEach((p, n) => {
			const start = Math.round((at[n] - from) * 8);
			const code = p.pt === 8 ? ALAW : ULAW;

			for (let i = 0; i < p.payload.length; i++)
				if (start + i >= 0 && start + i < out.length)
					out[start + i] = code[p.payload[i]];
		});
		return out;
	}

	windows(tones, from, to) {
		return windows(this.heard(from, to), tones);
	}

	longestSilence(from, to) {
		return longestSilence(this.heard(from, to));
	}

	// Waits until the newest `ms` of audio satisfy test(window). Only what is
	// heard after this call counts.
	until(test, { tones = [], ms = 200, within = PATIENCE, what = test.name } = {}) {
		const since = performance.now();

		return new Promise((done, fail) => {
			let timer = null;
			const stop = () => {
				clearTimeout(timer);
				clearInterval(clock);
			};
			const look = () => {
				const now = performance.now();
				const from = now - ms - 40;

				if (from < since)
					return;
				const heard = this.heard(from, from + ms);
				const [got] = windows(heard, tones, { ms });

				if (!got || !test(got, heard))
					return;
				stop();
				done({ ...got, at: now });
			};

			timer = setTimeout(() => {
				stop();
				const now = performance.now();
				const last = windows(this.heard(now - 1000, now), tones);

				fail(new Error(`not heard within ${within} ms: ${what}; ` +
					`last second ${JSON.stringify(last)}`));
			}, within);
			// By the clock, not by packets: silence must be heard too.
			const clock = setInterval(look, 20);
		});
	}

	// A tone without a hole in it, for so long.
	steady(hz, { ms = 1000, level = 0.02, ...more } = {}) {
		return this.until((w, heard) => windows(heard, [hz])
			.every((part) => part.tones[hz] >= level),
		{ ms, what: `${hz} Hz for ${ms} ms`, ...more });
	}

	hears(hz, { level = 0.03, ...more } = {}) {
		return this.until((w) => w.tones[hz] >= level,
			{ tones: [hz], what: `${hz} Hz`, ...more });
	}
}

// One stream, each packet a step on, its timestamp a frame on; by the clock
// where a marker says that something new begins. lost: so many may have got
// lost on their way.
export function unbroken(packets, lost = 0) {
	assert.ok(packets.length > 20, `${packets.length} packets`);
	packets.reduce((a, b) => {
		assert.equal(b.ssrc, a.ssrc);
		const on = (b.seq - a.seq) & 0xffff, step = (b.ts - a.ts) >>> 0;

		assert.ok(on >= 1 && on <= lost + 1, `packet ${a.seq} → ${b.seq}, ` +
			`timestamp ${a.ts} → ${b.ts}`);
		lost -= on - 1;
		assert.ok(step === 160 * on || b.marker && step > 0 &&
			step < 1 << 20, `timestamp ${a.ts} → ${b.ts}`);
		return b;
	});
}
