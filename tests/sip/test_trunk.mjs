#!/usr/bin/env node
// The trunk's state, and the beginning and the end of it all.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import net from 'node:net';
import { inNamespace, lasts, run, test as bare } from '../lab/run.mjs';
import { cseq, header } from '../lab/sip.mjs';
import { Call, Echo, Ua } from './ua.mjs';

inNamespace();

const T1 = 60; // OPTIONS every 1.8 s, 360 ms to answer
const isOptions = (m) => m.method === 'OPTIONS';

// Ends what a failed case has left, so that the next one finds its ports.
function test(name, body) {
	bare(name, async () => {
		try {
			await body();
		} finally {
			Ua.closeAll();
			await Echo.killAll();
		}
	});
}

async function gone(echo) {
	const { how, ms } = await echo.close();

	assert.equal(how, 0);
	assert.ok(ms <= 2000, `closing took ${ms} ms`);
	return ms;
}

// B3-38
test('it starts unknown, is down after two failures, up after one success',
	async () => {
		const echo = await Echo.start({ t1: T1 });

		assert.equal((await echo.stats()).trunk, -1);
		const down = await echo.event('TRUNK');

		assert.notEqual(down.status, 200); // 408, or 503 with an ICMP error
		assert.equal((await echo.stats()).trunk, 0);
		const ua = await Ua.open();

		assert.equal((await echo.event('TRUNK')).status, 200);
		assert.equal((await echo.stats()).trunk, 1);
		ua.mute = true; // from now on we answer OPTIONS ourselves
		// one failure is no failure
		for (const status of [503, 404]) {
			ua.reply(await ua.next(isOptions, 'OPTIONS'), status);
			await ua.next(isOptions, 'OPTIONS').then((m) =>
				ua.reply(m, 200));
		}
		assert.equal((await echo.stats()).trunk, 1);
		ua.reply(await ua.next(isOptions, 'OPTIONS'), 503);
		ua.reply(await ua.next(isOptions, 'OPTIONS'), 503);
		assert.equal((await echo.event('TRUNK')).status, 503);
		// down or not, calls of the peer are taken
		const call = new Call(ua);

		assert.equal((await call.up()).status, 200);
		await call.bye();
		ua.reply(await ua.next(isOptions, 'OPTIONS'), 486);
		assert.equal((await echo.event('TRUNK')).status, 200);
		assert.equal(echo.lines.filter((l) => l.startsWith('TRUNK')).length, 4);
		await gone(echo);
		ua.close();
	});

// B3-38
test('OPTIONS come every 30 × T1', async () => {
	const ua = await Ua.open();
	const echo = await Echo.start({ t1: T1 });
	const times = [];

	ua.mute = true;
	while (times.length < 3) {
		const msg = await ua.next(isOptions, 'OPTIONS');

		times.push(msg.at);
		ua.reply(msg, 200);
	}
	for (let i = 1; i < times.length; i++) {
		const ms = times[i] - times[i - 1];

		assert.ok(ms > 1700 && ms < 2700, `${ms} ms`);
	}
	await gone(echo);
	ua.close();
});

test('closing ends what is open: BYE, CANCEL, 503', async () => {
	const ua = await Ua.open();
	const echo = await Echo.start({ t1: T1 });
	const up = new Call(ua);
	const ringing = new Call(ua);

	await up.up();
	const first = await echo.event('INVITE');

	await echo.event('ANSWERED', { id: first.id });
	await echo.set({ answer: -1, ring: 0 });
	await echo.stats(); // has obeyed
	const sent = ringing.request('INVITE', { body: ua.sdp() });

	await ringing.response(sent, (s) => s === 180);
	const second = await echo.event('INVITE');

	echo.say('call 79990000001');
	const { id } = await echo.event('CALL');
	const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
	const out = Call.of(ua, invite);

	ua.reply(invite, 180, { tag: out.tag });
	await echo.event('PROGRESS', { id });

	const closing = gone(echo);

	assert.equal((await ringing.response(sent)).status, 503);
	ringing.ack(sent, { refused: true });
	ua.reply(await up.incoming('BYE'), 200);
	ua.reply(await out.incoming('CANCEL'), 200, { tag: out.tag });
	ua.reply(invite, 487, { tag: out.tag });
	await out.incoming('ACK');
	assert.ok(await closing < 1000);
	for (const one of [first.id, second.id, id])
		assert.equal(echo.count('ENDED', one), 1);
	ua.close();
});

