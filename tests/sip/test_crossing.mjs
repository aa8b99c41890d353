#!/usr/bin/env node
// limit: 240 s
// B3-35, what crosses on the wire: CANCEL against 200 in both directions, a CANCEL
// before any response, an ACK that never comes. More orders: test_cancel.

import assert from 'node:assert/strict';
import { finally_, inNamespace, lasts, run, test } from '../lab/run.mjs';
import { cseq, header } from '../lab/sip.mjs';
import { Call, Echo, Ua } from './ua.mjs';

inNamespace();

const ANSWER_MS = 100;
const offsets = [];

for (let ms = 0; ms <= 200; ms += 10)
	offsets.push(ms);
for (let ms = 92; ms <= 108; ms++)
	offsets.push(ms, ms);

const ua = await Ua.open();
const echo = await Echo.start();

finally_(async () => {
	await echo.idle();
	const { dialogs } = await echo.stats();
	const { how } = await echo.close();

	ua.close();
	assert.equal(dialogs, 0, 'dialogs left');
	assert.equal(how, 0);
});

const defaults = { ring: -1, answer: 0, after: -1, cancel: -1 };

function crossing(name, settings, body) {
	test(name, async () => {
		await echo.set({ ...defaults, ...settings });
		echo.forget();
		ua.forget();
		await body();
	}, { limit: 120000 });
}

async function endedOnce(id, ...statuses) {
	const event = await echo.event('ENDED', { id });

	assert.ok(statuses.includes(event.status), event.text);
	await echo.stats();
	assert.equal(echo.count('ENDED', id), 1);
	return event.status;
}

// The caller's CANCEL, ms after his INVITE. @return his final status
async function cancelAfter(ms) {
	const call = new Call(ua);
	const sent = call.request('INVITE', { body: ua.sdp() });
	const { id } = await echo.event('INVITE');

	await lasts(ms);
	const remote = call.remote;

	call.remote = `<${call.uri}>`; // CANCEL repeats the INVITE's To
	const cancel = call.request('CANCEL', { seq: sent.number,
		branch: sent.branch });

	call.remote = remote;
	const [final, answer] = await Promise.all([call.response(sent),
		call.response(cancel)]);

	if (final.status === 200) {
		call.remote = header(final, 'to');
		assert.ok([200, 481].includes(answer.status));
		call.ack(sent);
		await echo.event('ANSWERED', { id });
		assert.equal((await call.bye()).status, 200);
		await endedOnce(id, 200);
	} else {
		assert.equal(final.status, 487);
		call.remote = header(final, 'to');
		call.ack(sent, { refused: true });
		await endedOnce(id, 487);
	}
	return final.status;
}

crossing('the caller\'s CANCEL meets our 200 at every offset',
	{ ring: 0, answer: ANSWER_MS }, async () => {
		const seen = new Set();

		for (const ms of offsets)
			seen.add(await cancelAfter(ms));
		assert.deepEqual([...seen].sort(), [200, 487]);
		await echo.idle();
	});

crossing('CANCEL in the same breath as INVITE', { answer: -1 }, async () => {
	for (let i = 0; i < 20; i++) {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp() });

		call.request('CANCEL', { seq: sent.number, branch: sent.branch });
		const final = await call.response(sent);

		assert.equal(final.status, 487);
		call.ack(sent, { refused: true });
		await endedOnce((await echo.event('INVITE')).id, 487);
	}
	await echo.idle();
});

crossing('hang-up between our 200 and the ACK waits for the ACK with its BYE',
	{ answer: 0 }, async () => {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp() });

		await call.response(sent);
		const { id } = await echo.event('INVITE');

		echo.say(`hangup ${id}`);
		await endedOnce(id, 200);
		assert.ok(!ua.has((m) => m.method === 'BYE'));
		call.ack(sent);
		ua.reply(await call.incoming('BYE'), 200);
		await echo.idle();
	});

crossing('an ACK that never comes: 408, and BYE', { answer: 0 }, async () => {
	const call = new Call(ua);

	await call.response(call.request('INVITE', { body: ua.sdp() }));
	const { id } = await echo.event('INVITE');

	await endedOnce(id, 408);
	ua.reply(await call.incoming('BYE'), 200);
	await echo.idle();
});

crossing('an ACK that never comes, and nobody answers the BYE', { answer: 0 },
	async () => {
		const call = new Call(ua);

		await call.response(call.request('INVITE', { body: ua.sdp() }));
		const { id } = await echo.event('INVITE');

		await endedOnce(id, 408);
		await call.incoming('BYE');
		await echo.idle();
	});

