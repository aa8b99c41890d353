#!/usr/bin/env node
// Transfers between three browsers, and an emergency service in the talk.
// limit: 300 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run, lasts } from '../lab/run.mjs';
import { windows } from '../lab/tone.mjs';
import { Desk, HZ, hears, meet, unbroken } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { phone, stack } = desk;

// op1 takes the hotline; op2 is on a break, reachable by nobody's queue.
const [op1, spec1, spec2] = await Promise.all([
	desk.active('op1', { hz: HZ.op1 }),
	desk.active('spec1', { hz: HZ.spec }),
	desk.active('spec2', { engine: 'firefox' }),
]);

async function dial(op, to, how = 'Перевести') {
	await op.fill('Внутренний номер', to);
	await op.press(how);
}

// A search by name stops the page of Firefox for seconds, longer than one who
// is rung may be out of reach: there the key answers.
function answer(op) {
	return op.engine === 'firefox' ? op.key('F2') : op.press('Ответить');
}

test('K-3.0.6 colleagues are seen free, then talking', async () => {
	const state = (who) => `[...document.querySelectorAll('.people li')]` +
		`.find((li) => li.textContent.includes('${who}'))?.textContent`;

	await spec1.wait(`return (${state('1001')} || '').includes('Свободен')`,
		PATIENCE, 'op1 free in the list');
	const call = await desk.talk(op1);

	await spec1.wait(`return (${state('1001')} || '').includes('Разговаривает')`,
		PATIENCE, 'op1 talking in the list');
	await desk.end(call, op1);
});

test('unknown and own number are refused with their messages', async () => {
	const call = await desk.talk(op1);

	await dial(op1, '7777');
	await op1.sees('Внутренний номер не найден');
	await dial(op1, '1001');
	await op1.sees('Нельзя перевести на себя');
	await desk.hearEachOther(call, op1);
	await desk.end(call, op1);
});

for (const [to, number, name] of [[spec1, '2001', 'Chromium'],
	[spec2, '2002', 'Firefox']]) {
	test(`K-5.1.8.2 blind transfer to ${name}: music meanwhile, then both heard`,
		async () => {
			const call = await desk.talk(op1);
			const heard = unbroken(call);

			await dial(op1, number);
			await to.callState('RING');
			await call.media.hears(HZ.music);
			assert.equal((await to.state()).call.from.extension, '1001');
			await answer(to);
			await to.callState('TALK');
			await desk.hearEachOther(call, to);
			heard();
			await desk.free(op1);
			await desk.end(call, to);
		});
}

test('K-5.1.8.6 blind transfer nobody answers comes back to the sender', async () => {
	await desk.set('phone.ring_s', 8);
	const call = await desk.talk(op1);
	const heard = unbroken(call);

	await dial(op1, '2001');
	await op1.callState('TRANSFER');
	await spec1.callState('RING');
	await call.media.hears(HZ.music);
	await op1.until((s) => s.call?.state === 'RING' || s.call?.state === 'TALK',
		{ within: 2 * PATIENCE, what: 'the call is back' });
	if ((await op1.state()).call.state === 'RING')
		await op1.press('Ответить');
	await op1.callState('TALK');
	await desk.hearEachOther(call, op1);
	heard();
	await spec1.until((s) => !s.call, { what: 'the offer is gone' });
	await desk.end(call, op1);
	await desk.set('phone.ring_s', 20);
});

test('a refused transfer comes back at once', async () => {
	const call = await desk.talk(op1);
	const heard = unbroken(call);

	await dial(op1, '2001');
	await op1.callState('TRANSFER');
	await spec1.callState('RING');
	await call.media.hears(HZ.music);
	await spec1.press('Отклонить');
	await op1.until((s) => s.call?.state === 'RING' || s.call?.state === 'TALK',
		{ what: 'the call is back' });
	if ((await op1.state()).call.state === 'RING')
		await op1.press('Ответить');
	await desk.hearEachOther(call, op1);
	heard();
	await desk.end(call, op1);
});

test('K-5.1.8.2 consulted: colleagues talk alone, then the citizen joins', async () => {
	const call = await desk.talk(op1);

	await dial(op1, '2001', 'Посоветоваться');
	await spec1.callState('RING');
	await spec1.press('Ответить');
	await Promise.all([op1.ear.hears(HZ.spec), spec1.ear.hears(HZ.op1),
		hears(call.media, [HZ.music], [HZ.op1, HZ.spec])]);
	await op1.press('Соединить');
	await desk.hearEachOther(call, spec1);
	await desk.free(op1);
	await desk.end(call, spec1);
	await stack.row('SELECT id FROM recording WHERE kind = \'CONSULT\'',
		(rows) => rows.length === 1);
});

test('consulted and back: the first operator goes on', async () => {
	const call = await desk.talk(op1);
	const heard = unbroken(call);

	await dial(op1, '2002', 'Посоветоваться');
	await spec2.callState('RING');
	await call.media.hears(HZ.music);
	await answer(spec2);
	await op1.ear.hears(HZ.firefox);
	await op1.press('Вернуться');
	await desk.hearEachOther(call, op1);
	heard();
	await spec2.until((s) => !s.call || s.call.state === 'ENDED',
		{ what: 'the consultation is over' });
	await desk.end(call, op1);
});

