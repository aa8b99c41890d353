#!/usr/bin/env node
// limit: 240 s
// B3-35: CANCEL in every order with what it meets, both ways, with two lines:
// whoever was given up is rung by nobody again. At every offset around the
// 200: test_crossing. B3-39: how long a line may say nothing at all.

import assert from 'node:assert/strict';
import { inNamespace, lasts, run, test as bare } from '../lab/run.mjs';
import { header } from '../lab/sip.mjs';
import { Call, Echo, Ua, is } from './ua.mjs';

inNamespace();

const T1 = 100; // 6.4 s to the end of a transaction

async function up(echo, ...lines) {
	while (lines.length) {
		const { status, text } = await echo.event('TRUNK');
		const line = Number(/trunk:(\d+)/.exec(text)[1]);

		lines = lines.filter((l) => status !== 200 || l !== line);
	}
}

// body(a, b, echo): two lines, a is the first by priority.
function test(name, body, { t1 = T1 } = {}) {
	bare(name, async () => {
		try {
			const a = await Ua.open();
			const b = await Ua.open({ port: 5082 });
			const echo = await Echo.start({ t1 });

			echo.say('trunk 1 127.0.0.1:5080 udp');
			echo.say('trunk 2 127.0.0.1:5082 udp');
			echo.say('trunks now');
			await up(echo, 2); // line 1 is the built-in one, too
			assert.equal((await echo.stats()).trunk, 1);
			await body(a, b, echo);
			assert.ok(!b.has(is('INVITE')), 'line 2 was not dialled');
			await echo.idle();
			assert.equal((await echo.close()).how, 0);
		} finally {
			Ua.closeAll();
			await Echo.killAll();
		}
	});
}

async function endedOnce(echo, id, ...statuses) {
	const event = await echo.event('ENDED', { id });

	assert.ok(statuses.includes(event.status), event.text);
	await echo.stats();
	assert.equal(echo.count('ENDED', id), 1);
}

// ---- calls of ours -------------------------------------------------------

async function dialled(a, echo) {
	echo.say('call 79990000001');
	const { id } = await echo.event('CALL');
	const invite = await a.next(is('INVITE'), 'INVITE');

	return { id, invite, call: Call.of(a, invite) };
}

async function refused(a, call, invite, cancel) {
	a.reply(cancel, 200, { tag: call.tag });
	a.reply(invite, 487, { tag: call.tag });
	await call.incoming('ACK');
}

test('ours before any response is held back, and sent after the 180',
	async (a, b, echo) => {
		const { id, invite, call } = await dialled(a, echo);

		echo.say(`hangup ${id}`);
		await endedOnce(echo, id, 487);
		await lasts(3 * T1);
		assert.ok(!a.has(is('CANCEL')));
		a.reply(invite, 180, { tag: call.tag });
		await refused(a, call, invite, await call.incoming('CANCEL'));
		assert.equal(echo.count('PROGRESS', id), 0, 'nobody hears of it');
	});

test('ours before any response, refused meanwhile: no CANCEL at all',
	async (a, b, echo) => {
		const { id, invite, call } = await dialled(a, echo);

		echo.say(`hangup ${id}`);
		await endedOnce(echo, id, 487);
		a.reply(invite, 503, { tag: call.tag });
		await call.incoming('ACK');
		await echo.idle();
		assert.ok(!a.has(is('CANCEL')));
	});

test('ours before any response, and none ever comes: no other line is dialled',
	async (a, b, echo) => {
		const { id } = await dialled(a, echo);

		echo.say(`hangup ${id}`);
		await endedOnce(echo, id, 487);
		await echo.idle(); // longer than the next line is waited with
		assert.ok(!a.has(is('CANCEL')));
	});

test('ours after a silent line was left: to the next one, and to a late 180',
	async (a, b, echo) => {
		const { id, invite, call } = await dialled(a, echo);
		const second = await b.next(is('INVITE'), 'INVITE');
		const next = Call.of(b, second);

		b.reply(second, 180, { tag: next.tag });
		await echo.event('PROGRESS', { id });
		echo.say(`hangup ${id}`);
		await refused(b, next, second, await next.incoming('CANCEL'));
		await endedOnce(echo, id, 487);
		a.reply(invite, 180, { tag: call.tag });
		await refused(a, call, invite, await call.incoming('CANCEL'));
		b.forget(); // its INVITE was sent again
	});

