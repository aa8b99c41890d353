#!/usr/bin/env node
// From the start of an empty state directory to the first answered call:
// packages on disk, programs built. Ends with the operator's audio at the
// trunk.
// figures: start_to_first_call_s

import { inNamespace, run, test } from '../lab/run.mjs';
import { Desk, HOTLINE } from '../e2e/desk.mjs';

inNamespace();

const TARGET_S = 60;

test('first call', async () => {
	const begin = performance.now();
	// the prompts of people's installations are made anew, too
	const desk = await Desk.open({ speech: true });
	const ready = performance.now();
	const op = await desk.active('op1');
	const call = await desk.phone.call(HOTLINE, {});

	await call.answered;
	await op.callState('RING', { within: 30000 });
	await op.press('Ответить');
	await call.media.hears(op.hz);
	const ours = Math.round((performance.now() - begin) / 100) / 10;

	console.log(`ready after ${((ready - begin) / 1000).toFixed(1)} s`);
	console.log(JSON.stringify({ name: 'start_to_first_call_s', unit: 's',
		ours, rival: null, rival_value: null, ratio: null, target: TARGET_S,
		holds: ours <= TARGET_S, n: 1 }));
	await desk.end(call, op);
}, { limit: 180000 });

await run();