// They stand in the recording as they spoke: the citizen left, right the two
// he heard, then the service alone. Nobody is on the other's side.
async function recorded(from, op) {
	const { left, right, spans } = await desk.recording(from);
	const three = spans(right, op.hz, HZ.emergency);

	assert.ok(meet(spans(left, HZ.citizen), three), 'three in the recording');
	assert.ok(meet(spans(left, HZ.citizen), spans(right, HZ.emergency)
		.filter((s) => s.to > three.at(-1).to)), 'two in the recording');
	for (const hz of [op.hz, HZ.emergency])
		assert.deepEqual(spans(left, hz), [], `${hz} Hz on the left`);
	assert.deepEqual(spans(right, HZ.citizen), [], 'the citizen on the right');
}

// «112» in a talk of op's: three hear each other, then he leaves the two.
async function emergency(op, call, from) {
	const both = [op.hz, HZ.emergency];

	await op.press('112');
	const service = await phone.incoming({ to: '112' });

	service.ring();
	await lasts(300);
	await service.answer({ tone: HZ.emergency });
	await op.callState('CONFERENCE');
	await Promise.all([
		hears(call.media, [op.hz, HZ.emergency], [HZ.citizen]),
		hears(service.media, [op.hz, HZ.citizen], [HZ.emergency]),
		hears(op.ear, [HZ.citizen, HZ.emergency]),
		call.media.until((_, heard) => windows(heard, both).every((w) =>
			both.every((hz) => w.tones[hz] > 0.02)),
		{ ms: 500, what: `${both} Hz for 500 ms` }),
	]);
	await op.press('Выйти из разговора');
	await Promise.all([
		hears(call.media, [HZ.emergency], [op.hz]),
		hears(service.media, [HZ.citizen], [op.hz]),
		call.media.steady(HZ.emergency, { ms: 500 }),
	]);
	await desk.free(op);
	await call.hangup();
	await service.ended;
	await recorded(from, op);
}

test('K-5.1.8.9 «112» joins the talk of Chromium: three hear each other', async () => {
	const from = '+79180000112';

	await emergency(op1, await desk.talk(op1, { from }), from);
});

test('K-5.1.8.9 «112» joins the talk of Firefox: three hear each other', async () => {
	const from = '+79180000113';
	const call = await desk.talk(op1, { from });

	await dial(op1, '2002');
	await spec2.callState('RING');
	await answer(spec2);
	await desk.hearEachOther(call, spec2);
	await desk.free(op1);
	await emergency(spec2, call, from);
});

test('«103» that does not answer leaves the talk as it was', async () => {
	const call = await desk.talk(op1);
	const heard = unbroken(call);

	await op1.press('103');
	const service = await phone.incoming({ to: '103' });

	service.ring();
	await desk.hearEachOther(call, op1); // they talk while it rings
	service.reject(486);
	await op1.sees('Служба не отвечает');
	await desk.hearEachOther(call, op1);
	heard();
	await desk.end(call, op1);
});

// The queue is chosen in the list, as by hand.
async function chooseQueue(op) {
	await op.fill('Внутренний номер', 'горяч');
	await op.wait(`const entry = document.querySelector(
		'.people [data-to="queue:1"] button');

		entry?.click();
		return !!entry`, PATIENCE, 'the queue in the list');
}

let op2;

test('blind transfer to the queue: its next operator is offered the call',
	async () => {
		const call = await desk.talk(op1);
		op2 = await desk.active('op2');
		const heard = unbroken(call);

		await chooseQueue(op1);
		await op1.press('Перевести');
		await op2.callState('RING');
		await call.media.hears(HZ.music);
		const { queue, history } = (await op2.state()).call;

		assert.equal(queue, 'Горячая линия');
		assert.equal(history.at(-1).kind, 'OFFER');
		await desk.free(op1);
		await op2.press('Ответить');
		await op2.callState('TALK');
		await desk.hearEachOther(call, op2);
		heard();
		await desk.end(call, op2);
	});

test('a queue is asked: its free operator rings, the citizen has music',
	async () => {
		const call = await desk.talk(op1);
		const heard = unbroken(call);

		await chooseQueue(op1);
		await op1.press('Посоветоваться');
		await op2.callState('RING');
		assert.equal((await op2.state()).call.from.extension, '1001');
		await call.media.hears(HZ.music);
		await op2.press('Ответить');
		await Promise.all([hears(op1.ear, [HZ.op2], [HZ.citizen]),
			hears(op2.ear, [HZ.op1], [HZ.citizen]),
			hears(call.media, [HZ.music], [HZ.op1, HZ.op2])]);
		await op1.press('Вернуться');
		await desk.hearEachOther(call, op1);
		heard();
		await op2.until((s) => s.agent.state === 'FREE' && !s.call,
			{ what: 'op2 free, without after-call work' });
		await desk.end(call, op1);
	});

test('a queue is asked and nobody is free: it is said, the talk goes on',
	async () => {
		await op2.press('Завершить');
		await op2.agent('INACTIVE');
		const call = await desk.talk(op1);
		const heard = unbroken(call);

		await chooseQueue(op1);
		await op1.press('Посоветоваться');
		await op1.sees('Сотрудник сейчас занят или недоступен');
		await op1.callState('TALK');
		await desk.hearEachOther(call, op1);
		heard();
		await desk.end(call, op1);
	});

await run();
