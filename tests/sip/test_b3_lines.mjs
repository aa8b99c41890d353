#!/usr/bin/env node
// limit: 240 s
// What a good trunk does (ANCHORS B3) where lines, registrars and the back-off
// of an offer are concerned: sip.c in sip_echo against sipp, with T1 of 40 ms
// for what would take minutes. The rest of B3: test_b3_sipp.

import assert from 'node:assert/strict';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { Sipp, callee, caller, is } from '../lab/sipp.mjs';
import { header, uriOf } from '../lab/sip.mjs';
import { Echo, Registrar } from './ua.mjs';

inNamespace();

const T1 = 40;
const NUMBER = '79990000001';

function test(name, body) {
	bare(name, async () => {
		try {
			await body();
		} finally {
			await Echo.killAll();
			await Sipp.killAll();
		}
	});
}

function lines(echo, ...list) {
	for (const l of list)
		echo.say(`trunk ${l.join(' ')}`);
	echo.say('trunks now');
}

// The next state of a line that is up (or not).
function line(echo, id, up = true) {
	return echo.event('TRUNK', { ms: 20000, fits: (e) =>
		e.text.includes(`trunk:${id} `) && (e.status === 200) === up });
}

// ---- glare -----------------------------------------------------------------

// Both offer at once, both refuse; then ours is tried again.
function glare(s) {
	s.recv('INVITE', { as: 'ours' }).reinvite({ status: 491 })
		.replyTo('ours', 491).recv('ACK').recv('INVITE');
	return s.reply(200, { inside: true, body: s.sdp(), retrans: 500 })
		.recv('ACK').bye();
}

// @return ms between the 491 that we got and our next try
function pause(peer) {
	const [, again] = peer.all(is('in', 'INVITE')).slice(-2);
	const [refused] = peer.all(is('out', 491));

	return again.at - refused.at;
}

test('B3-33: glare, who called tries again: the other side waits 2 s at most',
	async () => {
		const echo = await Echo.start({ t1: T1 });

		await echo.set({ answer: 0, reoffer: 0 });
		const peer = await Sipp.start(glare(caller().invite()));

		await peer.done;
		// RFC 3261 14.1; the machine may be late
		assert.ok(pause(peer) <= 2100 + 400, `${pause(peer)} ms`);
		assert.equal((await echo.event('REANSWER')).status, 200);
		assert.equal((await echo.event('ENDED')).status, 200);
	});

test('B3-33: glare, whose Call-ID it is waits 2.1 to 4 s', async () => {
	const s = callee().invited();

	s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK');
	const peer = await Sipp.start(glare(s));
	const echo = await Echo.start({ t1: T1 });

	await echo.set({ reoffer: 0 });
	await line(echo, 1);
	echo.say(`call ${NUMBER} +78652000000`);
	assert.equal((await echo.event('REANSWER')).status, 200);
	assert.equal((await echo.event('ENDED')).status, 200);
	await peer.finish();
	assert.ok(pause(peer) >= 2100 - 5 && pause(peer) <= 4000 + 400,
		`${pause(peer)} ms`);
});

test('B3-34: an offer while theirs is pending: 500 with Retry-After',
	async () => {
		const echo = await Echo.start({ t1: T1 });
		const s = caller().invite();

		await echo.set({ answer: 0, reanswer: 500 });
		s.request('INVITE', { txn: 'one', body: s.sdp() })
			.recv(100, { txn: 'one' })
			.request('INVITE', { txn: 'two', body: s.sdp() })
			.recv(100, { txn: 'two', optional: true }).recv(500, { txn: 'two' })
			.ack({ txn: 'two', refused: true, inside: true })
			.recv(200, { txn: 'one' })
			.request('ACK', { txn: 'one', cseq: 2, branch: 'one-ack',
				retrans: null, attributes: ' ack_txn="one"' }).bye();
		const peer = await Sipp.start(s);

		await peer.done;
		const [no] = peer.all(is('in', 500));

		assert.match(header(no, 'retry-after'), /^\d+/);
		assert.equal((await echo.event('ENDED')).status, 200);
		assert.equal(echo.count('REOFFER', 1), 1);
	});