for (const status of [180, 183])
	test(`ours crosses the ${status}`, async (a, b, echo) => {
		const { id, invite, call } = await dialled(a, echo);

		a.reply(invite, 100);
		await echo.stats();
		await lasts(T1);
		echo.say(`hangup ${id}`);
		const cancel = await call.incoming('CANCEL');

		a.reply(invite, status, { tag: call.tag,
			body: status === 183 ? a.sdp() : '' });
		await refused(a, call, invite, cancel);
		await endedOnce(echo, id, 487);
		assert.equal(echo.count('PROGRESS', id), 0);
	});

test('ours crosses the 200: ACK, then BYE, whichever answer comes first',
	async (a, b, echo) => {
		for (const first of ['INVITE', 'CANCEL']) {
			const { id, invite, call } = await dialled(a, echo);

			a.reply(invite, 180, { tag: call.tag });
			await echo.event('PROGRESS', { id });
			echo.say(`hangup ${id}`);
			const cancel = await call.incoming('CANCEL');

			if (first === 'CANCEL')
				a.reply(cancel, 481, { tag: call.tag });
			a.reply(invite, 200, { tag: call.tag, body: a.sdp() });
			const ack = await call.incoming('ACK');
			const bye = await call.incoming('BYE');

			assert.ok(bye.at >= ack.at);
			if (first === 'INVITE')
				a.reply(cancel, 200, { tag: call.tag });
			a.reply(bye, 200);
			await endedOnce(echo, id, 487);
			assert.equal(echo.count('ANSWERED', id), 0);
		}
	});

test('ours is heard but no 487 comes: it ends, and no other line is dialled',
	async (a, b, echo) => {
		const { id, invite, call } = await dialled(a, echo);

		a.reply(invite, 180, { tag: call.tag });
		await echo.event('PROGRESS', { id });
		echo.say(`hangup ${id}`);
		a.reply(await call.incoming('CANCEL'), 200, { tag: call.tag });
		await endedOnce(echo, id, 487);
		await echo.idle(); // after 64 × T1
		assert.ok(!a.has(is('INVITE')));
	});

test('nobody hears ours: it is sent again, and no other line is dialled',
	async (a, b, echo) => {
		const { id, invite, call } = await dialled(a, echo);

		a.reply(invite, 180, { tag: call.tag });
		await echo.event('PROGRESS', { id });
		echo.say(`hangup ${id}`);
		const cancel = await call.incoming('CANCEL');
		const again = await call.incoming('CANCEL');

		assert.equal(header(again, 'via'), header(cancel, 'via'));
		await endedOnce(echo, id, 487);
		await echo.idle();
		assert.ok(!a.has(is('INVITE')));
	});

test('ours while a challenge is answered: what was sent last is cancelled',
	async (a, b, echo) => {
		echo.say('trunk 1 127.0.0.1:5080 udp tfoms secret');
		echo.say('trunk 2 127.0.0.1:5082 udp');
		a.on = (m) => m.method === 'REGISTER' && (a.reply(m, 200,
			{ contact: header(m, 'contact') }), true);
		echo.forget();
		echo.say('trunks now');
		await up(echo, 1);
		const { id, invite, call } = await dialled(a, echo);

		a.reply(invite, 407, { tag: 'once', headers: [['Proxy-Authenticate',
			'Digest realm="lab", nonce="n", algorithm=SHA-256, qop="auth"']] });
		const second = await a.next((m) => m.method === 'INVITE' &&
			m.headers['proxy-authorization'], 'INVITE with an answer');

		echo.say(`hangup ${id}`);
		await endedOnce(echo, id, 487);
		a.reply(second, 180, { tag: call.tag });
		const cancel = await call.incoming('CANCEL');

		assert.equal(/branch=[^;]+/.exec(header(cancel, 'via'))[0],
			/branch=[^;]+/.exec(header(second, 'via'))[0]);
		await refused(a, call, second, cancel);
	});

// ---- calls of others -----------------------------------------------------

function cancelOf(call, sent, remote = `<${call.uri}>`) {
	const was = call.remote;

	call.remote = remote; // CANCEL repeats the INVITE's To
	const cancel = call.request('CANCEL', { seq: sent.number,
		branch: sent.branch });

	call.remote = was;
	return cancel;
}

