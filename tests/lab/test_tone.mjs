#!/usr/bin/env node
// The measuring instruments measured.

import assert from 'node:assert/strict';
import { test, run } from './run.mjs';
import { Media } from './rtp.mjs';
import * as tone from './tone.mjs';

const pcm = (x) => Math.round(x * 32767);

test('A-law and µ-law bytes survive decoding and encoding', async () => {
	for (let b = 0; b < 256; b++) {
		assert.equal(tone.alawEncode(tone.alawDecode(b)), b);
		if (b !== 0x7f) // minus zero
			assert.equal(tone.ulawEncode(tone.ulawDecode(b)), b);
	}
	assert.equal(tone.alawDecode(0xd5), 8);
	assert.equal(tone.alawDecode(0xaa), 32256);
	assert.equal(tone.ulawDecode(0x80), 32124);
});

test('coding costs less than 35 dB of a tone', async () => {
	const clean = tone.sine(440);
	const coded = clean.map((x) => tone.ALAW[tone.alawEncode(pcm(x))]);
	const noise = coded.map((x, i) => x - clean[i]);

	assert.ok(tone.rms(noise) < tone.rms(clean) / 56);
});

test('a pure tone has all its energy at its frequency', async () => {
	const s = tone.sine(440, 0.1);

	assert.ok(tone.toneShare(s, 440) > 0.999);
	assert.ok(tone.toneShare(s, 700) < 0.001);
	assert.equal(tone.strongest(s).hz, 440);
});

test('three mixed tones are each found with their level', async () => {
	const mix = tone.sine(440, 1, { level: 0.2 });

	for (const [hz, level] of [[700, 0.3], [1300, 0.1]])
		tone.sine(hz, 1, { level }).forEach((x, i) => { mix[i] += x; });
	for (const w of tone.windows(mix, [440, 700, 1300, 1900])) {
		assert.ok(Math.abs(w.tones[440] - 0.2) < 0.01);
		assert.ok(Math.abs(w.tones[700] - 0.3) < 0.01);
		assert.ok(Math.abs(w.tones[1300] - 0.1) < 0.01);
		assert.ok(w.tones[1900] < 0.01);
	}
});

test('spans and silence are found to a window', async () => {
	const s = new Float32Array(8000 * 3);

	s.set(tone.sine(440, 1), 8000);
	s.fill(NaN, 16000, 20000);
	const list = tone.windows(s, [440]);

	assert.deepEqual(tone.spans(list, tone.hasTone(440)),
		[{ from: 1000, to: 2000 }]);
	assert.equal(list[21].missing, 1);
	assert.equal(list[28].missing, 0);
	assert.equal(tone.longestSilence(s), 1000);
	assert.equal(tone.longestSilence(s.subarray(12000)), 1000);
});

test('a WAV comes back as written, an open one to its end', async () => {
	const left = tone.sine(440);
	const right = tone.sine(700);
	const file = tone.wav([left, right]);

	file.writeUInt32LE(0xffffffff, 40);
	const got = tone.readWav(file);

	assert.equal(got.rate, 8000);
	assert.equal(got.channels[1].length, 8000);
	assert.ok(Math.abs(got.channels[0][5] - left[5]) < 1e-4);
	assert.ok(Math.abs(got.channels[1][5] - right[5]) < 1e-4);
	assert.throws(() => tone.readWav(Buffer.from('nonsense')), /not a WAV/);
});

// 100 packets of a tone; `late` says how late the n-th came, `skips` what its
// timestamp is ahead.
function received(late, skips = () => 0) {
	const media = new Media();
	const s = tone.sine(500);

	for (let n = 0; n < 100; n++)
		media.packets.push({ at: 1000 + 20 * n + late(n), pt: 8, ssrc: 1,
			ts: (4294960000 + 160 * n + 8 * skips(n)) % 2 ** 32,
			payload: Buffer.from(s.subarray(0, 160).map((x) => pcm(x)))
				.map((_, i) => tone.alawEncode(pcm(s[i]))) });
	return media.longestSilence(1000, 3000);
}

test('packets a stalled reader got in a heap are no hole, a pause is',
	async () => {
		assert.equal(received(() => 0), 0);
		assert.equal(received((n) => n < 30 || n > 59 ? n % 3 :
			20 * (60 - n)), 0);
		assert.equal(received((n) => n < 50 ? 0 : 600), 600);
		assert.equal(received((n) => n < 50 ? 0 : 600,
			(n) => n < 50 ? 0 : 600), 600); // the sender's clock went on
		assert.equal(received(() => 0, (n) => n < 50 ? 0 : 600), 0);
	});

await run();
