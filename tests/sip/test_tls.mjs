#!/usr/bin/env node
// limit: 240 s
// Lines over TLS: calls, registration, certificates that are not to be
// trusted, connections that break. The operator is node's own TLS.

import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync }
	from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deadline, finally_, inNamespace, lasts, run, test as bare }
	from '../lab/run.mjs';
import { header, param, uriOf } from '../lab/sip.mjs';
import { Call, Echo, Registrar, Ua, is } from './ua.mjs';

inNamespace();

const T1 = 40;
const dir = mkdtempSync(path.join(tmpdir(), 'tls-'));

finally_(() => rmSync(dir, { recursive: true }));

/* ---- certificates ---- */

const openssl = (...args) => execFileSync('openssl', args,
	{ cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
	'-nodes'];

function authority(name) {
	openssl('req', '-x509', ...CURVE, '-days', '30', '-subj', `/CN=${name}`,
		'-keyout', `${name}.key`, '-out', `${name}.pem`);
}

// names: as in subjectAltName
function certificate(name, names, { ca = 'ca', days = 30 } = {}) {
	openssl('req', ...CURVE, '-subj', '/O=Otklik', '-addext',
		`subjectAltName=${names}`, '-keyout', `${name}.key`,
		'-out', `${name}.csr`);
	openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.pem`,
		'-CAkey', `${ca}.key`, '-copy_extensions', 'copy',
		'-days', String(days), '-out', `${name}.pem`);
}

const read = (name) => readFileSync(path.join(dir, name));
const shows = (name) => ({ cert: read(`${name}.pem`),
	key: read(`${name}.key`) });

authority('ca');
authority('stranger');
certificate('good', 'DNS:localhost');
certificate('address', 'IP:127.0.0.1');
certificate('elsewhere', 'DNS:elsewhere.lab');
certificate('expired', 'DNS:localhost', { days: -1 });
certificate('unknown', 'DNS:localhost', { ca: 'stranger' });
certificate('uri', 'URI:sip:localhost');
certificate('uri again', 'URI:sip:LOCALHOST;transport=tls');
certificate('uri elsewhere', 'URI:sip:elsewhere.lab');
certificate('uri of a person', 'URI:sip:localhost@localhost');
certificate('uri of another kind', 'URI:https://localhost');
certificate('own', 'IP:127.0.0.1');
certificate('renewed', 'IP:127.0.0.1,DNS:renewed.lab');
certificate('late', 'IP:127.0.0.1', { days: -1 });

// What lies beside the program: our certificate and whom we trust.
function ours(own = 'own') {
	const place = mkdtempSync(path.join(dir, 'sips-'));

	if (own)
		put(place, own);
	return place;
}

function put(place, own) {
	cpSync(path.join(dir, 'ca.pem'), path.join(place, 'ca.pem'));
	cpSync(path.join(dir, `${own}.key`), path.join(place, 'key.pem'));
	cpSync(path.join(dir, `${own}.pem`), path.join(place, 'cert.pem'));
}

/* ---- scenery ---- */

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

// Of that number: a slow machine sends the one before twice.
const invite = (ua, number = '') => ua.next((m) => m.method === 'INVITE' &&
	m.uri.includes(number), 'INVITE');

function lines(echo, ...list) {
	for (const l of list)
		echo.say(`trunk ${l.join(' ')}`);
	echo.say('trunks now');
}

const says = (echo, id, fits) => echo.event('TRUNK', { ms: 30000,
	fits: (e) => e.text.includes(`trunk:${id} `) && fits(e) });
const up = (echo, id) => says(echo, id, (e) => e.status === 200);
const down = (echo, id) => says(echo, id, (e) => e.status !== 200);

const start = (place = ours(), options = {}) => Echo.start({ t1: T1,
	args: ['-S', '5061', '-T', place], ...options });
const operator = (name = 'good', options = {}) => Ua.open({ port: 5081,
	listen: true, tls: shows(name), ...options });
const caller = (options = {}) => Ua.open({ port: 5081, tls:
	{ ca: read('ca.pem') }, ...options });

async function line(host = 'localhost:5081', name = 'good', options = {}) {
	const ua = await operator(name);
	const echo = await start(ours(), options);

	lines(echo, [2, host, 'tls']);
	await up(echo, 2);
	return { ua, echo };
}

async function talk(ua, msg) {
	const call = Call.of(ua, msg);

	ua.reply(msg, 200, { tag: call.tag, body: ua.sdp() });
	await call.incoming('ACK');
	return call;
}

/* ---- cases ---- */

test('the line is asked and dials over TLS, under its name', async () => {
	const { ua, echo } = await line();

	assert.equal(ua.socket.servername, 'localhost');
	assert.match(ua.socket.getProtocol(), /^TLSv1\.[23]$/);
	echo.say('call 79990000001 +78652000000');
	const { id } = await echo.event('CALL');
	const m = await invite(ua);

	assert.equal(m.uri, 'sip:79990000001@localhost:5081;transport=tls');
	assert.match(header(m, 'via'), /^SIP\/2\.0\/TLS 127\.0\.0\.1:5061;/);
	assert.match(header(m, 'contact'),
		/^<sip:[^>]*127\.0\.0\.1:5061;transport=tls>/);
	assert.equal(header(m, 'route'), '');
	const call = Call.of(ua, m);

	ua.reply(m, 180, { tag: call.tag });
	await echo.event('PROGRESS', { id });
	ua.reply(m, 200, { tag: call.tag, body: ua.sdp() });
	await call.incoming('ACK');
	assert.match((await echo.event('ANSWERED', { id })).text, /trunk:2/);
	// the operator's own requests come by the connection that stands
	assert.equal((await call.response(call.request('INVITE',
		{ body: ua.sdp('sendonly') }))).status, 200);
	call.request('ACK', { seq: call.seq });
	assert.match((await echo.event('REOFFER')).text, /sendonly/);
	echo.say(`hangup ${id}`);
	ua.reply(await call.incoming('BYE'), 200);
	await echo.event('ENDED', { id });
	await echo.idle();
	assert.equal(ua.hellos, 1); // one connection for all of it
});

// What comes to that port in the open: 'UDP', 'TCP'.
async function eavesdrop(port) {
	const heard = [];
	const server = net.createServer((s) => {
		heard.push('TCP');
		s.destroy();
	});

	await new Promise((done) => server.listen(port, '127.0.0.1', done));
	const udp = await Ua.open({ port });

	udp.mute = true; // OPTIONS counts, too
	udp.on = () => heard.push('UDP');
	finally_(() => server.close());
	return heard;
}

test('wherever the answer points, what follows goes to the operator by TLS',
	async () => {
		const { ua, echo } = await line();
		const heard = await eavesdrop(5099);
		const here = '<sip:ua@127.0.0.1:5081>';

		for (const [contact, route, kind = 'ANSWERED'] of [
			['<sip:ua@127.0.0.1:5099>'],
			['<sip:ua@127.0.0.1:5099;transport=tcp>'],
			['<sip:ua@127.0.0.1:5099;transport=udp>'],
			['<sips:ua@127.0.0.1:5099>'],
			['<sip:ua@name.of.nobody:5099>'],
			[here, '<sip:127.0.0.1:5099;lr>'],
			[here, '<sip:127.0.0.1:5099;transport=tcp;lr>'],
			[[], undefined, 'ENDED'],
			['<tel:+78652000000>', undefined, 'ENDED']]) {
			echo.say('call 79990000001');
			const { id } = await echo.event('CALL');
			const m = await invite(ua);
			const call = Call.of(ua, m);

			ua.reply(m, 200, { tag: call.tag, body: ua.sdp(), contact,
				headers: route ? [['Record-Route', route]] : [] });
			await call.incoming('ACK');
			await echo.event(kind, { id });
			echo.say(`hangup ${id}`);
			ua.reply(await call.incoming('BYE'), 200);
		}
		await echo.idle();
		assert.deepEqual(heard, []);
		assert.equal(ua.hellos, 1);
	});

test('what is in the open stays in the open', async () => {
	const { echo } = await line();
	const plain = await Ua.open();

	lines(echo, [2, 'localhost:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
	await up(echo, 1);
	echo.say('call 79990000001 - 1');
	const m = await invite(plain);

	assert.match(header(m, 'via'), /^SIP\/2\.0\/UDP 127\.0\.0\.1(:5060)?;/);
	assert.doesNotMatch(header(m, 'contact'), /tls|5061/);
	plain.reply(m, 486);
	await echo.event('ENDED');
});

test('a call comes by TLS and is ended by TLS, from both sides', async () => {
	const { ua, echo } = await line();
	const client = await caller();

	for (const we of [true, false]) {
		const call = new Call(client, { number: '78652000000' });

		// the operator's Contact names where he listens
		const ok = await call.up({ contact:
			'<sip:ua@127.0.0.1:5081;transport=tls>' });

		assert.equal(ok.status, 200);
		assert.match(header(ok, 'via'),
			new RegExp(`^SIP/2\\.0/TLS 127\\.0\\.0\\.1:${client.port};`));
		assert.match(header(ok, 'contact'),
			/^<sip:[^>]*127\.0\.0\.1:5061;transport=tls>/);
		const { id, text } = await echo.event('INVITE');

		assert.match(text, /to:78652000000 trunk:2/);
		await echo.event('ANSWERED', { id });
		if (we) {
			echo.say(`hangup ${id}`);
			const bye = await ua.next(is('BYE'), 'BYE');

			assert.equal(header(bye, 'call-id'), call.id);
			assert.match(header(bye, 'via'), /^SIP\/2\.0\/TLS /);
			ua.reply(bye, 200);
		} else {
			assert.equal((await call.bye()).status, 200);
		}
		await echo.event('ENDED', { id });
	}
	await echo.idle();
});

test('a response names the address and port the request came from',
	async () => {
		const { echo } = await line();

		lines(echo, [2, '127.0.0.2:5081', 'tls']);
		await echo.stats();
		const client = await caller({ host: '127.0.0.2' });
		const call = new Call(client);
		const { status, headers } = await call.response(call.request('OPTIONS',
			{ headers: [['Via', 'SIP/2.0/UDP x.lab;rport;branch=z9hG4bKx']] }));

		assert.equal(status, 200);
		assert.equal(param(headers.via[0], 'received'), '127.0.0.2');
		assert.equal(param(headers.via[0], 'rport'), String(client.port));
		assert.equal(headers.via[1], 'SIP/2.0/UDP x.lab;rport;branch=z9hG4bKx');
	});

test('a line registers over TLS, calls come to that Contact', async () => {
	const ua = await operator();
	const reg = new Registrar(ua, { secret: 'word' });
	const echo = await start();

	lines(echo, [2, 'localhost:5081', 'tls', 'tfoms', 'word', '+78652000009']);
	await up(echo, 2);
	assert.equal(reg.used, 'SHA-256');
	assert.match(reg.contact,
		/^<sip:tfoms@127\.0\.0\.1:5061;line=\w{16};transport=tls>/);
	for (const by of [ua, await caller()]) { // a new connection, and the old
		const call = new Call(by);

		call.uri = uriOf(reg.contact);
		call.remote = '<sip:tfoms@lab>';
		assert.equal((await call.up()).status, 200);
		assert.match((await echo.event('INVITE')).text,
			/to:\+78652000009 trunk:2 /);
	}
});

for (const [name, host, reason] of [
	['expired', 'localhost', 'Certificate expired'],
	['elsewhere', 'localhost', 'Certificate of another name'],
	['unknown', 'localhost', 'Certificate of unknown CA'],
	['good', '127.0.0.1', 'Certificate of another name'],
	['address', 'localhost', 'Certificate of another name'],
	['uri elsewhere', 'localhost', 'Certificate of another name'],
	['uri of a person', 'localhost', 'Certificate of another name'],
	['uri of another kind', 'localhost', 'Certificate of another name']])
	test(`${name} for ${host}: the line is down and another takes the calls`,
		async () => {
			const ua = await operator(name);
			const open = await Ua.open({ port: 5081 }); // UDP, same port
			const other = await Ua.open();
			const reg = new Registrar(ua);
			const echo = await start();

			lines(echo, [2, `${host}:5081`, 'tls', 'tfoms', 'word'],
				[1, '127.0.0.1:5080', 'udp']);
			const { text } = await says(echo, 2, (e) =>
				e.text.includes('Certificate'));

			assert.ok(text.endsWith(`reason:${reason}`), text);
			await up(echo, 1);
			for (const order of ['79990000001 - 2', '79990000002']) {
				echo.say(`call ${order}`);
				other.reply(await invite(other, order.split(' ')[0]), 486);
				assert.match((await echo.event('ENDED')).text, / 486 /);
			}
			assert.ok(ua.hellos > 0);
			assert.equal(ua.sockets.size, 0);
			assert.equal(reg.seen.length, 0); // not a word was said
			assert.ok(!ua.has(() => true));
			assert.ok(!open.has(() => true)); // least of all in the open
			assert.equal(open.asked, 0);
		});

test('an address is known by a certificate for the address', async () => {
	const { ua } = await line('127.0.0.1:5081', 'address');

	assert.ok(!ua.socket.servername); // no name to ask for (RFC 6066 3)
});

test('the only line dead, a call is refused and nothing goes in the open',
	async () => {
		const ua = await operator('expired');
		const open = await Ua.open({ port: 5081 });
		const echo = await start();

		lines(echo, [2, 'localhost:5081', 'tls']);
		echo.say('call 79990000001');
		const { text } = await echo.event('ENDED');

		assert.match(text, / (408|503) /);
		assert.ok(!ua.has(() => true));
		assert.ok(!open.has(() => true));
		assert.equal(open.asked, 0);
	});

test('a domain is known by a sip URI alone (RFC 5922)', async () => {
	const { ua } = await line('localhost:5081', 'uri');

	assert.equal(ua.hellos, 1);
});

test('of a certificate with a sip URI alone another of the same domain is the' +
	' successor', async () => {
	const place = ours('uri');

	await operator();
	const echo = await start(place);

	lines(echo, [2, 'localhost:5081', 'tls']);
	await up(echo, 2);
	assert.equal((await echo.event('CERT')).status, 200);
	for (const [refused, taken] of [['uri elsewhere', 'uri again'],
		['address', 'good'], ['address', 'uri']]) {
		put(place, refused);
		await echo.event('CERT', { ms: 30000, fits: (e) =>
			e.status === 409 && e.text.endsWith('of another name') });
		put(place, taken);
		await echo.event('CERT', { ms: 30000, fits: (e) => e.status === 200 });
	}
});

test('without a certificate of ours the line says so, and works once there' +
	' is one', async () => {
	const ua = await operator();
	const other = await Ua.open();
	const place = ours(null);
	const echo = await start(place);

	lines(echo, [2, 'localhost:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
	await up(echo, 1);
	const { text } = await down(echo, 2);

	assert.match(text, /reason:No certificate of our own$/);
	echo.say('call 79990000001 - 2');
	other.reply(await invite(other), 486);
	assert.equal(ua.hellos, 0);
	await assert.rejects(caller()); // nobody listens
	put(place, 'own');
	await up(echo, 2);
	await caller();
});

test('CAs that are missing or no certificates are said as that', async () => {
	for (const [name, reason] of [['ca.pem', 'Certificates of CAs are of no use'],
		['key.pem', 'Our own certificate is of no use']]) {
		const place = ours();

		cpSync(path.join(dir, 'good.csr'), path.join(place, name));
		const echo = await start(place);

		lines(echo, [2, 'localhost:5081', 'tls']);
		const { text } = await down(echo, 2);

		assert.ok(text.endsWith(`reason:${reason}`), text);
		await echo.close();
	}
	const place = ours();

	rmSync(path.join(place, 'ca.pem'));
	const echo = await start(place);

	lines(echo, [2, 'localhost:5081', 'tls']);
	const { text } = await down(echo, 2);

	assert.match(text, /reason:No certificates of CAs$/);
});

test('a renewed certificate is shown without a restart, talks go on',
	async () => {
		const place = ours();
		const ua = await operator();
		const echo = await start(place);

		lines(echo, [2, 'localhost:5081', 'tls']);
		await up(echo, 2);
		const first = await caller();
		const call = new Call(first);
		const names = (s) => s.getPeerCertificate().subjectaltname;

		assert.equal((await call.up()).status, 200);
		assert.equal(names(first.socket), 'IP Address:127.0.0.1');
		cpSync(path.join(dir, 'ca.pem'), path.join(place, 'key.pem'));
		await caller(); // half of it is there: the old ones stay in use
		put(place, 'renewed');
		const second = await caller();

		assert.match(names(second.socket), /renewed\.lab/);
		assert.equal((await call.bye()).status, 200);
		assert.equal(ua.hellos, 1);
	});

test('renewed files that are no good are said, and those before stay in force',
	async () => {
		const place = ours();

		await operator();
		const echo = await start(place);

		lines(echo, [2, 'localhost:5081', 'tls']);
		await up(echo, 2);
		for (const [spoil, reason] of [
			[() => cpSync(path.join(dir, 'good.csr'),
				path.join(place, 'cert.pem')),
			'Our own certificate is of no use'],
			[() => rmSync(path.join(place, 'key.pem')),
				'No certificate of our own'],
			[() => cpSync(path.join(dir, 'good.key'),
				path.join(place, 'key.pem')), 'Key of another certificate'],
			[() => put(place, 'late'), 'Our own certificate has expired'],
			[() => put(place, 'elsewhere'),
				'Our own certificate is of another name']]) {
			spoil();
			await echo.event('CERT', { ms: 30000, fits: (e) =>
				e.status === 409 && e.text.endsWith(`reason:${reason}`) });
			const { socket } = await caller();

			assert.equal(socket.getPeerCertificate().subjectaltname,
				'IP Address:127.0.0.1');
			assert.ok(Date.parse(socket.getPeerCertificate().valid_to) >
				Date.now());
			put(place, 'own');
			await echo.event('CERT', { ms: 30000,
				fits: (e) => e.status === 200 });
		}
		put(place, 'renewed');
		for (let i = 0; i < 100; i++) { // one of the names is enough
			const { socket } = await caller();

			if (/renewed/.test(socket.getPeerCertificate().subjectaltname))
				break;
			assert.ok(i < 99, 'the renewed one is shown');
		}
		const said = (words) =>
			echo.lines.filter((l) => l.endsWith(words)).length;

		assert.equal(said('has expired'), 1);
		assert.equal(said('of another name'), 1);
		assert.equal(echo.count('TRUNK', 0), 1); // up all the time
	});

test('with nothing better an expired certificate of ours is used, and said',
	async () => {
		const place = ours('late');
		const ua = await operator();
		const echo = await start(place);

		lines(echo, [2, 'localhost:5081', 'tls']);
		await up(echo, 2);
		const { status, text } = await echo.event('CERT');

		assert.equal(status, 410);
		assert.match(text, /reason:Our own certificate has expired$/);
		assert.ok(ua.asked > 0);
		put(place, 'own');
		assert.equal((await echo.event('CERT', { ms: 30000 })).status, 200);
	});

test('without a line over TLS nobody minds the certificate', async () => {
	const told = async () => (await echo.event('CERT', { ms: 30000 })).status;

	await operator();
	const echo = await start(ours('late'));

	for (let i = 0; i < 2; i++) {
		lines(echo, [2, 'localhost:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
		assert.equal(await told(), 410);
		lines(echo, [1, '127.0.0.1:5080', 'udp']);
		assert.equal(await told(), 0);
	}
});

test('a connection cut in a talk: the talk goes on, the next word makes a new' +
	' one', async () => {
	const { ua, echo } = await line();

	echo.say('call 79990000001');
	const { id } = await echo.event('CALL');
	const call = await talk(ua, await invite(ua));

	await echo.event('ANSWERED', { id });
	ua.cut();
	await lasts(T1 * 10);
	assert.equal(echo.count('ENDED', id), 0);
	echo.say(`hangup ${id}`);
	ua.reply(await call.incoming('BYE'), 200);
	await echo.event('ENDED', { id });
	assert.equal(ua.hellos, 2);

	// a call of the operator's, whose connection breaks the same way
	const client = await caller();
	const theirs = new Call(client);

	assert.equal((await theirs.up({ contact:
		'<sip:ua@127.0.0.1:5081;transport=tls>' })).status, 200);
	const { id: other } = await echo.event('INVITE');

	await echo.event('ANSWERED', { id: other });
	client.cut();
	const again = await caller();

	theirs.ua = again;
	assert.equal((await theirs.response(theirs.request('OPTIONS'))).status,
		200);
	echo.say(`hangup ${other}`);
	ua.reply(await ua.next(is('BYE'), 'BYE'), 200);
	await echo.event('ENDED', { id: other });
	await echo.idle();
});

// As over TCP (test_responses): sofia opens no new one to the Via.
test('a connection cut before our answer: the call ends in order, the next is' +
	' taken', async () => {
	const { echo } = await line();
	const client = await caller();
	const call = new Call(client);

	await echo.set({ answer: 300 });
	call.request('INVITE', { body: client.sdp() });
	const { id } = await echo.event('INVITE');

	client.cut();
	assert.match((await echo.event('ENDED', { id })).text, / 408 /);
	await echo.idle();
	const again = new Call(await caller());

	assert.equal((await again.up()).status, 200);
	assert.equal((await again.bye()).status, 200);
});

test('a line whose connection breaks before it answers leaves the call to' +
	' another', async () => {
	const { ua, echo } = await line();
	const other = await Ua.open();

	lines(echo, [2, 'localhost:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
	await up(echo, 1);
	echo.say('call 79990000001');
	await invite(ua);
	ua.cut();
	other.reply(await invite(other), 486);
	assert.match((await echo.event('ENDED')).text, / 486 /);
});

test('a dead operator is down, and up when he is back', async () => {
	const { ua, echo } = await line();

	ua.close();
	const { text } = await down(echo, 2);

	assert.match(text, /reason:(Connection refused|No answer)/);
	await operator();
	await up(echo, 2);
});

test('one who never says hello is no line', async () => {
	const deaf = net.createServer(() => {});
	const echo = await start();

	await new Promise((done) => deaf.listen(5081, '127.0.0.1', done));
	lines(echo, [2, 'localhost:5081', 'tls']);
	const { text } = await down(echo, 2);

	assert.match(text, /reason:(No answer|No TLS handshake)$/);
	deaf.close();
});

test('a stranger is hung up on before the handshake', async () => {
	const { echo } = await line();
	const { foreign } = await echo.stats();
	const socket = net.connect({ host: '127.0.0.1', port: 5061,
		localAddress: '127.0.0.9' });
	let got = 0;

	socket.on('data', (d) => { got += d.length; });
	socket.on('error', () => {}); // a reset is as good
	socket.write(Buffer.from('16030100850100008103035f', 'hex'));
	await deadline(new Promise((done) => socket.on('close', done)), 10000,
		'hung up');
	assert.equal(got, 0);
	assert.equal((await echo.stats()).foreign, foreign + 1);
	await assert.rejects(caller({ host: '127.0.0.9' }));
});

test('a line over TLS takes no call in the open', async () => {
	const { echo } = await line();

	for (const tcp of [false, true]) {
		const ua = await Ua.open({ port: 5083, tcp });

		assert.equal((await new Call(ua).up()).status, 403);
	}
	assert.equal((await echo.stats()).invites, 0);
});

test('TLS from the address of another line is taken, and answered there',
	async () => {
		const echo = await start();
		const other = await Ua.open();
		const client = await caller();
		const call = new Call(client);

		assert.equal((await call.up()).status, 200);
		const { id, text } = await echo.event('INVITE');

		assert.match(text, /trunk:1 /);
		await echo.event('ANSWERED', { id });
		echo.say(`hangup ${id}`);
		client.reply(await call.incoming('BYE'), 200);
		await echo.event('ENDED', { id });
		assert.ok(!other.has(is('BYE')));
	});

test('a certificate of the operator who calls is not required, but must be' +
	' good if shown', async () => {
	const { echo } = await line();

	await caller({ tls: { ca: read('ca.pem'), ...shows('good') } })
		.then((ua) => new Call(ua).up())
		.then((ok) => assert.equal(ok.status, 200));
	for (const name of ['unknown', 'expired']) {
		const socket = tls.connect({ host: '127.0.0.1', port: 5061,
			ca: read('ca.pem'), ...shows(name) });

		// TLS 1.3 learns of it with the first thing it reads
		await deadline(new Promise((done) => {
			socket.on('error', done);
			socket.on('close', done);
		}), 10000, `${name} refused`);
		socket.destroy();
	}
	assert.equal((await echo.stats()).invites, 1);
});

test('two names at one address share no connection', async () => {
	const ua = await operator();
	const echo = await start();

	lines(echo, [2, 'localhost:5081', 'tls'], [3, '127.0.0.1:5081', 'tls']);
	const { text } = await down(echo, 3);

	assert.match(text, /reason:Certificate of another name$/);
	assert.equal(new Set([...ua.sockets].map((s) => s.servername)).size, 1);
});

test('connections that fail leave nothing behind', async () => {
	const ua = await operator('expired');
	const echo = await start(ours(), { t1: 10 });
	const open = () => readdirSync(`/proc/${echo.child.pid}/fd`).length;

	lines(echo, [2, 'localhost:5081', 'tls']);
	await down(echo, 2);
	const before = open();

	await ua.until(() => ua.hellos >= 30, '30 connections', 60000);
	// one that is being made has files of its own: they go with it
	await ua.until(() => open() <= before, `${before} files open as before`,
		60000);
	const { how, ms } = await echo.close();

	assert.equal(how, 0);
	assert.ok(ms <= 2000, `closing took ${ms} ms`);
});

test('however many connections an operator makes, ours to him is made',
	async () => {
		// none of them is hung up on for its silence meanwhile
		const { ua, echo } = await line(undefined, undefined, { t1: 500 });
		const one = () => caller().then(() => true, () => false);
		let made = 0;

		while (made < 1000 && await one())
			made++;
		assert.ok(made > 400 && made < 1000, `${made} made`);
		ua.cut();
		for (let i = 0; i < 20; i++) // nor do they get the place of ours
			await one();
		echo.say('call 79990000001');
		ua.reply(await invite(ua), 486);
		assert.match((await echo.event('ENDED')).text, / 486 /);
	});

// Whether the connection still stands after so many times T1.
async function stands(client, t1s, t1) {
	await Promise.race([lasts(t1s * t1), once(client.socket, 'close')]);
	return !client.closed;
}

async function hung(client, what) {
	if (!client.closed)
		await deadline(once(client.socket, 'close'), 30000, what);
}

test('who says nothing is hung up on, who keeps his connection alive is not',
	async () => {
		const t1 = 10; // 30 s are 0.6, ten minutes 12
		const { ua, echo } = await line(undefined, undefined, { t1 });
		const mute = await caller();
		const began = performance.now();

		// neither noise between messages nor half a message is one
		const timer = setInterval(() => mute.socket.write('\r\n\r\n'), 100);
		const half = await caller();

		half.send(Buffer.from('OPTIONS sip:1@127.0.0.1 SIP/2.0\r\nVia: '));
		await Promise.all([hung(mute, 'the mute one'), hung(half, 'half')]);
		clearInterval(timer);
		assert.ok(performance.now() - began >= 590);

		// two have spoken: the one who sends keep-alives stays
		const ask = (client) => {
			const call = new Call(client);

			return call.response(call.request('OPTIONS'));
		};
		const said = async () => {
			const client = await caller();

			assert.equal((await ask(client)).status, 200);
			return client;
		};
		const alive = await said();
		const beat = setInterval(() => alive.socket.write('\r\n\r\n'), 1000);
		const silent = await said();
		const spoke = performance.now();

		await hung(silent, 'the silent one');
		assert.ok(performance.now() - spoke >= 11500);
		assert.ok(await stands(alive, 300, t1));
		assert.equal((await ask(alive)).status, 200);
		clearInterval(beat);
		assert.equal(ua.hellos, 1); // ours to him stands, whatever it says
		await echo.stats();
	});

test('a talk keeps the connection of one who has no line over TLS',
	async () => {
		const t1 = 10;
		const echo = await start(ours(), { t1 });

		await Ua.open();
		const client = await caller();
		const call = new Call(client);

		assert.equal((await call.up()).status, 200);
		const { id } = await echo.event('INVITE');

		assert.ok(await stands(client, 1500, t1));
		echo.say(`hangup ${id}`);
		client.reply(await call.incoming('BYE'), 200);
		await echo.event('ENDED', { id });
		await hung(client, 'no talk any more');
	});

test('an address without a line over TLS has a share of the connections',
	async () => {
		const echo = await start(ours(), { t1: 500 });
		const plain = await Ua.open();
		const one = () => caller().then(() => true, () => false);
		let made = 0;

		while (made < 100 && await one())
			made++;
		assert.equal(made, 16);
		lines(echo, [2, '127.0.0.1:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
		await echo.stats();
		assert.ok(await one()); // he has one now
		assert.ok(!plain.closed);
	});

test('many calls through one connection, in pieces and many at once',
	async () => {
		const { echo } = await line();
		const client = await caller();
		const write = client.socket.write.bind(client.socket);

		client.socket.write = (data) => { // any cut is a message's own affair
			const at = Math.floor(Math.random() * data.length);

			write(data.subarray(0, at));
			return write(data.subarray(at));
		};
		await Promise.all(Array.from({ length: 50 }, async (_, i) => {
			const call = new Call(client, { number: `7${i}` });

			await lasts(i * 5);
			assert.equal((await call.up()).status, 200);
			assert.equal((await call.bye()).status, 200);
		}));
		await echo.idle();
		client.send(Buffer.from('\r\n\r\n')); // a keep-alive
		assert.equal((await new Call(client).up()).status, 200);
	});

test('noise ends the connection and nothing else', async () => {
	const { ua, echo } = await line();

	for (const noise of ['\0'.repeat(40000), 'x'.repeat(40000),
		'INVITE sip:1@x SIP/2.0\r\nContent-Length: 9999999999\r\n\r\n',
		'INVITE sip:1@x SIP/2.0\r\nContent-Length: 1\r\nl: 2\r\n\r\n',
		`INVITE sip:1@x SIP/2.0\r\nVia: ${'a'.repeat(20000)}\r\n\r\n`]) {
		const client = await caller();

		client.send(Buffer.from(noise));
		await hung(client, noise.slice(0, 60));
	}
	echo.say('call 79990000001');
	ua.reply(await invite(ua), 486);
	assert.match((await echo.event('ENDED')).text, / 486 /);
});

test('the port is free again when all is over; one that is taken is said',
	async () => {
		for (let i = 0; i < 2; i++) {
			const { ua, echo } = await line();
			const call = new Call(await caller());

			await call.up();
			const ended = echo.close();

			ua.reply(await ua.next(is('BYE'), 'BYE'), 200);
			assert.equal((await ended).how, 0);
			Ua.closeAll();
		}
		const taken = net.createServer();

		await new Promise((done) => taken.listen(5061, '127.0.0.1', done));
		await operator();
		const echo = await start();

		lines(echo, [2, 'localhost:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
		const { text } = await down(echo, 2);

		assert.match(text, /reason:Port 5061: Address already in use$/);
		taken.close();
		await up(echo, 2);
	});

for (const [name, args, reason] of [
	['an inner port that is taken is said as that', undefined,
		'Inner port 127.203.0.1:5061: Address already in use'],
	['a program without a place for certificates says so', [],
		'TLS is not configured']])
	test(name, async () => {
		const taken = net.createServer();

		await new Promise((done) =>
			taken.listen(5061, '127.203.0.1', done));
		await operator();
		const echo = await start(ours(), args ? { args } : {});

		lines(echo, [2, 'localhost:5081', 'tls'], [1, '127.0.0.1:5080', 'udp']);
		const { text } = await down(echo, 2);

		assert.ok(text.endsWith(`reason:${reason}`), text);
		taken.close();
	});

await run();
