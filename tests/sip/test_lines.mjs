#!/usr/bin/env node
// limit: 240 s
// Several lines: which one dials, what follows when one dies, registration
// with digest. Figures go with T1: OPTIONS every 30 × T1 with 6 × T1 to answer.

import assert from 'node:assert/strict';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { header, uriOf } from '../lab/sip.mjs';
import { Call, Echo, Registrar, Ua, is } from './ua.mjs';

inNamespace();

const T1 = 40;

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

const taken = new Set(); // what is sent again is no other INVITE
const isNew = (m) => m.method === 'INVITE' && !taken.has(header(m, 'via'));

async function invite(ua, ms) {
	const m = await ua.next(isNew, 'INVITE', ms);

	taken.add(header(m, 'via'));
	return m;
}

// list: [id, hosts, transport, user, secret, presented, expires]
function lines(echo, ...list) {
	for (const l of list)
		echo.say(`trunk ${l.join(' ')}`);
	echo.say('trunks now');
}

async function up(echo, ...ids) {
	for (const down = new Set(ids); down.size;) {
		const e = await echo.event('TRUNK', { ms: 20000 });

		if (e.status === 200)
			down.delete(Number(/trunk:(\d+) /.exec(e.text)[1]));
	}
}

async function two(options = {}) {
	const a = await Ua.open();
	const b = await Ua.open({ port: 5082 });
	const echo = await Echo.start({ t1: T1, ...options });

	lines(echo, [1, '127.0.0.1:5080', 'udp'], [2, '127.0.0.1:5082', 'udp']);
	await up(echo, 1, 2);
	return { a, b, echo };
}

async function talk(ua, msg) {
	const call = Call.of(ua, msg);

	ua.reply(msg, 200, { tag: call.tag, body: ua.sdp() });
	await call.incoming('ACK');
	return call;
}

// OPTIONS come so many times more; the first may have been under way.
function asked(ua, times) {
	const before = ua.asked;

	return ua.until(() => ua.asked > before + times, 'OPTIONS');
}

const registering = (secret, expires = 600) => [2, '127.0.0.1:5082', 'udp',
	'tfoms', secret, '+78652000009', expires];

test('the line first by priority dials, one that is ordered goes before it',
	async () => {
		const { a, b, echo } = await two();

		echo.say('call 79990000001');
		a.reply(await invite(a), 486);
		assert.match((await echo.event('ENDED')).text, / 486 /);
		echo.say('call 79990000002 +78652000000 2');
		b.reply(await invite(b), 486);
		assert.match((await echo.event('ENDED')).text, / 486 /);
	});

test('a line that is asked says how it is, whether that is new or not',
	async () => {
		const { b, echo } = await two();

		echo.say('check 2');
		await up(echo, 2);
		b.close();
		echo.say('check 2');
		assert.equal((await echo.event('TRUNK')).status, 503);
		echo.say('check 2');
		assert.equal((await echo.event('TRUNK')).status, 503);
		await Ua.open({ port: 5082 });
		echo.say('check 2');
		await up(echo, 2);
	});

test('a call goes to the next line when one refuses as a line', async () => {
	const { a, b, echo } = await two();

	for (const status of [503, 500, 502]) {
		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');

		a.reply(await invite(a), status);
		await talk(b, await invite(b));
		assert.match((await echo.event('ANSWERED', { id })).text, /trunk:2/);
		echo.say(`hangup ${id}`);
		b.reply(await b.next(is('BYE'), 'BYE'), 200);
		await echo.event('ENDED', { id });
		assert.equal(echo.count('ENDED', id), 1);
	}
	assert.ok(!a.has(isNew));
});

