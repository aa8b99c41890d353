#!/usr/bin/env node
// Outside the hours: a message, heard in the card it became. In a queue: a
// number left, called back or taken.
// limit: 300 s

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { sine, wav } from '../lab/tone.mjs';
import { Desk, ENGINES, HOTLINE, HZ, clean } from './desk.mjs';

inNamespace();

const BY_HOURS = '+78652000001';
const BEEP = 1000;
const state = mkdtempSync(path.join(os.tmpdir(), 'state-'));

// The secretary's words as short tones; the signal is the real one.
mkdirSync(path.join(state, 'prompts'), { recursive: true });
for (const [name, hz, seconds] of [['message', 3200, 1],
	['message-taken', 3300, 1], ['number-kept', 2700, 1],
	...['soon', 'wait', 'leave', 'number-1', 'number-2', 'number-3']
		.map((name) => [name, 2000, 0.3])])
	writeFileSync(path.join(state, 'prompts', `${name}.wav`),
		wav([sine(hz, seconds, { level: 0.3 })]));

const desk = await Desk.open({ state });
const { phone, stack } = desk;

// It is night, whatever the clock says.
await desk.change('DELETE FROM business_interval');

const appealOf = async (number, test = () => true) =>
	(await stack.row(`SELECT a.id, a.status, a.origin, a.channel, a.phone,
		a.assignee_id, a.due_date FROM appeal a JOIN appeal_call l
		ON l.appeal_id = a.id JOIN call_record c ON c.id = l.call_id
		WHERE c.direction = 'IN' AND c.caller = '${number}'`,
	(rows) => rows.length > 0 && test(rows[0])))[0];
const idOf = async (login) => (await stack.sql(
	`SELECT id FROM user_account WHERE login = '${login}'`))[0].id;
const at = (op, id) => op.wait(`return location.pathname === '/appeal/${id}'`,
	PATIENCE, `card ${id}`);

// So long a tone is sent, by the count of its packets.
function spoken(call, ms) {
	const until = call.media.sent + ms / 20;

	return new Promise((done) => {
		const look = () => {
			if (call.media.sent < until)
				return;
			call.media.off('packet', look);
			done();
		};

		call.media.on('packet', look);
	});
}

let item;

test('K-2.0.10 a closed line takes a message, and it becomes work', async () => {
	const call = await phone.call(BY_HOURS, { tone: null,
		from: '+79180000021' });

	await call.answered;
	await call.media.hears(3200);
	await call.media.hears(BEEP);
	await desk.event('+79180000021', 'VOICEMAILTONE');
	call.media.say(HZ.citizen);
	await spoken(call, 3000);
	call.media.say(null);
	await call.media.dtmf('#');
	await call.media.hears(3300);
	await call.ended;
	item = await appealOf('+79180000021');
	assert.equal(item.status, 'DEFERRED');
	assert.equal(item.origin, 'VOICEMAIL');
	assert.equal(item.channel, 'VOICEMAIL');
	assert.equal(item.assignee_id, null);
	const row = await desk.journal('+79180000021');

	assert.equal(row.end_reason, 'VOICEMAIL');
	assert.ok(JSON.parse(row.durations).voicemail > 3000);
});

for (const engine of ENGINES)
	test(`${engine}: the message is heard in the card`, async () => {
		const op = await desk.sit(engine === 'chromium' ? 'op1' : 'op2',
			{ engine });

		if (engine === ENGINES[0]) {
			await op.click('link', 'Не распределено');
			await op.wait(`const b = document.querySelector(
				'tr[data-appeal="${item.id}"] form button');

				b?.click();
				return !!b`, PATIENCE, '«Взять в работу» in its row');
		} else {
			await op.goto(`${stack.url}/appeal/${item.id}`);
		}
		await at(op, item.id);
		await op.wait(`const audio = document.querySelector(
			'.linked-call audio');

			if (audio?.paused)
				audio.play().catch(() => {});
			return audio?.currentTime > 0`, PATIENCE, 'the message plays');
		await op.ear.hears(HZ.citizen, { level: 0.02 });
		await op.eval(() =>
			document.querySelector('.linked-call audio').pause());
		assert.equal((await appealOf('+79180000021')).assignee_id,
			await idOf(ENGINES[0] === 'chromium' ? 'op1' : 'op2'));
		clean(op);
		await desk.away(op);
	});

