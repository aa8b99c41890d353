#!/usr/bin/env node
// The network is lost in mid-talk: media and WebSocket are gone in one moment,
// and nothing of it reaches the trunk (D2).
// limit: 240 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { line } from '../lab/line.mjs';
import { Desk, ENGINES, HOTLINE, HZ } from './desk.mjs';

inNamespace();

// the real pace: this is about losses
const desk = await Desk.open({ env: { OTKLIK_PING_MS: '700' } });
const { phone } = desk;

// What the trunk has heard of us since then in the calls that last.
function told(from) {
	return phone.log.slice(from).filter((m) => m.way === 'in' &&
		m.message.method && m.message.method !== 'OPTIONS')
		.map((m) => m.first);
}

const noticeOrMusic = (call) => call.media.until(
	(w) => w.tones[HZ.music] > 0.02 || w.tones[HZ.reconnect] > 0.02,
	{ tones: [HZ.music, HZ.reconnect], what: 'notice or music' });

for (const engine of ENGINES)
	test(`${engine}: back in time, the same operator has the same call`,
		async () => {
			// ten seconds are little for a browser on a busy machine
			await desk.set('phone.resume_s', 40);
			await desk.set('phone.give_up_s', 300);
			const op1 = await desk.active('op1', { engine });
			const call = await desk.talk(op1);
			const { id } = (await op1.state()).call;
			const from = performance.now();
			const before = phone.log.length;

			await line.pull();
			await noticeOrMusic(call);
			await op1.sees('Связь восстанавливается');
			const { seq } = await op1.state();

			await line.plug();
			await op1.until((s, was) => s.seq > was && s.call &&
				s.call.state === 'TALK' && s.agent.leg === 'up',
			{ arg: seq, within: 40000, what: 'the talk again' });
			assert.equal((await op1.state()).call.id, id);
			await desk.hearEachOther(call, op1);
			const silence = call.media.longestSilence(from);

			assert.ok(silence <= 500, `${silence} ms of dead silence`);
			assert.deepEqual(told(before), []);
			await desk.end(call, op1);
			await op1.press('Завершить');
			await op1.agent('INACTIVE');
			await desk.away(op1);
		});

test('away for longer: before who waits, to the other operator', async () => {
	const [first, second] = ['+79180000091', '+79180000092'];
	const op1 = await desk.active('op1');

	await desk.set('phone.resume_s', 10);
	const call = await desk.talk(op1, { from: first });
	const other = await phone.call(HOTLINE, { from: second, tone: 550 });

	await other.answered;
	await other.media.hears(HZ.music);
	const from = performance.now();
	const before = phone.log.length;

	await line.pull();
	await noticeOrMusic(call);
	await desk.event(first, 'REQUEUE');
	await desk.away(op1); // he never comes back
	await line.plug();
	const op2 = await desk.sit('op2');

	await op2.press('Начало работы'); // he is rung at once
	await op2.callState('RING');
	assert.equal((await op2.state()).call.number, first);
	await op2.press('Ответить');
	await desk.hearEachOther(call, op2);
	const silence = call.media.longestSilence(from);

	assert.ok(silence <= 500, `${silence} ms of dead silence`);
	assert.deepEqual(told(before), []);
	await other.hangup();
	await desk.end(call, op2);
});

await run();