for (const fails of ['refuses', 'is silent'])
	test(`a line that ${fails}: the next has its own number and form`,
		async () => {
			const a = await Ua.open();
			const b = await Ua.open({ port: 5082 });
			const c = await Ua.open({ port: 5084 });
			const echo = await Echo.start({ t1: T1 });
			const own = (n) => ['udp', '-', '-', `+7865200000${n}`];
			const fail = async (ua) => {
				const m = await invite(ua);

				if (fails === 'refuses')
					ua.reply(m, 503);
				return m;
			};
			const shows = (m, number, from) => {
				assert.ok(m.uri.startsWith(`sip:${number}@`), m.uri);
				assert.ok(header(m, 'to').includes(`sip:${number}@`));
				assert.ok(header(m, 'from').includes(`<sip:${from}@`),
					header(m, 'from'));
			};

			lines(echo, [1, '127.0.0.1:5080', ...own(1)],
				[2, '127.0.0.1:5082', ...own(2)],
				[3, '127.0.0.1:5084', ...own(3)]);
			await up(echo, 1, 2, 3);
			echo.say('way 2 89990000001');
			echo.say('way 3 79990000001 +78652000009');
			echo.say('call +79990000001');
			const { id } = await echo.event('CALL');

			shows(await fail(a), '+79990000001', '+78652000001');
			shows(await fail(b), '89990000001', '+78652000002');
			const last = await invite(c);

			shows(last, '79990000001', '+78652000009');
			await talk(c, last);
			assert.match((await echo.event('ANSWERED', { id })).text,
				/trunk:3/);
		});

test('no answer of the called goes to no other line', async () => {
	const { a, b, echo } = await two();

	for (const status of [404, 408, 480, 486, 603]) {
		echo.say('call 79990000001');
		a.reply(await invite(a), status);
		assert.match((await echo.event('ENDED')).text,
			new RegExp(` ${status} `));
	}
	assert.ok(!b.has(isNew));
});

test('a line that is silent is left for the next, its late 200 is ended',
	async () => {
		const { a, b, echo } = await two();

		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');
		const first = await invite(a);

		await talk(b, await invite(b));
		await echo.event('ANSWERED', { id });
		a.forget();
		const late = Call.of(a, first);

		a.reply(first, 200, { tag: late.tag, body: a.sdp() });
		await late.incoming('ACK');
		a.reply(await late.incoming('BYE'), 200);
		assert.equal(echo.count('ENDED', id), 0); // the talk goes on
	});

// B3-35
test('what has rung is never dialled again elsewhere, dead or refused',
	async () => {
		const { a, b, echo } = await two();

		echo.say('call 79990000001');
		await echo.event('CALL');
		const ringing = await invite(a);
		const call = Call.of(a, ringing);

		a.reply(ringing, 180, { tag: call.tag });
		await echo.event('PROGRESS');
		a.reply(ringing, 503, { tag: call.tag });
		assert.match((await echo.event('ENDED')).text, / 503 /);

		echo.say('call 79990000002');
		const { id } = await echo.event('CALL');
		const dead = await a.next((m) => m.method === 'INVITE' &&
			m.uri.includes('02@'), 'INVITE');

		a.reply(dead, 180, { tag: 'x' });
		await echo.event('PROGRESS', { id });
		a.mute = true; // and now the line dies
		echo.say(`hangup ${id}`);
		assert.match((await echo.event('ENDED', { id })).text, / 487 /);
		await echo.idle(20000); // no 487 ever came
		assert.ok(!b.has(isNew));
	});

test('a line dies in a talk: the talk stays, new calls go to the other',
	async () => {
		const { a, b, echo } = await two();

		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');

		await talk(a, await invite(a));
		await echo.event('ANSWERED', { id });
		echo.forget();
		a.mute = true; // OPTIONS are left without an answer
		const down = await echo.event('TRUNK', { ms: 20000 });

		assert.match(down.text, /TRUNK \d+ 408 trunk:1 /);
		assert.equal(echo.count('ENDED', id), 0);
		echo.say('call 79990000002');
		await talk(b, await invite(b)); // at once
		a.mute = false;
		await up(echo, 1);
		echo.say('call 79990000003');
		a.reply(await a.next((m) => m.method === 'INVITE' &&
			m.uri.includes('03@'), 'INVITE'), 486);
	});