test('closing takes 2 s at most when the peer has fallen silent', async () => {
	for (const state of ['up', 'ringing', 'calling', 'unanswered', 'no ACK',
		'all']) {
		const ua = await Ua.open();
		const echo = await Echo.start({ t1: 500 });
		const all = state === 'all';

		await echo.set({ answer: state === 'ringing' ? -1 : 0 });
		if (all || state === 'up')
			await new Call(ua).up();
		if (all || state === 'ringing') {
			new Call(ua).request('INVITE', { body: ua.sdp() });
			await echo.event('INVITE');
		}
		if (all || state === 'no ACK') {
			const call = new Call(ua);

			await call.response(call.request('INVITE', { body: ua.sdp() }));
		}
		if (all || state === 'calling' || state === 'unanswered') {
			echo.say('call 79990000001');
			const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');

			if (state !== 'unanswered') {
				ua.reply(invite, 180);
				await echo.event('PROGRESS');
			}
		}
		await gone(echo);
		ua.close();
	}
});

test('the port is free again at once, also after calls over TCP', async () => {
	for (let i = 0; i < 3; i++) {
		const echo = await Echo.start({ t1: T1 });
		const tcp = await Ua.open({ tcp: true });
		const call = new Call(tcp);

		assert.equal((await call.up()).status, 200);
		await call.bye();
		await gone(echo);
		tcp.close();
	}
});

test('a port in use and a bad address are said as what they are', async () => {
	const udp = dgram.createSocket('udp4');

	await new Promise((done) => udp.bind(5060, '127.0.0.1', done));
	await assert.rejects(Echo.start(), /OPEN 98/);
	udp.close();

	const tcp = net.createServer();

	await new Promise((done) => tcp.listen(5060, '127.0.0.1', done));
	await assert.rejects(Echo.start(), /OPEN 98/);
	await new Promise((done) => tcp.close(done));

	for (const peer of ['localhost:5080', '300.1.1.1:5080'])
		await assert.rejects(Echo.start({ peer }), /OPEN 22/);
	await gone(await Echo.start());
});

// A request over UDP: sent again until it is answered (RFC 3261 17.1), for a
// machine without time for us loses datagrams.
function insist(call, method, options = {}) {
	const sent = call.request(method, options);
	const again = setInterval(() => call.request(method, { ...options,
		seq: sent.number, branch: sent.branch }), 500);

	return call.response(sent).finally(() => clearInterval(again));
}

test('many at once, ended at random from both sides', async () => {
	const ua = await Ua.open();
	const echo = await Echo.start({ t1: 500 });
	const acks = new Map(); // by Call-ID
	const ids = [];

	// every 200 gets an ACK (13.2.2.4), every BYE an answer
	ua.on = (m) => {
		const ack = m.status === 200 && cseq(m).method === 'INVITE' &&
			acks.get(header(m, 'call-id'));

		if (m.method === 'BYE')
			ua.reply(m, 200);
		else if (ack)
			ack();
		return m.method === 'BYE' || !!ack;
	};
	await Promise.all(Array.from({ length: 100 }, async (_, i) => {
		await lasts(i * 7);
		const call = new Call(ua, { number: `7${i}` });
		const ok = await insist(call, 'INVITE', { body: ua.sdp() });
		const ack = () => call.ack(cseq(ok));

		assert.equal(ok.status, 200);
		acks.set(call.id, ack);
		ack();
		const { id } = await echo.event('INVITE', { fits: (e) =>
			e.text.includes(` to:7${i} `) });

		await echo.event('ANSWERED', { id });
		ids.push(id);
		if (i % 3) // of each three we end one, he one and both the third
			echo.say(`hangup ${id}`);
		if (i % 3 !== 1)
			assert.ok([200, 481].includes((await insist(call, 'BYE')).status));
	}));
	for (const id of ids)
		await echo.event('ENDED', { id });
	await echo.idle();
	for (const id of ids)
		assert.equal(echo.count('ENDED', id), 1);
	await gone(echo);
	ua.close();
});

await run();
