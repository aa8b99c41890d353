#!/usr/bin/env node
// Whatever happens to a browser, nothing of it reaches the trunk (D2).
// limit: 420 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HOTLINE, HZ } from './desk.mjs';

inNamespace();

// the real pace: this is about losses
const desk = await Desk.open({ env: { OTKLIK_PING_MS: '700' } });
const { phone } = desk;

for (const engine of ENGINES) {
	test(`${engine}: reload in mid-talk, the same operator in 3 s`, async () => {
		const op = await desk.active('op1', { engine });
		const call = await desk.talk(op);
		const from = performance.now();
		const { id } = (await op.state()).call;
		const took = [];

		// once in three: on a busy machine the browser alone takes longer
		do {
			await op.reload();
			const loaded = performance.now();

			await op.callState('TALK');
			took.push(performance.now() - loaded);
			assert.equal((await op.state()).call.id, id);
			await desk.hearEachOther(call, op);
		} while (took.at(-1) > 3000 && took.length < 3);
		assert.ok(took.at(-1) <= 3000, `back after ${took} ms`);
		const silence = call.media.longestSilence(from);

		assert.ok(silence <= 500, `${silence} ms of dead silence`);
		assert.equal(call.state, 'up');
		await desk.end(call, op);
		await op.press('Завершить');
		await op.agent('INACTIVE');
		await desk.away(op);
	});

	test(`${engine}: the talking tab reloaded, the second one goes on waiting`,
		async () => {
			const op = await desk.active('op1', { engine });
			const first = op.page;
			const second = await op.tab();

			await op.goto(`${desk.stack.url}/`);
			await op.sees('Телефон открыт в другом окне');
			op.page = first;
			const call = await desk.talk(op);
			const { id } = (await op.state()).call;

			await op.reload();
			await op.until((s, was) => s.call?.id === was &&
				s.call.state === 'TALK' && s.agent.leg === 'up',
			{ arg: id, what: 'the talk again' });
			await desk.hearEachOther(call, op);
			op.page = second;
			await op.until((s) => s.agent.leg === 'elsewhere' &&
				s.agent.state === 'TALKING', { what: 'a telephone elsewhere' });
			await op.sees('Телефон открыт в другом окне');
			assert.equal(await op.eval(() => window.labConnections.length), 0);
			op.page = first;
			await desk.end(call, op);
			await op.press('Завершить');
			await op.agent('INACTIVE');
			await desk.away(op);
		});

	test(`${engine}: a second tab waits and can take over`, async () => {
		const op = await desk.active('op1', { engine });
		const first = op.page;
		const second = await op.tab();

		await op.goto(`${desk.stack.url}/`);
		await op.sees('Телефон открыт в другом окне');
		op.page = first;
		const call = await desk.talk(op);

		op.page = second;
		await op.press('Открыть здесь');
		await op.callState('TALK');
		await desk.hearEachOther(call, op);
		op.page = first;
		await op.sees('Телефон открыт в другом окне');
		op.page = second;
		await desk.end(call, op);
		await op.press('Завершить');
		await op.agent('INACTIVE');
		await desk.away(op);
	});
}

let op2;

for (const engine of ENGINES) {
	const digit = engine === 'firefox' ? 2 : 1;
	const [first, second] = [`+791800000${digit}1`, `+791800000${digit}2`];

	test(`${engine} killed: the citizen goes before who waits, to op2`,
		async () => {
			const op1 = await desk.active('op1', { engine });

			op2 ??= await desk.active('op2');
			await op2.press('Перерыв');
			await op2.click('menuitem', 'Короткий перерыв');
			await op2.agent('BREAK');
			const call = await desk.talk(op1, { from: first });
			const other = await phone.call(HOTLINE, { from: second,
				tone: 550 });

			await other.answered;
			await other.media.hears(HZ.music);
			const from = performance.now();

			desk.browsers.splice(desk.browsers.indexOf(op1), 1);
			await op1.kill();
			await call.media.until((w) => w.tones[HZ.music] > 0.02 ||
				w.tones[HZ.reconnect] > 0.02,
			{ tones: [HZ.music, HZ.reconnect], what: 'notice or music' });
			// after the ten seconds he has to come back
			await desk.event(first, 'REQUEUE');
			await op2.press('Закончить перерыв');
			await op2.callState('RING');
			assert.equal((await op2.state()).call.number, first);
			await op2.press('Ответить');
			await desk.hearEachOther(call, op2);
			const silence = call.media.longestSilence(from);

			assert.ok(silence <= 500, `${silence} ms of dead silence`);
			await other.hangup();
			await desk.end(call, op2);
			await op1.ear.close();
			await desk.giveUp('op1');
		}, { limit: 180000 });
}

await run();