crossing('hang-up before the ACK that never comes', { answer: 0 },
	async () => {
		const call = new Call(ua);

		await call.response(call.request('INVITE', { body: ua.sdp() }));
		const { id } = await echo.event('INVITE');

		echo.say(`hangup ${id}`);
		await endedOnce(id, 200);
		ua.reply(await call.incoming('BYE'), 200);
		await echo.idle();
	});

// An outgoing call that we give up after `ms`; the callee sends 180 at once
// and 200 after ANSWER_MS.
async function giveUp(ms) {
	await echo.set({ cancel: ms });
	echo.say('call 79990000001');
	const { id } = await echo.event('CALL');
	const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
	const call = Call.of(ua, invite);
	const answer = lasts(ANSWER_MS).then(() => 'answer');

	ua.reply(invite, 180, { tag: call.tag });
	const waiting = call.incoming('CANCEL', ANSWER_MS * 10).catch(() => null);
	const first = await Promise.race([answer, waiting]);
	let up = true;
	let late = null;

	waiting.then((m) => { late = m; });

	if (first === 'answer') {
		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
	} else {
		ua.reply(first, 200, { tag: call.tag });
		ua.reply(invite, 487, { tag: call.tag });
		up = false;
	}
	await call.incoming('ACK');
	if (up) { // the CANCEL, if there is one, came too late
		const bye = await call.incoming('BYE');

		if (late)
			ua.reply(late, 481);
		ua.reply(bye, 200);
	}
	await endedOnce(id, 200, 487);
	return up;
}

crossing('our CANCEL meets the callee\'s 200 at every offset', {}, async () => {
	const seen = new Set();

	for (const ms of offsets)
		seen.add(await giveUp(ms));
	assert.deepEqual([...seen].sort(), [false, true]);
	await echo.idle();
});

crossing('a 200 that crossed our CANCEL gets ACK and BYE', { cancel: 30 },
	async () => {
		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');
		const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
		const call = Call.of(ua, invite);

		ua.reply(invite, 180, { tag: call.tag });
		const cancel = await call.incoming('CANCEL');

		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		ua.reply(cancel, 200, { tag: call.tag });
		await call.incoming('ACK');
		const bye = await call.incoming('BYE');

		assert.ok(cseq(bye).number > cseq(invite).number);
		ua.reply(bye, 200);
		await endedOnce(id, 487);
		await echo.idle();
	});

crossing('CANCEL is held back until the first provisional response',
	{ cancel: 0 }, async () => {
		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');
		const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
		const call = Call.of(ua, invite);

		await endedOnce(id, 487); // the engine need not wait
		await lasts(150);
		assert.ok(!ua.has((m) => m.method === 'CANCEL'));
		ua.reply(invite, 100);
		const cancel = await call.incoming('CANCEL');

		assert.match(header(cancel, 'via'),
			new RegExp(/branch=[^;]+/.exec(header(invite, 'via'))[0]));
		ua.reply(cancel, 200, { tag: call.tag });
		ua.reply(invite, 487, { tag: call.tag });
		await call.incoming('ACK');
		await echo.idle();
	});

crossing('given up before any response, answered all the same: ACK and BYE',
	{ cancel: 0 }, async () => {
		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');
		const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
		const call = Call.of(ua, invite);

		await endedOnce(id, 487);
		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		await call.incoming('ACK');
		ua.reply(await call.incoming('BYE'), 200);
		await echo.idle();
	});

crossing('given up, and the callee says nothing ever again', { cancel: 30 },
	async () => {
		for (const provisional of [true, false]) {
			echo.say('call 79990000001');
			const { id } = await echo.event('CALL');
			const invite = await ua.next((m) => m.method === 'INVITE',
				'INVITE');

			if (provisional) {
				const call = Call.of(ua, invite);

				ua.reply(invite, 180, { tag: call.tag });
				await call.incoming('CANCEL');
			}
			await endedOnce(id, 487);
			await echo.idle();
			ua.forget();
		}
	});

crossing('two 200 of a fork: one call, no harm', {}, async () => {
	echo.say('call 79990000001');
	const { id } = await echo.event('CALL');
	const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
	const a = Call.of(ua, invite, 'aaa');

	ua.reply(invite, 180, { tag: 'bbb' });
	ua.reply(invite, 183, { tag: 'aaa', body: ua.sdp() });
	ua.reply(invite, 200, { tag: 'aaa', body: ua.sdp() });
	ua.reply(invite, 200, { tag: 'bbb', body: ua.sdp() });
	await a.incoming('ACK');
	await echo.event('ANSWERED', { id });
	await a.bye();
	await endedOnce(id, 200);
	await echo.idle();
});

await run();