// ---- registration ----------------------------------------------------------

const REALM = { user: 'tfoms', secret: 'p:a"s\\s', realm: 'lab', nonce: 'n0nce' };
const challenge = (algorithm, realm = REALM.realm) => `Digest realm="${realm}"` +
	`, nonce="${REALM.nonce}", algorithm=${algorithm}, qop="auth", opaque="o"`;
const account = (expires = 600, host = '127.0.0.1:5082') => [2, host, 'udp',
	REALM.user, REALM.secret, '+78652000009', expires];

// Judges what was sent as the registrar it is for, with no code of ours.
function right(msg, name = 'authorization', realm = REALM.realm) {
	const judge = Object.assign(Object.create(Registrar.prototype),
		{ ...REALM, realm });

	return judge.right(header(msg, name), msg.method);
}

// A registrar: every REGISTER that brings no answer is asked for one.
function registrar(...challenges) {
	return callee().recv('OPTIONS', { optional: true, next: 'alive' })
		.recv('REGISTER').reply(401, { headers: challenges.map((c) =>
			`WWW-Authenticate: ${c}`) })
		.recv('REGISTER').reply(200, { headers: ['Expires: 600'] });
}

const at = (port, host) => ({ port, host, options: ['-deadcall_wait', '0'] });

for (const [name, offered, used] of [
	['MD5', ['MD5'], 'MD5'], ['SHA-256', ['SHA-256'], 'SHA-256'],
	['SHA-256 before MD5', ['SHA-256', 'MD5'], 'SHA-256'],
	['MD5 after one that nobody knows', ['SHA-512-256', 'MD5'], 'MD5']])
	test(`B3-37: registration with digest, ${name}`, async () => {
		const peer = await Sipp.start(registrar(...offered.map((a) =>
			challenge(a))), at(5082));
		const echo = await Echo.start({ t1: T1 });

		lines(echo, account());
		await line(echo, 2);
		const sent = peer.all(is('in', 'REGISTER'));

		assert.equal(sent.length, 2);
		assert.ok(right(sent[1]));
		assert.match(header(sent[1], 'authorization'),
			new RegExp(`algorithm="?${used}"?[,\\s]`));
	});

test('B3-37: a call of ours answers 407 of one realm and 401 of another',
	async () => {
		const s = callee().invited();

		s.answer(407, { headers: [`Proxy-Authenticate: ${
			challenge('MD5', 'proxy')}`] }).recv('ACK').recv('INVITE');
		s.reply(401, { headers: [`WWW-Authenticate: ${
			challenge('SHA-256')}`] }).recv('ACK')
			.recv('INVITE', { as: 'call' });
		s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK').byed();
		const peer = await Sipp.start(s);
		const echo = await Echo.start({ t1: T1 });

		lines(echo, [1, '127.0.0.1:5080', 'udp', '-'],
			[2, '127.0.0.1:5080', 'udp', REALM.user, REALM.secret]);
		echo.say(`call ${NUMBER} - 2`);
		const { id } = await echo.event('CALL');

		await echo.event('ANSWERED', { id });
		echo.say(`hangup ${id}`);
		await echo.event('ENDED', { id });
		const [, second, third] = peer.all(is('in', 'INVITE'));

		assert.ok(right(second, 'proxy-authorization', 'proxy'));
		assert.ok(right(third, 'proxy-authorization', 'proxy'));
		assert.ok(right(third));
	});

test('B3-37: a registration answers 407 of one realm and 401 of another',
	async () => {
		const peer = await Sipp.start(callee()
			.recv('OPTIONS', { optional: true, next: 'alive' })
			.recv('REGISTER').reply(407, { headers: [
				`Proxy-Authenticate: ${challenge('MD5', 'proxy')}`] })
			.recv('REGISTER').reply(401, { headers: [
				`WWW-Authenticate: ${challenge('SHA-256')}`] })
			.recv('REGISTER').reply(200, { headers: ['Expires: 600'] }),
		at(5082));
		const echo = await Echo.start({ t1: T1 });

		lines(echo, account());
		await line(echo, 2);
		const [, second, third] = peer.all(is('in', 'REGISTER'));

		assert.ok(right(second, 'proxy-authorization', 'proxy'));
		assert.ok(right(third, 'proxy-authorization', 'proxy'));
		assert.ok(right(third));
	});

