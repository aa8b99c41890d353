#!/usr/bin/env node
// Transfers between three browsers, and an emergency service in the talk.
// limit: 300 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run, lasts } from '../lab/run.mjs';
import { Desk, HZ } from './desk.mjs';

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

async function hears(media, yes, no = []) {
	await media.until((w) => yes.every((hz) => w.tones[hz] > 0.02) &&
		no.every((hz) => w.tones[hz] < 0.01),
	{ tones: [...yes, ...no], ms: 300,
		what: `${yes} Hz and not ${no.join(', ') || 'anything else'}` });
}

test('colleagues are seen free, then talking', async () => {
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
	test(`blind transfer to ${name}: music meanwhile, then both heard`,
		async () => {
			const call = await desk.talk(op1);
			const from = performance.now();

			await dial(op1, number);
			await to.callState('RING');
			await call.media.hears(HZ.music);
			assert.equal((await to.state()).call.from.extension, '1001');
			await to.press('Ответить');
			await to.callState('TALK');
			await desk.hearEachOther(call, to);
			assert.ok(call.media.longestSilence(from) < 500);
			await desk.free(op1);
			await desk.end(call, to);
		});
}

test('blind transfer nobody answers comes back to the sender', async () => {
	const call = await desk.talk(op1);

	await dial(op1, '2001');
	await op1.callState('TRANSFER');
	await spec1.callState('RING');
	await op1.until((s) => s.call?.state === 'RING' || s.call?.state === 'TALK',
		{ within: 2 * PATIENCE, what: 'the call is back' });
	if ((await op1.state()).call.state === 'RING')
		await op1.press('Ответить');
	await op1.callState('TALK');
	await desk.hearEachOther(call, op1);
	await spec1.until((s) => !s.call, { what: 'the offer is gone' });
	await desk.end(call, op1);
});

test('a refused transfer comes back at once', async () => {
	const call = await desk.talk(op1);

	await dial(op1, '2001');
	await op1.callState('TRANSFER');
	await spec1.callState('RING');
	await spec1.press('Отклонить');
	await op1.until((s) => s.call?.state === 'RING' || s.call?.state === 'TALK',
		{ what: 'the call is back' });
	if ((await op1.state()).call.state === 'RING')
		await op1.press('Ответить');
	await desk.hearEachOther(call, op1);
	await desk.end(call, op1);
});

test('consulted: colleagues talk alone, then the citizen joins', async () => {
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

	await dial(op1, '2002', 'Посоветоваться');
	await spec2.callState('RING');
	await spec2.press('Ответить');
	await op1.ear.hears(HZ.firefox);
	await op1.press('Вернуться');
	await desk.hearEachOther(call, op1);
	await spec2.until((s) => !s.call || s.call.state === 'ENDED',
		{ what: 'the consultation is over' });
	await desk.end(call, op1);
});

// «112» in a talk of op's: three hear each other, then he leaves the two.
async function emergency(op, call) {
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
	]);
	await op.press('Выйти из разговора');
	await Promise.all([
		hears(call.media, [HZ.emergency], [op.hz]),
		hears(service.media, [HZ.citizen], [op.hz]),
	]);
	await desk.free(op);
	await call.hangup();
	await service.ended;
}

test('«112» joins the talk of Chromium: three hear each other', async () => {
	await emergency(op1, await desk.talk(op1));
});

test('«112» joins the talk of Firefox: three hear each other', async () => {
	const call = await desk.talk(op1);

	await dial(op1, '2002');
	await spec2.callState('RING');
	await spec2.press('Ответить');
	await desk.hearEachOther(call, spec2);
	await desk.free(op1);
	await emergency(spec2, call);
});

test('«103» that does not answer leaves the talk as it was', async () => {
	const call = await desk.talk(op1);

	await op1.press('103');
	const service = await phone.incoming({ to: '103' });

	service.reject(486);
	await op1.sees('Служба не отвечает');
	await desk.hearEachOther(call, op1);
	await desk.end(call, op1);
});

await run();
