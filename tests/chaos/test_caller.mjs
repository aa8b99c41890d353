#!/usr/bin/env node
// The citizen goes: before the answer, in the greeting, in the queue, while
// it rings, in the moment of the answer, or his line just dies.
// limit: 240 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, lasts, run, test } from '../lab/run.mjs';
import { Desk, HOTLINE, HZ } from '../e2e/desk.mjs';

inNamespace();

const ROUNDS = 10;
const desk = await Desk.open();
const { phone, stack } = desk;
const op = await desk.sit('op1');

async function reason(from, want) {
	const row = await desk.journal(from);

	assert.ok(want.includes(row.end_reason), row.end_reason);
	assert.equal(row.state, 'ended');
	return row;
}

async function noneOpen() {
	await stack.row('SELECT id FROM call_record WHERE ended_at IS NULL',
		(rows) => rows.length === 0);
}

test('CANCEL right behind the INVITE: no call is left', async () => {
	const ends = {};

	for (let i = 0; i < 10; i++) {
		const call = await phone.call(HOTLINE, { from: '+79180000070' });

		call.hangup();
		// where our 200 crosses his CANCEL, he says BYE
		await call.answered.then(() => call.hangup(), () => {});
		const { why } = await call.ended;

		ends[why] = (ends[why] ?? 0) + 1;
	}
	console.log(`# ${JSON.stringify(ends)}`);
	await noneOpen();
	await reason('+79180000070', ['ABANDONGREETING']);
});

test('gone in the greeting, gone in the queue: each with its reason',
	async () => {
		const greeted = await phone.call(HOTLINE, { from: '+79180000071' });
		const queued = await phone.call(HOTLINE, { from: '+79180000072' });

		await greeted.answered;
		await greeted.media.hears(HZ.greeting);
		await greeted.hangup();
		await queued.media.hears(HZ.music);
		await queued.hangup();
		await reason('+79180000071', ['ABANDONGREETING']);
		const row = await reason('+79180000072', ['ABANDON']);

		assert.ok(row.queued_at && !row.answered_at);
		// both stand as call-backs
		for (const from of ['+79180000071', '+79180000072'])
			await stack.row('SELECT a.id FROM appeal a WHERE ' +
				`a.phone = '${from}' AND a.status = 'DEFERRED'`,
			(rows) => rows.length === 1);
	});

test('gone while it rings: the offer is off the page at once', async () => {
	const took = [];

	await desk.activate(op);
	await op.eval(() => {
		const answer = document.querySelector('[data-act=answer]');

		new MutationObserver(() => {
			if (answer.disabled)
				window.offerGone ??= Date.now();
		}).observe(answer, { attributes: true });
	});
	for (let i = 0; i < ROUNDS; i++) {
		const call = await phone.call(HOTLINE, { from: '+79180000073' });

		await call.answered;
		await op.callState('RING');
		await op.wait('return !document.querySelector(\'[data-act=answer]\')' +
			'.disabled', PATIENCE, '«Ответить»');
		await op.eval(() => { window.offerGone = undefined; });
		const said = Date.now();

		await call.hangup();
		await op.wait('return !!window.offerGone', PATIENCE, 'the offer gone');
		took.push(await op.eval(() => window.offerGone) - said);
		await op.agent('FREE'); // and no miss of his
	}
	took.sort((a, b) => a - b);
	console.log(`# BYE to page: ${took.join(' ')} ms`);
	// that nothing waits in the engine is shown in plugin/test_engine; of
	// these the quickest tells what is not the machine's
	assert.ok(took[0] <= 100, `${took} ms`);
	await reason('+79180000073', ['ABANDON']);
	assert.equal((await op.state()).agent.reason, '');
});

test('gone in the moment of the answer: both end in order', async () => {
	const met = {};

	for (let i = 0; i < ROUNDS; i++) {
		const call = await phone.call(HOTLINE, { from: '+79180000074' });

		await call.answered;
		await op.callState('RING');
		await op.wait('return !document.querySelector(\'[data-act=answer]\')' +
			'.disabled', PATIENCE, '«Ответить»');
		const click = op.eval(() =>
			document.querySelector('[data-act=answer]').click());

		await lasts(2 * i); // now before, now behind the answer
		await call.hangup();
		await click;
		const row = await reason('+79180000074',
			['ABANDON', 'COMPLETECALLER']);

		met[row.end_reason] = (met[row.end_reason] ?? 0) + 1;
		assert.equal(row.end_reason === 'COMPLETECALLER', !!row.answered_at);
		await op.until((s) => ['FREE', 'WRAPUP'].includes(s.agent.state),
			{ what: 'the end of it' });
		if (row.answered_at)
			await desk.free(op);
		await noneOpen();
	}
	console.log(`# ${JSON.stringify(met)}`);
});

test('his line dies: the call ends after the limit, not before', async () => {
	await desk.set('call.rtp_limit_s', 3);
	const call = await desk.talk(op, { from: '+79180000075' });
	const from = performance.now();

	call.media.pause(true);
	const { why, at } = await call.ended;

	assert.equal(why, 'BYE theirs');
	console.log(`# ended after ${((at - from) / 1000).toFixed(1)} s`);
	assert.ok(at - from > 2900 && at - from < 15000, `${at - from} ms`);
	const row = await reason('+79180000075', ['RTPTIMEOUT']);
	const [rec] = await stack.row('SELECT e.samples, e.reason FROM ' +
		'recording r JOIN recording_end e ON e.recording_id = r.id ' +
		`WHERE r.call_id = '${row.id}'`, (rows) => rows.length === 1);
	const ms = Date.parse(row.ended_at) - Date.parse(row.started_at);

	assert.equal(rec.reason, 'closed'); // the silence is in it
	assert.ok(Math.abs(rec.samples / 8 - ms) < 1000, `${rec.samples} ${ms}`);
	await desk.free(op);
});

test('a short hole in his sound ends nothing', async () => {
	const call = await desk.talk(op, { from: '+79180000076' });

	call.media.pause(true);
	await op.ear.until((w) => w.tones[HZ.citizen] < 0.005,
		{ tones: [HZ.citizen], ms: 1000, what: 'a second of nothing' });
	call.media.pause(false);
	await desk.hearEachOther(call, op);
	await desk.end(call, op);
	await reason('+79180000076', ['COMPLETECALLER']);
	await op.press('Завершить');
	await desk.away(op);
});

await run();