test('B3-37: a registrar that dies after its 401: the next target has the line',
	async () => {
		const first = await Sipp.start(callee()
			.recv('OPTIONS', { optional: true, next: 'alive' })
			.recv('REGISTER').reply(401, { headers: [
				`WWW-Authenticate: ${challenge('MD5')}`] })
			.recv('REGISTER').pause(60000), at(5082));
		const second = await Sipp.start(registrar(challenge('MD5')),
			at(5082, '127.0.0.2'));
		const echo = await Echo.start({ t1: T1 });

		lines(echo, account(600, '127.0.0.1:5082,127.0.0.2:5082'));
		await first.got((m) => is('in', 'REGISTER')(m) &&
			header(m, 'authorization'), 'REGISTER with credentials');
		first.child.kill('SIGKILL'); // it has never answered that one
		assert.deepEqual(second.all(is('in', 'REGISTER')), []);
		await line(echo, 2);
		assert.ok(right(second.all(is('in', 'REGISTER')).at(-1)));
	});

test('B3-37: refused is not given up: asked late, and at once when changed',
	async () => {
		const forbids = callee()
			.recv('OPTIONS', { optional: true, next: 'alive' })
			.recv('REGISTER').reply(403);
		const peer = await Sipp.start(forbids, at(5082));
		const echo = await Echo.start({ t1: 10 }); // 15 minutes are 18 s

		lines(echo, account());
		await echo.event('TRUNK', { fits: (e) => e.status === 403 });
		const no = await peer.got(is('out', 403), '403');
		const again = await peer.got((m) => is('in', 'REGISTER')(m) &&
			m.at > no.at && header(m, 'call-id') !== header(no, 'call-id'),
		'a second REGISTER', 90000);

		assert.ok(again.at - no.at >= 17500);
		await peer.finish();
		const yes = await Sipp.start(registrar(challenge('MD5')), at(5082));

		lines(echo, account(500));
		await line(echo, 2);
		assert.ok(right(yes.all(is('in', 'REGISTER')).at(-1)));
	});

test('B3-37: a registration is made anew before it ends', async () => {
	const s = callee().recv('OPTIONS', { optional: true, next: 'alive' })
		.recv('REGISTER').reply(200, { contact: '[last_Contact:];expires=4' });
	const peer = await Sipp.start(s, at(5082));
	const echo = await Echo.start({ t1: T1 });

	lines(echo, account(4));
	await line(echo, 2);
	await peer.got((m) => is('in', 'REGISTER')(m) && peer.all(
		is('in', 'REGISTER')).length === 3, 'the third REGISTER');
	const all = peer.all(is('in', 'REGISTER'));

	assert.equal(new Set(all.map((m) => header(m, 'call-id'))).size, 1);
	assert.ok(all[2].at - all[1].at < 4000);
});

test('B3-37: a call comes by the registration it was made for', async () => {
	const peer = await Sipp.start(registrar(challenge('SHA-256')), at(5082));
	const echo = await Echo.start({ t1: T1 });

	await echo.set({ answer: 0 });
	lines(echo, [1, '127.0.0.1:5080', 'udp'], account());
	await line(echo, 2);
	const uri = uriOf(header(peer.all(is('in', 'REGISTER'))[1], 'contact'));
	const s = caller();

	assert.match(uri, /;line=\w{16}$/);
	s.request('INVITE', { txn: 'call', body: s.sdp(), first: true, uri })
		.recv(100, { txn: 'call' }).recv(200, { txn: 'call', rrs: true })
		.ack({ txn: 'call' }).bye();
	await (await Sipp.start(s)).done;
	assert.match((await echo.event('INVITE')).text, / trunk:2 /);
});

