#!/usr/bin/env node
// A talk of a minute: what was said in one moment stands in one place of the
// recording's two channels, from its begin to its end.
// limit: 180 s

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inNamespace, test, run, lasts } from '../lab/run.mjs';
import { ALAW, readWav, rms, toneShare } from '../lab/tone.mjs';
import { Desk, HZ } from './desk.mjs';

inNamespace();

const FROM = '+79180000061';
const OTHER = 600; // the citizen's second tone
const desk = await Desk.open();
const { stack } = desk;

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

// Where one sound gives way to another near a place, to some samples: of all
// cuts the one that leaves the most of `before` on its left and the most of
// `after` on its right. Samples in, sample out.
function edge(samples, near, before, after, reach = 4000, side = 400) {
	let best = { score: -Infinity, at: NaN };

	for (let at = near - reach; at <= near + reach; at += 8) {
		if (at < side || at + side > samples.length)
			continue;
		const score = before(samples.subarray(at - side, at)) +
			after(samples.subarray(at, at + side));

		if (score > best.score)
			best = { score, at };
	}
	return best.at;
}

const tone = (hz) => (part) => toneShare(part, hz);
const hush = (part) => {
	let sum = 0;

	for (const x of part)
		sum += x === x ? x * x : 0;
	return sum / part.length < 1e-5 ? 1 : 0;
};

// When the first silent packet came before `at`: the media thread mutes whole
// packets.
function silentSince(media, at) {
	const list = media.packets.filter((p) => p.at > at - 3000 && p.at <= at);
	const loud = list.findLastIndex((p) =>
		rms([...p.payload].map((byte) => ALAW[byte])) > 0.005);

	return list[loud + 1].at;
}

test('a minute: both channels in step within 20 ms, the link never lost',
	async () => {
		const op = await desk.active('op1');
		const call = await desk.talk(op, { from: FROM });
		const begun = performance.now();
		const said = [], heard = []; // moments of the two sides' changes

		await op.eval(() => {
			window.lost = 0;
			setInterval(() => {
				if (document.querySelector('#phone').innerText
					.includes('Связь восстанавливается'))
					window.lost++;
			}, 100);
		});
		for (let n = 0; n < 10; n++) {
			const to = n % 2 ? HZ.citizen : OTHER;

			await op.press('Выкл. микрофон');
			await call.media.until((w) => w.rms < 0.005 && w.missing < 0.2,
				{ what: 'a muted operator' });
			heard.push(performance.now());
			said.push({ at: call.media.say(to), to });
			await lasts(2500);
			await op.press('Вкл. микрофон');
			await call.media.steady(op.hz);
			await lasts(Math.max(0, begun + 6000 * (n + 1) -
				performance.now()));
		}
		assert.equal(await op.eval(() => window.lost), 0);
		await desk.end(call, op);
		const { id } = await desk.journal(FROM);
		const [rec] = await stack.row('SELECT r.path, r.started_at FROM ' +
			'recording r JOIN recording_end e ON e.recording_id = r.id ' +
			`WHERE r.call_id = '${id}'`, (rows) => rows.length === 1);
		const { channels: [left, right] } = readWav(readFileSync(
			path.join(stack.state, 'rec', rec.path)));
		// the recording's begin on this process's clock, roughly
		const start = Date.parse(`${rec.started_at.replace(' ', 'T')}Z`) -
			performance.timeOrigin;

		// How much later than in the world each change stands in the file.
		const citizen = said.map(({ at, to }) => {
			const was = to === OTHER ? HZ.citizen : OTHER;
			const place = edge(left, Math.round((at - start) * 8),
				tone(was), tone(to));

			return place / 8 - (at - start);
		});
		const operator = heard.map((at) => {
			const there = silentSince(call.media, at);
			const place = edge(right, Math.round((there - start) * 8),
				tone(op.hz), hush);

			return place / 8 - (there - start);
		});
		const apart = citizen.map((ms, i) => ms - operator[i]);
		const round = (list) => list.map((ms) => ms.toFixed(0)).join(' ');

		console.log(`# citizen ${round(citizen)}; operator ` +
			`${round(operator)}; apart ${round(apart)} ms`);
		assert.ok(Math.abs(median(apart)) < 20, `${round(apart)} ms apart`);
		// and no further apart at the end than at the begin
		const drift = median(apart.slice(5)) - median(apart.slice(0, 5));

		assert.ok(Math.abs(drift) < 20, `${drift} ms of drift`);
	});

await run();