test('theirs, sent three times: each is answered, the call ends once',
	async (a, b, echo) => {
		await echo.set({ answer: -1, ring: 0 });
		const call = new Call(a);
		const sent = call.request('INVITE', { body: a.sdp() });

		await call.response(sent, (s) => s === 180);
		const { id } = await echo.event('INVITE');

		for (let i = 0; i < 3; i++)
			assert.equal((await call.response(cancelOf(call, sent))).status,
				200);
		assert.equal((await call.response(sent)).status, 487);
		call.ack(sent, { refused: true });
		await endedOnce(echo, id, 487);
		// one more behind the ACK: there may be nothing left to cancel
		assert.ok([200, 481].includes(
			(await call.response(cancelOf(call, sent))).status));
		assert.equal(echo.count('ENDED', id), 1);
	});

test('theirs without a call to it gets 481', async (a) => {
	const call = new Call(a);

	assert.equal((await call.response(cancelOf(call,
		{ number: 7, branch: 'z9hG4bKnobody' }))).status, 481);
});

test('theirs crosses our 200: the call is up until its BYE',
	async (a, b, echo) => {
		await echo.set({ answer: 0 });
		const call = new Call(a);
		const sent = call.request('INVITE', { body: a.sdp() });
		const ok = await call.response(sent);

		assert.equal(ok.status, 200);
		const { id } = await echo.event('INVITE');

		assert.ok([200, 481].includes(
			(await call.response(cancelOf(call, sent))).status));
		call.remote = header(ok, 'to'); // a CANCEL's answer has its own tag
		call.ack(sent);
		await echo.event('ANSWERED', { id });
		assert.equal(echo.count('ENDED', id), 0);
		assert.equal((await call.bye()).status, 200);
		await endedOnce(echo, id, 200);
	});

test('theirs crosses our refusal: the refusal stands', async (a, b, echo) => {
	await echo.set({ answer: -1, reject: 486 });
	const call = new Call(a);
	const sent = call.request('INVITE', { body: a.sdp() });

	assert.equal((await call.response(sent)).status, 486);
	assert.ok([200, 481].includes(
		(await call.response(cancelOf(call, sent))).status));
	call.ack(sent, { refused: true });
	await endedOnce(echo, (await echo.event('INVITE')).id, 486);
});

test('theirs crosses our hang-up while it rings: one end',
	async (a, b, echo) => {
		await echo.set({ answer: -1, ring: 0 });
		const call = new Call(a);
		const sent = call.request('INVITE', { body: a.sdp() });

		await call.response(sent, (s) => s === 180);
		const { id } = await echo.event('INVITE');

		echo.say(`hangup ${id}`);
		const cancel = cancelOf(call, sent);
		const [final, answer] = await Promise.all([call.response(sent),
			call.response(cancel)]);

		assert.ok([480, 487].includes(final.status), final.status);
		assert.ok([200, 481].includes(answer.status), answer.status);
		call.ack(sent, { refused: true });
		// whichever was first there, and it need not be the same twice
		await endedOnce(echo, id, 480, 487);
	});

// ---- a line without a word (B3-39) ---------------------------------------

test('an INVITE that no line says a word to fails at 6.4 s with T1 of 100 ms',
	async (a, b, echo) => {
		echo.say('trunk 1 127.0.0.1:5080 udp');
		echo.say('trunks now');
		const from = performance.now();
		const { id } = await dialled(a, echo);

		await endedOnce(echo, id, 408);
		const ms = performance.now() - from;

		assert.ok(ms > 6000 && ms < 12000, `${ms} ms`);
	});

test('and with T1 of 500 ms, not after 32 s; a late 200 gets ACK and BYE',
	async (a, b, echo) => {
		echo.say('trunk 1 127.0.0.1:5080 udp');
		echo.say('trunks now');
		const from = performance.now();
		const { id, invite, call } = await dialled(a, echo);

		await endedOnce(echo, id, 408);
		const ms = performance.now() - from;

		assert.ok(ms > 6000 && ms < 20000, `${ms} ms`);
		assert.ok(!a.has(is('CANCEL')));
		a.reply(invite, 200, { tag: call.tag, body: a.sdp() });
		await call.incoming('ACK');
		a.reply(await call.incoming('BYE'), 200);
		assert.equal(echo.count('ENDED', id), 1);
	}, { t1: 500 });

await run();