test('B3-37: OPTIONS and REGISTER go to the same target, when it dies to the' +
	' next', async () => {
	const first = await Sipp.start(registrar(challenge('MD5')), at(5082));
	const second = await Sipp.start(registrar(challenge('MD5')),
		at(5082, '127.0.0.2'));
	const echo = await Echo.start({ t1: T1 });

	lines(echo, account(600, '127.0.0.1:5082,127.0.0.2:5082'));
	await line(echo, 2);
	await first.got(is('in', 'OPTIONS'), 'OPTIONS');
	assert.deepEqual(second.messages, []);
	first.child.kill('SIGKILL');
	const again = await second.got((m) => is('in', 'REGISTER')(m) &&
		header(m, 'authorization'), 'REGISTER');

	assert.ok(right(again));
	await second.got(is('in', 'OPTIONS'), 'OPTIONS');
});

test('B3-37: a line that cannot register does not stop the other', async () => {
	await Sipp.start(callee().recv('OPTIONS', { optional: true, next: 'alive' })
		.recv('REGISTER').reply(403), at(5082));
	const peer = await Sipp.start(callee().invited().answer(486).recv('ACK'));
	const echo = await Echo.start({ t1: T1 });

	// by priority it would be the one that is refused
	lines(echo, account(), [1, '127.0.0.1:5080', 'udp']);
	await line(echo, 2, false);
	await line(echo, 1);
	echo.say(`call ${NUMBER}`);
	assert.match((await echo.event('ENDED')).text, / 486 /);
	await peer.got(is('in', 'ACK'), 'ACK');
});

// ---- CANCEL ----------------------------------------------------------------

test('B3-35: no 487 ever comes: the call ends, no other line is dialled',
	async () => {
		const peer = await Sipp.start(callee().invited().answer(180)
			.recv('CANCEL').reply(200));
		const other = await Sipp.start(callee().invited(), at(5082));
		const echo = await Echo.start({ t1: T1 });

		lines(echo, [1, '127.0.0.1:5080', 'udp'], [2, '127.0.0.1:5082', 'udp']);
		await line(echo, 1);
		await line(echo, 2);
		echo.say(`call ${NUMBER}`);
		const { id } = await echo.event('CALL');

		await echo.event('PROGRESS', { id });
		echo.say(`hangup ${id}`);
		assert.equal((await echo.event('ENDED', { id })).status, 487);
		await peer.got(is('out', 200), '200 to CANCEL');
		const from = performance.now();

		await echo.idle(); // it is given up, and nothing is tried any more
		const ms = performance.now() - from;

		assert.ok(ms >= 64 * T1 - 100, `${ms} ms`); // RFC 3261 9.1
		assert.equal(peer.all(is('in', 'INVITE')).length, 1);
		assert.deepEqual(other.all(is('in', 'INVITE')), []);
		assert.equal(echo.count('ENDED', id), 1);
	});

// ---- keep-alive ------------------------------------------------------------

test('B3-38: OPTIONS each 30 T1; down after two misses, up after one answer',
	async () => {
		const asked = callee().recv('OPTIONS', { optional: true,
			next: 'alive' }).recv('INVITE');
		const peer = await Sipp.start(asked);
		const echo = await Echo.start({ t1: T1 });

		await line(echo, 1);
		await peer.got(() => peer.all(is('in', 'OPTIONS')).length === 4,
			'four times');
		const times = peer.all(is('in', 'OPTIONS')).map((m) => m.at);

		for (let i = 1; i < times.length; i++)
			assert.ok(times[i] - times[i - 1] >= 30 * T1 - 20,
				`${times[i] - times[i - 1]} ms`);
		assert.equal(echo.lines.filter((l) =>
			l.startsWith('TRUNK')).length, 1, 'told once');
		peer.child.kill('SIGSTOP'); // it hears, and is silent
		const from = performance.now();

		assert.match((await line(echo, 1, false)).text, / 408 /);
		const ms = performance.now() - from;

		// the next question comes within 30 T1 and has 6, the one after it
		// goes out 24 later: with a T1 of 500 ms that is 18 to 33 s
		assert.ok(ms >= 36 * T1 - 100, `${ms} ms: one miss is not enough`);
		assert.ok(ms <= 66 * T1 + 1500, `${ms} ms`);
		peer.child.kill('SIGCONT');
		await line(echo, 1);
	});

await run();
