#!/usr/bin/env node
// «Вызов» and «Сброс»: through the trunk and between colleagues.
// limit: 240 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { Desk, HZ, clean } from './desk.mjs';

inNamespace();

const NETWORK = 1600; // what the network plays before the answer
const desk = await Desk.open();
const { phone, stack } = desk;
const [op1, op2] = await Promise.all([desk.active('op1', { hz: HZ.op1 }),
	desk.active('op2', { engine: 'firefox' })]);

async function dial(op, number, as = number.replace(/^8/, '+7')) {
	await op.fill('Введите номер', number);
	await op.press('Вызов');
	return phone.incoming({ to: as });
}

async function idle(op) {
	await op.until((s) => s.agent.state === 'FREE' && !s.call,
		{ what: 'FREE without a call' });
}

for (const [op, number] of [[op1, '89624401122'], [op2, '89624401133']]) {
	test(`${op.engine}: ring, early media, answer, both heard`, async () => {
		const call = await dial(op, number);

		call.ring();
		await op.callState('DIAL');
		await op.ear.hears(HZ.ringback);
		call.early({ tone: NETWORK });
		await op.ear.hears(NETWORK);
		await call.answer({ tone: HZ.citizen });
		await op.callState('TALK');
		await desk.hearEachOther(call, op);
		await op.press('Сброс');
		assert.equal((await call.ended).why, 'BYE theirs');
		await desk.free(op);

		const [row] = await stack.row('SELECT c.direction, c.end_reason,' +
			' r.kind, r.started_at < c.answered_at AS early' +
			' FROM call_record c JOIN recording r ON r.call_id = c.id WHERE' +
			` c.called = '${number.replace(/^8/, '+7')}' AND c.ended_at` +
			' IS NOT NULL', (rows) => rows.length > 0);

		assert.equal(row.direction, 'OUT');
		assert.equal(row.end_reason, 'COMPLETEAGENT');
		assert.equal(row.kind, 'CALL');
		assert.equal(Number(row.early), 1, 'recorded from the early media on');
	});
}

for (const [status, text] of [[486, 'Номер занят'], [480, 'Не отвечает'],
	[603, 'Вызов отклонён'], [404, 'Номер не существует'],
	[503, 'Номер недоступен']]) {
	test(`${status} is «${text}»`, async () => {
		const call = await dial(op1, '89624401122');

		if (status !== 404)
			call.ring();
		call.reject(status, 'No');
		await op1.sees(text);
		await idle(op1);
	});
}

test('a forbidden number is refused and reaches nobody', async () => {
	await op1.fill('Введите номер', '8 809 123-45-67');
	await op1.press('Вызов');
	await op1.sees('Набор этого номера запрещён');
	await stack.row('SELECT id FROM call_record WHERE direction = \'OUT\'' +
		' AND end_reason = \'FORBIDDEN\'', (rows) => rows.length === 1);
	assert.equal(phone.pending.length, 0);
});

test('«Сброс» while it rings sends CANCEL', async () => {
	const call = await dial(op1, '89624401122');

	call.ring();
	await op1.ear.hears(HZ.ringback);
	await op1.press('Сброс');
	assert.equal((await call.ended).why, 'CANCEL theirs');
	await idle(op1);
});

test('a colleague is called by extension, both are heard', async () => {
	await op1.fill('Введите номер', '1002');
	await op1.press('Вызов');
	await op2.callState('RING');
	await op1.ear.hears(HZ.ringback);
	await op2.press('Ответить');
	await Promise.all([op1.ear.hears(op2.hz), op2.ear.hears(op1.hz)]);
	await op2.press('Сброс');
	await Promise.all([idle(op1), idle(op2)]);
	await stack.row('SELECT r.id FROM recording r JOIN call_record c ON' +
		' c.id = r.call_id WHERE r.kind = \'INTERNAL\' AND' +
		' c.direction = \'INT\'', (rows) => rows.length === 1);
});

test('a citizen is handed to a number outside', async () => {
	await op2.press('Завершить');
	const citizen = await desk.talk(op1);

	await op1.fill('Внутренний номер', '8 (8652) 11-22-33');
	await op1.press('Перевести');
	const outside = await phone.incoming({ to: '+78652112233' });

	await citizen.media.hears(HZ.music);
	await outside.answer({ tone: NETWORK });
	await Promise.all([citizen.media.hears(NETWORK),
		outside.media.hears(HZ.citizen)]);
	await desk.free(op1);
	await outside.hangup();
	await citizen.ended;
});

test('no page has complained', () => {
	clean(op1);
	clean(op2);
});

await run();
