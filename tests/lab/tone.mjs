// Tones and their measurement. Pure: samples in, figures out.
//
// Samples are Float32Array at `rate` Hz in -1…1. A sample nobody sent (a hole
// in the stream) is NaN, so a hole and recorded silence are told apart.

export const RATE = 8000;
export const WINDOW_MS = 100;

// -45 dBFS. G.711 comfort noise and the idle code lie below, speech far above.
export const SILENCE_RMS = 0.0056;

// ITU-T G.711 A-law, as the tables of the standard: 13-bit magnitude.
export function alawDecode(byte) {
	const v = byte ^ 0x55;
	const segment = (v & 0x70) >> 4;
	let mag = ((v & 0x0f) << 4) + 8;

	if (segment > 0)
		mag = (mag + 0x100) << (segment - 1);
	return v & 0x80 ? mag : -mag;
}

export function alawEncode(sample) {
	const sign = sample >= 0 ? 0x80 : 0;
	let mag = Math.min(32767, sign ? sample : -sample - 1);
	let segment = 0;

	for (let top = mag >> 8; top > 0; top >>= 1)
		segment++;
	const low = segment < 2 ? mag >> 4 : mag >> (segment + 3);
	return (sign | (segment << 4) | (low & 0x0f)) ^ 0x55;
}

// µ-law: bias 132, 14-bit magnitude.
export function ulawDecode(byte) {
	const v = ~byte & 0xff;
	const mag = ((((v & 0x0f) << 3) + 0x84) << ((v & 0x70) >> 4)) - 0x84;

	return v & 0x80 ? -mag : mag;
}

export function ulawEncode(sample) {
	const sign = sample < 0 ? 0x80 : 0;
	const mag = Math.min(32635, Math.abs(sample)) + 0x84;
	let segment = 7;

	for (let bit = 0x4000; segment > 0 && !(mag & bit); bit >>= 1)
		segment--;
	return ~(sign | (segment << 4) | ((mag >> (segment + 3)) & 0x0f)) & 0xff;
}

const table = (decode) =>
	Float32Array.from({ length: 256 }, (_, i) => decode(i) / 32768);
export const ALAW = table(alawDecode);
export const ULAW = table(ulawDecode);

// `seconds` of a sine. Whole numbers of Hz loop without a click each second.
export function sine(hz, seconds = 1, { rate = RATE, level = 0.5 } = {}) {
	return Float32Array.from({ length: Math.round(seconds * rate) },
		(_, i) => level * Math.sin((2 * Math.PI * hz * i) / rate));
}

// A 16-bit PCM WAV of one or more channels.
export function wav(channels, rate = RATE) {
	const n = channels[0].length;
	const out = Buffer.alloc(44 + n * 2 * channels.length);

	out.write('RIFF', 0);
	out.writeUInt32LE(out.length - 8, 4);
	out.write('WAVEfmt ', 8);
	out.writeUInt32LE(16, 16);
	out.writeUInt16LE(1, 20);
	out.writeUInt16LE(channels.length, 22);
	out.writeUInt32LE(rate, 24);
	out.writeUInt32LE(rate * 2 * channels.length, 28);
	out.writeUInt16LE(2 * channels.length, 32);
	out.writeUInt16LE(16, 34);
	out.write('data', 36);
	out.writeUInt32LE(out.length - 44, 40);
	for (let i = 0, at = 44; i < n; i++)
		for (const ch of channels)
			at = out.writeInt16LE(Math.round(ch[i] * 32767), at);
	return out;
}

// WAV → { rate, channels }. PCM16, A-law and µ-law; a data length that is
// larger than the file (a recording still open) means "to the end".
export function readWav(buf) {
	if (buf.toString('latin1', 0, 4) !== 'RIFF' ||
	    buf.toString('latin1', 8, 12) !== 'WAVE')
		throw new Error('not a WAV file');

	let format = null;
	for (let at = 12; at + 8 <= buf.length;) {
		const id = buf.toString('latin1', at, at + 4);
		const len = buf.readUInt32LE(at + 4);

		if (id === 'fmt ')
			format = {
				code: buf.readUInt16LE(at + 8),
				count: buf.readUInt16LE(at + 10),
				rate: buf.readUInt32LE(at + 12),
			};
		if (id === 'data') {
			if (!format)
				throw new Error('WAV data before its format');
			return { rate: format.rate,
				channels: split(buf.subarray(at + 8,
					Math.min(buf.length, at + 8 + len)), format) };
		}
		at += 8 + len + (len & 1);
	}
	throw new Error('WAV without data');
}