test('two lines down: the first is tried all the same, and says 503',
	async () => {
		const { a, b, echo } = await two();

		a.close();
		b.close();
		echo.forget();
		for (const seen = new Set(); seen.size < 2;) {
			const e = await echo.event('TRUNK', { ms: 20000 });

			if (e.status !== 200)
				seen.add(/trunk:(\d)/.exec(e.text)[1]);
		}
		assert.equal((await echo.stats()).trunk, 0);
		echo.say('call 79990000001');
		const over = await echo.event('ENDED', { ms: 15000 });

		assert.ok([408, 503].includes(over.status), over.text);
	});

// B3-37
test('OPTIONS, REGISTER and calls follow one target, and stay with it',
	async () => {
		const a = await Ua.open({ port: 5082 });
		const b = await Ua.open({ host: '127.0.0.2', port: 5082 });
		const ra = new Registrar(a);
		const rb = new Registrar(b);
		const echo = await Echo.start({ t1: T1 });

		for (const r of [ra, rb])
			r.secret = 'word';
		lines(echo, [2, '127.0.0.1:5082,127.0.0.2:5082', 'udp', 'tfoms',
			'word']);
		await up(echo, 2);
		assert.equal(rb.seen.length, 0);
		a.mute = true;
		ra.silent = true;
		await b.until(() => rb.good && b.asked, 'both at the second', 40000);
		assert.equal(rb.good, 1);
		a.mute = false; // the first is back: nobody runs to it
		const registered = () => ra.seen.filter((m) =>
			header(m, 'expires') !== '0').length;
		const seen = registered();

		echo.say('call 79990000001');
		b.reply(await invite(b), 486);
		assert.match((await echo.event('ENDED')).text, / 486 /);
		await asked(b, 2); // twice it had time to
		assert.equal(registered(), seen);
		// calls of the second target come by its registration
		const call = new Call(b);

		call.uri = uriOf(rb.contact);
		call.remote = '<sip:+78652000001@lab>';
		assert.equal((await call.up()).status, 200);
		assert.match((await echo.event('INVITE')).text, /trunk:2/);
	});

// B3-37
for (const [name, algorithms, used] of [
	['MD5', ['MD5'], 'MD5'],
	['SHA-256', ['SHA-256'], 'SHA-256'],
	['SHA-256 before MD5', ['SHA-256', 'MD5'], 'SHA-256'],
	['MD5 after one that nobody knows', ['SHA-512-256', 'MD5'], 'MD5']])
	test(`registration with digest: ${name}`, async () => {
		const ua = await Ua.open({ port: 5082 });
		const reg = new Registrar(ua, { algorithms, secret: 'p:a"s\\s' });
		const echo = await Echo.start({ t1: T1 });

		lines(echo, registering(reg.secret));
		await up(echo, 2);
		assert.equal(reg.used, used);
		assert.equal(reg.wrong, 0);
		assert.equal(reg.seen.length, 2);
		assert.match(reg.contact, /^<sip:tfoms@127\.0\.0\.1:5060;line=\w{16}>/);
	});

test('a registration is refreshed before it ends, and withdrawn at the end',
	async () => {
		const ua = await Ua.open({ port: 5082 });
		const reg = new Registrar(ua, { secret: 'word' });
		const echo = await Echo.start({ t1: T1 });

		lines(echo, registering('word', 4));
		await up(echo, 2);
		await ua.until(() => reg.good >= 3, 'the third registration');
		assert.equal(new Set(reg.seen.map((m) =>
			header(m, 'call-id'))).size, 1);
		lines(echo, [1, '127.0.0.1:5080', 'udp']);
		await ua.until(() => header(reg.seen.at(-1), 'expires') === '0',
			'its end');
	});

test('a wrong password is sent once, not hammered, and a right one helps',
	async () => {
		const ua = await Ua.open({ port: 5082 });
		const reg = new Registrar(ua, { secret: 'right' });
		const echo = await Echo.start({ t1: T1 });

		lines(echo, registering('wrong'));
		const down = await echo.event('TRUNK');

		assert.match(down.text, / 401 trunk:2 reason:Wrong user name/);
		assert.equal(reg.wrong, 1);
		await asked(ua, 3);
		assert.equal(reg.seen.length, 2); // without it, and with it
		lines(echo, registering('right'));
		await up(echo, 2);
	});

