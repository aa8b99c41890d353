#!/usr/bin/env node
// The same with a telephone that others wrote, and the real prompts.

import assert from 'node:assert/strict';
import { inNamespace, test, run, lasts } from '../lab/run.mjs';
import { Baresip } from '../lab/baresip.mjs';
import { windows, hasTone, spans, rms } from '../lab/tone.mjs';
import { Desk } from './desk.mjs';

inNamespace();

const desk = await Desk.open({ speech: true });

test('baresip is greeted with speech, answered and heard', async () => {
	const op = await desk.active('op1');
	const peer = await Baresip.open({ hz: 600 });

	await peer.dial('sip:+78652000000@127.0.0.1:5060');
	await op.callState('RING');
	await op.press('Ответить');
	await op.ear.hears(600);
	await lasts(2000);
	await op.press('Сброс');
	await desk.free(op);
	await peer.close();

	const heard = peer.heard()[0];
	const talk = spans(windows(heard, [op.hz]), hasTone(op.hz), { least: 1000 });

	assert.ok(talk.length >= 1);
	const greeting = heard.subarray(0, 8 * talk[0].from);

	assert.ok(greeting.length / 8000 >= 5, 'the greeting lasts 5 s or more');
	assert.ok(rms(greeting) > 0.02, 'and is no silence');
}, { limit: 90000 });

await run();