function split(data, { code, count }) {
	const width = { 1: 2, 6: 1, 7: 1 }[code];

	if (!width)
		throw new Error(`WAV format ${code} is not read here`);
	const n = Math.floor(data.length / width / count);
	const channels = Array.from({ length: count }, () => new Float32Array(n));

	for (let i = 0; i < n; i++) {
		for (let c = 0; c < count; c++) {
			const at = (i * count + c) * width;
			channels[c][i] = code === 1 ? data.readInt16LE(at) / 32768 :
				(code === 6 ? ALAW : ULAW)[data[at]];
		}
	}
	return channels;
}

export function rms(samples) {
	let sum = 0;

	for (const x of samples)
		sum += x === x ? x * x : 0;
	return Math.sqrt(sum / Math.max(1, samples.length));
}

// The share of a window's energy that lies at one frequency, 0…1 (Goertzel).
export function toneShare(samples, hz, rate = RATE) {
	const w = (2 * Math.PI * hz) / rate;
	const k = 2 * Math.cos(w);
	let a = 0;
	let b = 0;
	let energy = 0;

	for (const raw of samples) {
		const x = raw === raw ? raw : 0;
		const c = x + k * a - b;

		b = a;
		a = c;
		energy += x * x;
	}
	if (energy < 1e-9)
		return 0;
	const power = a * a + b * b - k * a * b;
	return Math.min(1, (2 * power) / (samples.length * energy));
}

// Splits a stream into windows. Each: { at (ms from the first sample), rms,
// missing (share of samples nobody sent), tones: { hz: amplitude 0…1 } }.
export function windows(samples, tones, { rate = RATE, ms = WINDOW_MS } = {}) {
	const size = Math.round((rate * ms) / 1000);
	const out = [];

	for (let at = 0; at + size <= samples.length; at += size) {
		const part = samples.subarray(at, at + size);
		const level = rms(part);
		let missing = 0;

		for (const x of part)
			missing += x === x ? 0 : 1;
		out.push({ at: (at * 1000) / rate, rms: level,
			missing: missing / size,
			tones: Object.fromEntries(tones.map((hz) => [hz,
				level * Math.SQRT2 *
				Math.sqrt(toneShare(part, hz, rate))])) });
	}
	return out;
}

// When was a tone there: [{ from, to }] in ms, spans of windows in which its
// amplitude reaches `level`. Shorter than `least` ms does not count.
export function spans(list, test, { ms = WINDOW_MS, least = 0 } = {}) {
	const out = [];

	for (const w of list) {
		const last = out[out.length - 1];

		if (!test(w))
			continue;
		if (last && Math.abs(last.to - w.at) < ms / 2)
			last.to = w.at + ms;
		else
			out.push({ from: w.at, to: w.at + ms });
	}
	return out.filter((s) => s.to - s.from >= least);
}

export const hasTone = (hz, level = 0.05) => (w) => w.tones[hz] >= level;
export const isSilent = (w) => w.rms < SILENCE_RMS;

// The longest stretch of dead silence in ms, by 20-ms windows.
export function longestSilence(samples, rate = RATE) {
	const quiet = spans(windows(samples, [], { rate, ms: 20 }), isSilent,
		{ ms: 20 });

	return quiet.reduce((most, s) => Math.max(most, s.to - s.from), 0);
}

// The strongest frequency between two bounds, by 10-Hz steps.
export function strongest(samples, { rate = RATE, from = 100, to = 3400 } = {}) {
	let best = { hz: 0, share: 0 };

	for (let hz = from; hz <= to; hz += 10) {
		const share = toneShare(samples, hz, rate);

		if (share > best.share)
			best = { hz, share };
	}
	return best;
}
