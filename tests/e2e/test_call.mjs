#!/usr/bin/env node
// A citizen's call from trunk to operator and back, in both engines.
// limit: 300 s

import assert from 'node:assert/strict';
import { inNamespace, test, run, lasts } from '../lab/run.mjs';
import { Desk, ENGINES, HOTLINE, HZ, clean, meet } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { phone } = desk;

for (const engine of ENGINES) {
	const user = engine === 'firefox' ? 'op2' : 'op1';
	const number = (n) => `+7918${engine === 'firefox' ? 2 : 1}00000${n}`;
	let op;

	test(`K-3.0.1, K-3.0.5 ${engine}: sign-in, workspace, «Начало работы»`, async () => {
		op = await desk.sit(user, { engine });
		await op.sees('Информация о сотруднике');
		await op.sees('Не активен');
		assert.equal(await op.enabled('Ответить'), false);
		assert.equal(await op.enabled('Пауза'), false);
		await desk.activate(op);
		await op.sees('Активен');
		await op.shot('workspace');
		await desk.shifts(user, (rows) => rows.length === 1);
		clean(op);
	});

	test(`${engine}: no RTP while idle`, async () => {
		// the first packets of the leg are over when the track is off it
		await op.wait('return window.otklik.pc.getSenders()' +
			'.every((s) => !s.track)', 30000, 'no track on the leg');
		await lasts(500);
		const before = await op.packetsSent();

		await lasts(2000);
		assert.equal(await op.packetsSent() - before, 0);
	});

	test(`K-2.0.2, K-5.1.1.2 ${engine}: greeted, rung, answered, both heard`, async () => {
		const call = await phone.call(HOTLINE, { from: number(1) });

		await call.answered;
		await call.media.hears(HZ.greeting);
		await op.callState('RING');
		await op.ear.hears(HZ.ring);
		const state = await op.state();

		assert.equal(state.call.number, number(1));
		assert.equal(state.call.queue, 'Горячая линия');
		await op.shot('ring');
		await op.press('Ответить');
		await desk.hearEachOther(call, op);
		const from = performance.now();

		await op.sees('Идёт запись');
		await op.shot('talk');
		// a busy machine starves the browser's microphone for a moment
		await call.media.steady(op.hz, { ms: 1500 });
		const silence = call.media.longestSilence(from);

		assert.ok(silence < 500, `${silence} ms of dead silence`);
		await op.press('Сброс');
		assert.equal((await call.ended).why, 'BYE theirs');
		await desk.free(op);
		const row = await desk.journal(number(1));

		for (const key of ['greeted_at', 'queued_at', 'offered_at',
			'answered_at', 'ended_at'])
			assert.ok(row[key], key);
		clean(op);
	});

	test(`K-4.0.5 ${engine}: recorded in two channels from the greeting on, ` +
		'through a hold', async () => {
		const call = await desk.talk(op, { from: number(2) });

		await call.media.steady(op.hz, { ms: 1200 });
		await op.press('Пауза');
		await call.media.steady(HZ.music, { ms: 700 });
		await op.press('Продолжить');
		await call.media.steady(op.hz, { ms: 500 });
		await desk.end(call, op);
		const { left: l, right: r, spans: of } =
			await desk.recording(number(2));
		const [greeting] = of(r, HZ.greeting);
		const said = of(r, op.hz);

		assert.ok(greeting.from < 500, 'the greeting comes first');
		assert.ok(said[0].from > greeting.to - 100,
			`operator from ${said[0].from}, greeting to ${greeting.to}`);
		assert.ok(said.some((s) => s.to - s.from > 1000));
		assert.ok(of(l, HZ.citizen)[0].from < 1000);
		// the hold between his words: music right, the citizen left
		const hold = of(r, HZ.music).find((s) => s.from > said[0].from &&
			s.to - s.from > 500);

		assert.ok(hold, 'music in the hold');
		assert.ok(meet(of(l, HZ.citizen), [hold]), 'the citizen in the hold');
		assert.ok(said.some((s) => s.from > hold.to - 200), 'goes on after it');
		// a click where sound begins has a little of every tone in it
		assert.deepEqual(of(l, op.hz), [], 'no leak');
		assert.deepEqual(of(r, HZ.citizen), [], 'no leak');
	});

	test(`${engine}: hold plays music and comes back`, async () => {
		const call = await desk.talk(op, { from: number(3) });

		await op.press('Пауза');
		const held = await call.media.hears(HZ.music, { ms: 500 });

		await call.media.until((w) => w.tones[op.hz] < 0.01,
			{ tones: [op.hz], what: 'the operator is not heard' });
		await op.callState('HOLD');
		await op.press('Продолжить');
		await desk.hearEachOther(call, op);
		assert.ok(call.media.longestSilence(held.at) < 500);
		await desk.end(call, op);
	});

	test(`${engine}: a muted operator hears and is not heard`, async () => {
		const call = await desk.talk(op, { from: number(4) });

		await op.press('Выкл. микрофон');
		await call.media.until((w) => w.rms < 0.005 && w.missing < 0.2,
			{ ms: 500, what: 'silence that is sent, not a dead line' });
		await op.ear.hears(HZ.citizen);
		await op.press('Вкл. микрофон');
		await desk.hearEachOther(call, op);
		await desk.end(call, op);
	});

	test(`${engine}: keypad digits reach the trunk`, async () => {
		const call = await desk.talk(op, { from: number(5) });

		await op.press('Клавиши');
		for (const key of ['1', '5', '#'])
			await op.press(key);
		await call.media.untilDigits('15#');
		await op.press('Клавиши');
		await desk.hearEachOther(call, op);
		await desk.end(call, op);
		clean(op);
	});

	test(`${engine}: a citizen who gives up takes the offer along`, async () => {
		const call = await phone.call(HOTLINE, { from: number(6) });

		await call.answered;
		await op.callState('RING');
		await call.hangup();
		await op.until((s) => !s.call && s.agent.state === 'FREE',
			{ what: 'the offer is gone' });
		await op.ear.until((w) => w.tones[HZ.ring] < 0.005,
			{ tones: [HZ.ring], what: 'no ringing' });
		assert.equal((await desk.journal(number(6))).answered_at, null);
	});

	test(`K-5.1.1.6 ${engine}: «Нецелевой вызов» ends the work in one press`,
		async () => {
			const call = await phone.call(HOTLINE, { from: number(7) });

			await op.callState('RING');
			await op.press('Ответить');
			await op.callState('TALK');
			await call.hangup();
			await op.agent('WRAPUP');
			await op.select('Вид нецелевого вызова', 'Спам');
			await op.press('Нецелевой вызов');
			await op.agent('FREE');
			await desk.stack.row(`SELECT non_target_kind FROM call_record
				WHERE caller = '${number(7)}'`,
			(r) => r[0]?.non_target_kind === 'SPAM');
		});

	test(`K-5.4.1.1 ${engine}: «Завершить» ends the shift`, async () => {
		await op.press('Завершить');
		await op.agent('INACTIVE');
		await op.sees('Не активен');
		await desk.shifts(user, (rows) => rows.length === 1 &&
			rows[0].reason === 'FINISH');
		await desk.away(op);
	});
}

await run();