// B3-37
test('a refusal is not asked again at once, another account is, a 503 soon',
	async () => {
		const ua = await Ua.open({ port: 5082 });
		const reg = new Registrar(ua, { secret: 'word', status: 403 });
		const echo = await Echo.start({ t1: T1 });

		lines(echo, registering('word'));
		assert.match((await echo.event('TRUNK')).text, / 403 trunk:2/);
		await asked(ua, 2);
		assert.equal(reg.seen.length, 1);
		reg.status = 503;
		lines(echo, registering('other')); // a changed line begins anew
		await echo.event('TRUNK');
		await ua.until(() => reg.seen.length >= 3, 'the third try');
		reg.status = 200;
		reg.secret = 'other';
		await up(echo, 2);
	});

// B3-37: 15 minutes are 18 s at this pace
test('a refusal is asked again late, but asked', async () => {
	const ua = await Ua.open({ port: 5082 });
	const reg = new Registrar(ua, { secret: 'word', status: 403 });
	const echo = await Echo.start({ t1: 10 });

	lines(echo, registering('word'));
	await echo.event('TRUNK', { fits: (e) => e.status === 403 });
	const last = reg.seen.at(-1);
	const again = () => reg.seen.find((m) => m.at > last.at &&
		header(m, 'call-id') !== header(last, 'call-id'));

	await ua.until(again, 'a second try', 90000);
	assert.ok(again().at - last.at >= 17500);
	reg.status = 200;
	lines(echo, registering('word', 500));
	await up(echo, 2);
});

// B3-37
test('one line that cannot register does not stop the others', async () => {
	const { a, b, echo } = await two();
	const reg = new Registrar(b, { status: 403 });

	lines(echo, [2, '127.0.0.1:5082', 'udp', 'tfoms', 'word'],
		[1, '127.0.0.1:5080', 'udp']);
	await echo.event('TRUNK', { fits: (e) => e.status === 403 &&
		e.text.includes('trunk:2 ') });
	assert.equal(reg.seen.length, 1);
	echo.say('call 79990000001'); // by priority it would be the other
	a.reply(await invite(a), 486);
	assert.match((await echo.event('ENDED')).text, / 486 /);
});

// B3-37: several realms
test('a call of ours is authorized: 407, then 401 of another realm',
	async () => {
		const ua = await Ua.open({ port: 5082 });
		const reg = new Registrar(ua, { secret: 'word' });
		const proxy = new Registrar(ua, { secret: 'word', realm: 'proxy',
			algorithms: ['MD5'] });
		const echo = await Echo.start({ t1: T1 });

		ua.on = (m) => m.method === 'REGISTER' && (reg.answer(m), true);
		lines(echo, registering('word'));
		await up(echo, 2);
		echo.say('call 79990000001 - 2');
		const { id } = await echo.event('CALL');
		let m = await invite(ua);

		assert.match(header(m, 'from'), /sip:\+78652000009@/);
		ua.reply(m, 407, { headers: [['Proxy-Authenticate',
			proxy.challenges()[0]]] });
		m = await ua.next((n) => n.method === 'INVITE' &&
			header(n, 'proxy-authorization'), 'with the first');
		assert.ok(proxy.right(header(m, 'proxy-authorization'), 'INVITE'));
		ua.reply(m, 401, { headers: [['WWW-Authenticate',
			reg.challenges()[0]]] });
		m = await ua.next((n) => n.method === 'INVITE' &&
			header(n, 'authorization'), 'with both');
		assert.ok(reg.right(header(m, 'authorization'), 'INVITE'));
		assert.ok(proxy.right(header(m, 'proxy-authorization'), 'INVITE'));
		await talk(ua, m);
		await echo.event('ANSWERED', { id });
		// and so is what follows inside it
		echo.say(`hangup ${id}`);
		const bye = await ua.next(is('BYE'), 'BYE');

		assert.ok(header(bye, 'authorization'));
		ua.reply(bye, 200);
		await echo.idle();
	});

