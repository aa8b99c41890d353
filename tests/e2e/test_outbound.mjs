#!/usr/bin/env node
// «Вызов» and «Сброс»: through the trunk and between colleagues; the hands of
// a number outside; a queue that rings at all. limit: 300 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { Desk, HOTLINE, HZ, clean, hears, unbroken } from './desk.mjs';

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
	test(`K-4.0.4 ${op.engine}: ring, early media, answer, both heard`, async () => {
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

// op1 is Chromium
test('K-6.2.1 «Позвонить» in a row of the journal calls, and the appeal knows',
	async () => {
		const button = op1.page.locator(
			'tr[data-appeal] [data-dial^="+79"]:enabled').first();
		const { dial: number, dialAppeal: appeal } = await button.evaluate(
			(b) => ({ ...b.dataset }));

		await button.click();
		const call = await phone.incoming({ to: number });

		await call.answer({ tone: HZ.citizen });
		await op1.callState('TALK');
		await desk.hearEachOther(call, op1);
		await desk.end(call, op1);
		const [{ comment, login }] = await stack.row('SELECT h.comment, ' +
			'u.login FROM appeal_history h JOIN user_account u ON ' +
			`u.id = h.user_id JOIN call_attempt t ON t.appeal_id = ${appeal} ` +
			'JOIN call_record c ON c.id = t.call_id AND ' +
			`c.called = '${number}' WHERE h.appeal_id = ${appeal} AND ` +
			'h.event = \'ATTEMPT\' ORDER BY h.at DESC LIMIT 1',
		(rows) => rows.length === 1);

		assert.equal(comment, 'Дозвон');
		assert.equal(login, 'op1');
	});

// A call of ours that is answered: both are heard.
async function talk(op, number) {
	const call = await dial(op, number);

	await call.answer({ tone: HZ.citizen });
	await op.callState('TALK');
	await desk.hearEachOther(call, op);
	return call;
}

for (const [op, number] of [[op1, '89624401144'], [op2, '89624401155']]) {
	test(`${op.engine}: a call of ours is held, muted and dialled into`,
		async () => {
			const call = await talk(op, number);
			const heard = unbroken(call);

			await op.press('Пауза');
			await Promise.all([op.callState('HOLD'),
				hears(call.media, [HZ.music], [op.hz])]);
			await op.press('Продолжить');
			await desk.hearEachOther(call, op);
			heard();
			await op.press('Выкл. микрофон');
			await call.media.until((w) => w.rms < 0.005 && w.missing < 0.2,
				{ ms: 500, what: 'silence that is sent, not a dead line' });
			await op.ear.hears(HZ.citizen);
			await op.press('Вкл. микрофон');
			await call.media.hears(op.hz);
			await op.press('Клавиши');
			for (const key of ['7', '0', '*'])
				await op.press(key);
			await call.media.untilDigits('70*');
			await op.press('Клавиши');
			await desk.hearEachOther(call, op);
			await desk.end(call, op);
		});

	test(`${op.engine}: reloaded in mid-talk, the call of ours goes on`,
		async () => {
			const call = await talk(op, number);
			const heard = unbroken(call);
			const { id } = (await op.state()).call;

			await op.reload();
			await op.until((s, was) => s.call?.id === was &&
				s.call.state === 'TALK' && s.agent.leg === 'up',
			{ arg: id, what: 'the same talk again' });
			await desk.hearEachOther(call, op);
			heard();
			assert.equal(call.state, 'up');
			await desk.end(call, op);
		});
}

test('«112» joins a call of ours: three hear each other', async () => {
	const call = await talk(op1, '89624401166');

	await op1.press('112');
	const service = await phone.incoming({ to: '112' });

	assert.equal(service.from, call.from, 'as the number the citizen sees');
	await service.answer({ tone: HZ.emergency });
	await op1.callState('CONFERENCE');
	await Promise.all([
		hears(call.media, [op1.hz, HZ.emergency], [HZ.citizen]),
		hears(service.media, [op1.hz, HZ.citizen], [HZ.emergency]),
		hears(op1.ear, [HZ.citizen, HZ.emergency]),
	]);
	await service.hangup();
	await op1.callState('TALK');
	await desk.hearEachOther(call, op1);
	await desk.end(call, op1);
});

for (const op of [op1, op2]) {
	for (const [status, text] of [[486, 'Номер занят'], [480, 'Не отвечает'],
		[603, 'Вызов отклонён'], [404, 'Номер не существует'],
		[503, 'Номер недоступен']]) {
		test(`${op.engine}: ${status} is «${text}»`, async () => {
			const call = await dial(op, '89624401122');

			if (status !== 404)
				call.ring();
			call.reject(status, 'No');
			await op.sees(text);
			await idle(op);
		});
	}

	test(`${op.engine}: a forbidden number is refused and reaches nobody`,
		async () => {
			const said = 'SELECT id FROM call_record WHERE direction = ' +
				'\'OUT\' AND end_reason = \'FORBIDDEN\'';
			const before = (await stack.sql(said)).length;

			await op.fill('Введите номер', '8 809 123-45-67');
			await op.press('Вызов');
			await op.sees('Набор этого номера запрещён');
			await stack.row(said, (rows) => rows.length === before + 1);
			assert.equal(phone.pending.length, 0);
		});

	test(`${op.engine}: one call more than an hour may have is refused`,
		async () => {
			const call = await dial(op, '89624401122');

			call.reject(486, 'No');
			await op.sees('Номер занят');
			await idle(op);
			await desk.set('dial.user_hour', 1);
			try {
				await op.fill('Введите номер', '89624401122');
				await op.press('Вызов');
				await op.sees('Превышен предел исходящих вызовов');
				assert.equal(phone.pending.length, 0);
				await idle(op);
			} finally {
				await desk.set('dial.user_hour', 60);
			}
		});

	// B3-35
	test(`${op.engine}: «Сброс» while it rings sends CANCEL`, async () => {
		const call = await dial(op, '89624401122');

		call.ring();
		await op.ear.hears(HZ.ringback);
		await op.press('Сброс');
		assert.equal((await call.ended).why, 'CANCEL theirs');
		await idle(op);
	});
}

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

// Both telephones of the hotline ring; the first who answers has the call.
test('ring_all: who is late is free at once, and nothing is left of it',
	async () => {
		const FROM = '+79180000066';

		await desk.strategy(1, 'ring_all');
		const call = await phone.call(HOTLINE, { from: FROM,
			tone: HZ.citizen });

		await call.answered;
		await Promise.all([op1, op2].map((op) => op.callState('RING')));
		await Promise.all([op1, op2].map((op) => op.ear.hears(HZ.ring)));
		await op2.press('Ответить');
		await idle(op1);
		await op1.ear.until((w) => w.tones[HZ.ring] < 0.005,
			{ tones: [HZ.ring], what: 'no ringing' });
		assert.deepEqual(await op1.eval(() => [
			document.querySelector('.work-word').textContent,
			document.querySelector('.phone-message').innerText,
			document.querySelector('[data-show=call]').hidden,
			document.title.includes('☎')]), ['Свободен', '', true, false]);
		await desk.hearEachOther(call, op2);
		await desk.end(call, op2);
		const [[gone], [had]] = await Promise.all(['RINGTAKEN', 'CONNECT']
			.map((kind) => desk.event(FROM, kind)));

		assert.equal(gone.at, had.at, 'in the same moment');
		// an answered call is not one that he missed
		await op1.click('link', 'Последние вызовы');
		await op1.sees('Последние вызовы');
		await op1.wait('return !!document.querySelector(".calls-list")', 15000,
			'the list');
		assert.equal(await op1.eval(() => document.querySelector(
			'.calls-list').textContent.includes('918 000-00-66')), false);
		await desk.strategy(1, 'longest_idle');
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

// op1 asks a number outside about his citizen, who hears music and nothing of
// it; nobody hears the citizen.
async function ask(citizen) {
	await op1.fill('Внутренний номер', '8 (8652) 11-22-44');
	await op1.press('Посоветоваться');
	const outside = await phone.incoming({ to: '+78652112244' });

	outside.ring();
	await Promise.all([op1.callState('CONSULT'),
		hears(citizen.media, [HZ.music], [op1.hz])]);
	await outside.answer({ tone: NETWORK });
	await Promise.all([
		hears(op1.ear, [NETWORK], [HZ.citizen]),
		hears(outside.media, [op1.hz], [HZ.citizen]),
		hears(citizen.media, [HZ.music], [op1.hz, NETWORK]),
	]);
	return outside;
}

test('a number outside is asked, then given the citizen', async () => {
	const citizen = await desk.talk(op1);
	const heard = unbroken(citizen);
	const outside = await ask(citizen);

	await op1.press('Соединить');
	await Promise.all([
		hears(citizen.media, [NETWORK], [op1.hz, HZ.music]),
		hears(outside.media, [HZ.citizen], [op1.hz]),
	]);
	heard();
	await desk.free(op1);
	await outside.hangup();
	await citizen.ended;
	await stack.row('SELECT id FROM recording WHERE kind = \'CONSULT\'',
		(rows) => rows.length === 1);
});

test('a number outside is asked and let go: the citizen is back', async () => {
	const citizen = await desk.talk(op1);
	const heard = unbroken(citizen);
	const outside = await ask(citizen);

	await op1.press('Вернуться');
	assert.equal((await outside.ended).why, 'BYE theirs');
	await op1.callState('TALK');
	await desk.hearEachOther(citizen, op1);
	heard();
	await desk.end(citizen, op1);
});

test('no page has complained', () => {
	clean(op1);
	clean(op2);
});

await run();
