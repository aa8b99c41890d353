#!/usr/bin/env node
// From the click on «Ответить» to sound, at both ends, in Chromium.
// figures: answer_to_audio_p95_ms click_to_trunk_audio_p95_ms
//
// In the page the received track is looked at every few milliseconds through
// an AnalyserNode; at the trunk the first packet with the operator's tone
// counts. Both clocks are the machine's. The first answer of a shift is among
// them. BENCH_CALLS changes how many answers are taken (50 at least).

import { inNamespace, run, test, lasts } from '../lab/run.mjs';
import { ALAW, toneShare } from '../lab/tone.mjs';
import { Desk, HOTLINE } from '../e2e/desk.mjs';

inNamespace();

const N = Math.max(50, Number(process.env.BENCH_CALLS ?? 50));
const CITIZEN = 1000;
const epoch = () => performance.timeOrigin + performance.now();

// Runs in the page: when does CITIZEN begin after the next click?
function watch(hz) {
	const ctx = window.benchContext ??= new AudioContext();
	const receiver = window.labConnections.at(-1).getReceivers()
		.find((r) => r.track.kind === 'audio');
	const source = ctx.createMediaStreamSource(
		new MediaStream([receiver.track]));
	const node = ctx.createAnalyser();
	const data = new Float32Array(512);
	const share = () => {
		const k = 2 * Math.cos(2 * Math.PI * hz / ctx.sampleRate);
		let a = 0, b = 0, e = 0;

		for (const x of data) {
			[a, b] = [x + k * a - b, a];
			e += x * x;
		}
		return e < 1e-4 ? 0 : 2 * (a * a + b * b - k * a * b) /
			(data.length * e);
	};

	node.fftSize = 512;
	source.connect(node);
	window.benchResult = new Promise((done) => {
		let click = 0;
		const tick = new MessageChannel();

		document.addEventListener('click', () => {
			click = performance.timeOrigin + performance.now();
		}, { once: true, capture: true });
		tick.port1.onmessage = () => {
			node.getFloatTimeDomainData(data);
			if (click && share() > 0.5) {
				source.disconnect();
				return done({ click,
					heard: performance.timeOrigin + performance.now() });
			}
			setTimeout(() => tick.port2.postMessage(0), 2);
		};
		tick.port2.postMessage(0);
	});
}

function percentile(list, p) {
	const sorted = [...list].sort((a, b) => a - b);

	return sorted[Math.min(sorted.length - 1,
		Math.ceil(sorted.length * p) - 1)];
}

function figure(name, list, target) {
	const ours = Math.round(percentile(list, 0.95) * 10) / 10;

	console.log(`${name}: p50 ${percentile(list, 0.5).toFixed(1)} ` +
		`max ${Math.max(...list).toFixed(1)} first ${list[0].toFixed(1)}`);
	console.log(JSON.stringify({ name, unit: 'ms', ours, rival: null,
		rival_value: null, ratio: null, target, holds: ours <= target,
		n: list.length }));
}

const desk = await Desk.open();

test('answers', async () => {
	const op = await desk.active('op1');
	const browser = [];
	const trunk = [];

	for (let i = 0; i < N; i++) {
		const call = await desk.phone.call(HOTLINE, { tone: CITIZEN });

		await call.answered;
		await op.callState('RING', { within: 20000 });
		await op.eval(watch, CITIZEN);
		const said = new Promise((done) => call.media.on('packet', (p) => {
			const samples = Float32Array.from(p.payload, (b) => ALAW[b]);

			if (toneShare(samples, op.hz) > 0.5)
				done(epoch());
		}));

		await op.press('Ответить');
		const { click, heard } = await op.eval(() => window.benchResult);

		browser.push(heard - click);
		trunk.push(await said - click);
		await lasts(200);
		await desk.end(call, op);
	}
	figure('answer_to_audio_p95_ms', browser, 100);
	figure('click_to_trunk_audio_p95_ms', trunk, 150);
}, { limit: N * 12000 });

await run();