test('a wrong password ends a call of ours after one try', async () => {
	const ua = await Ua.open({ port: 5082 });
	const reg = new Registrar(ua, { secret: 'word' });
	const echo = await Echo.start({ t1: T1 });

	lines(echo, registering('word'));
	await up(echo, 2);
	reg.realm = 'another';
	reg.secret = 'changed';
	echo.say('call 79990000001 - 2');
	for (let i = 0; i < 2; i++)
		ua.reply(await ua.next((m) => m.method === 'INVITE' &&
			!header(m, 'authorization') === !i, 'INVITE'), 401,
		{ headers: [['WWW-Authenticate', reg.challenges()[0]]] });
	assert.match((await echo.event('ENDED')).text,
		/ 401 trunk:2 reason:Wrong user/);
	await echo.idle();
});

test('a challenge to a line without an account ends the call', async () => {
	const { a, echo } = await two();

	echo.say('call 79990000001');
	a.reply(await invite(a), 401, { headers: [['WWW-Authenticate',
		'Digest realm="x", nonce="y"']] });
	assert.match((await echo.event('ENDED')).text, / 401 /);
	await echo.idle();
});

// B3-37: `line` in the Contact
test('a call comes by the registration it was made for', async () => {
	const ua = await Ua.open({ port: 5082 });
	const reg = new Registrar(ua, { secret: 'word' });
	const echo = await Echo.start({ t1: T1 });

	lines(echo, [1, '127.0.0.1:5080', 'udp'], registering('word'));
	await up(echo, 2);
	for (const [to, want] of [['+78652000077', '+78652000077'],
		['tfoms', '+78652000009']]) {
		const call = new Call(ua);

		call.uri = uriOf(reg.contact);
		call.remote = `<sip:${to}@lab>`;
		assert.equal((await call.up()).status, 200);
		const { text } = await echo.event('INVITE');

		assert.ok(text.includes(`to:${want} trunk:2 `), text);
	}
});

test('a foreign address is refused, a removed line keeps its talk',
	async () => {
		const { b, echo } = await two();
		const call = new Call(b);

		assert.equal((await call.up()).status, 200);
		assert.match((await echo.event('INVITE')).text, /trunk:2/);
		lines(echo, [1, '127.0.0.9:5080', 'udp']); // 127.0.0.1 is nobody now
		await echo.stats();
		const other = new Call(b);

		assert.equal((await other.up()).status, 403);
		assert.equal((await call.response(call.request('OPTIONS'))).status,
			200);
		assert.equal((await call.bye()).status, 200);
	});

test('a call by one line only, which cannot be used: it is of that line',
	async () => {
		const { b, echo } = await two();
		const ONLY = 2 ** 31;

		lines(echo, [4, 'no-such-name.invalid', 'udp'],
			[2, '127.0.0.1:5082', 'udp']);
		echo.say(`call 79990000001 - ${ONLY + 4}`);
		assert.match((await echo.event('ENDED')).text, / 503 trunk:4 /);
		echo.say(`call 79990000001 - ${ONLY + 5}`); // there is none
		assert.match((await echo.event('ENDED')).text, / 503 trunk:0 /);
		echo.say(`call 79990000001 - ${ONLY + 2}`);
		b.reply(await invite(b), 503);
		assert.match((await echo.event('ENDED')).text, / 503 trunk:2 /);
	});

test('a name is looked up beside the calls; one that is not found is said',
	async () => {
		const { a, b, echo } = await two();

		lines(echo, [3, 'localhost:5082', 'udp'],
			[4, 'no-such-name.invalid', 'udp'],
			[1, '127.0.0.1:5080', 'udp']);
		const call = new Call(a); // meanwhile calls are taken

		assert.equal((await call.up()).status, 200);
		await up(echo, 3);
		echo.say('call 79990000001 - 3');
		b.reply(await invite(b), 486);
		for (;;) {
			const { text } = await echo.event('TRUNK');

			if (text.includes('trunk:4 reason:Name not found'))
				break;
		}
	});

await run();