async function leaves(number) {
	const call = await phone.call(HOTLINE, { tone: null, from: number });

	await call.answered;
	await call.media.hears(HZ.music);
	await call.media.dtmf('1');
	await call.media.hears(2700);
	await call.ended;
	assert.equal((await desk.journal(number)).end_reason, 'EXITWITHKEY');
	return appealOf(number);
}

// A place rings at op, who answers: the number is called, both are heard.
async function calledBack(op, number) {
	const coming = phone.incoming();

	await op.callState('RING');
	await op.sees('Обратный вызов');
	assert.equal((await op.state()).call.number, number);
	await op.press('Ответить');
	const call = await coming;

	assert.equal(call.number, number);
	await call.answer({ tone: HZ.citizen });
	await op.callState('TALK');
	await desk.hearEachOther(call, op);
	return call;
}

// The end of it: the appeal is his, and the call of ours stands with it.
async function servedBy(login, call, number, appeal) {
	await call.hangup();
	assert.equal((await appealOf(number, (a) => a.assignee_id)).assignee_id,
		await idOf(login));
	await stack.row(`SELECT 1 AS x FROM appeal_call l JOIN call_record c
		ON c.id = l.call_id WHERE l.appeal_id = ${appeal.id}
		AND c.direction = 'OUT'`, (rows) => rows.length === 1);
}

// The next place rings, and is taken without a call.
async function takes(op, login, number, appeal) {
	await op.agent('WRAPUP');
	await op.press('Готов');
	await op.callState('RING');
	assert.equal((await op.state()).call.number, number);
	await op.press('Взять в работу');
	await op.agent('FREE');
	await at(op, appeal.id);
	assert.equal((await appealOf(number, (a) => a.assignee_id)).assignee_id,
		await idOf(login));
}

test('a number is left: called back at its turn, or taken', async () => {
	const one = await leaves('+79180000022');
	const two = await leaves('+79180000023');
	const three = await leaves('+79180000024');

	assert.equal(one.origin, 'NUMBER');
	// the places are kept: a new process finds them
	const pid = stack.pid('janus');

	process.kill(pid, 'SIGKILL');
	await stack.row(`SELECT COUNT(*) AS n FROM call_event
		WHERE kind = 'PLACE'`, ([r]) => r.n === '6');
	assert.notEqual(stack.pid('janus'), pid);
	const op = await desk.sit('op1');

	await op.press('Начало работы'); // it rings at once
	const call = await calledBack(op, '+79180000022');
	// another place, in the journal: the telephone is asked, and gives it
	const where = await op.eval(new Function(`return fetch(
		'/appeal/${three.id}/take', { method: 'POST',
			body: new URLSearchParams({ csrf: document.querySelector(
				'meta[name=csrf]').content }) }).then((r) => r.url)`));

	assert.match(where, new RegExp(`/appeal/${three.id}$`));
	await servedBy('op1', call, '+79180000022', one);
	await takes(op, 'op1', '+79180000023', two);
	assert.deepEqual((await stack.sql(`SELECT e.reason FROM call_place_end e
		JOIN call_place p ON p.id = e.place_id ORDER BY p.since`))
		.map((r) => r.reason), ['DIALLED', 'TAKEN', 'TAKEN']);
	clean(op);
	await op.press('Завершить');
	await desk.away(op);
});

if (ENGINES.includes('firefox'))
	test('firefox: a number is called back, the next one taken', async () => {
		const one = await leaves('+79180000032');
		const two = await leaves('+79180000033');
		const op = await desk.sit('op2', { engine: 'firefox' });

		await op.press('Начало работы');
		const call = await calledBack(op, '+79180000032');

		await servedBy('op2', call, '+79180000032', one);
		await takes(op, 'op2', '+79180000033', two);
		clean(op);
		await desk.away(op);
	});

await run();
