#!/usr/bin/env node
// limit: 180 s
// Messages broken in the ways RFC 4475 and other people's bug lists describe,
// over UDP and TCP, and after each one the question: do you live, and do you
// still take calls from us? The peer is never shut out for what it sends.

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { token } from '../lab/sip.mjs';
import { Call, Echo, Ua } from './ua.mjs';

inNamespace();

const echo = await Echo.start({ t1: 20 });

finally_(async () => {
	const { how } = await echo.close();

	assert.equal(how, 0);
});

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n' +
	'c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\n';

// A good message, of which each case breaks one thing. A header that is null
// is left out; a list is repeated.
function message(via, { method = 'INVITE', uri = 'sip:1@127.0.0.1:5060',
	version = 'SIP/2.0', first, headers = {}, body = SDP, length,
	end = '\r\n' } = {}) {
	const all = {
		Via: `${via};branch=z9hG4bK${token()}`, 'Max-Forwards': '70',
		From: `<sip:+79@127.0.0.1>;tag=${token()}`, To: '<sip:1@127.0.0.1>',
		'Call-ID': `${token()}@torture`, CSeq: `1 ${method}`,
		Contact: '<sip:ua@127.0.0.1:5080>', 'Content-Type': 'application/sdp',
		'Content-Length': length ?? Buffer.byteLength(body), ...headers,
	};
	const lines = [first ?? `${method} ${uri} ${version}`];

	for (const [name, value] of Object.entries(all))
		if (value !== null)
			for (const v of [value].flat())
				lines.push(`${name}: ${v}`);
	return Buffer.from(lines.join(end) + end + end + body, 'latin1');
}

const long = (n, what = 'a') => what.repeat(n);

const cases = {
	'strange but legal: escapes, folding, empty words, odd case': (v) =>
		message(v, { headers: {
			To: '"quoted \\"name\\" \\\\"\r\n   <sip:1@127.0.0.1>  ;\r\n\ttag= ',
			Subject: '\r\n ', 'cSEQ': null, CSeq: '0001   INVITE',
			'NewFangled': 'newfangled value\r\n continued' } }),
	'all token characters as method': (v) => message(v,
		{ method: '!interesting-Method0123456789_*+`.%indeed\'~' }),
	'a NUL escaped in the user part': (v) => message(v,
		{ uri: 'sip:null-%00-null@127.0.0.1:5060',
			headers: { From: '<sip:a%00b@127.0.0.1>;tag=1' } }),
	'raw NUL in a header': (v) => message(v,
		{ headers: { Subject: 'a\0b' } }),
	'raw NUL in the start line': (v) => message(v,
		{ uri: 'sip:1\0@127.0.0.1' }),
	'% at the end and double escapes': (v) => message(v,
		{ uri: 'sip:%@127.0.0.1', headers: {
			From: '<sip:%25%2@127.0.0.1>;tag=1' } }),
	'a body shorter than its length': (v) => message(v, { length: 9999 }),
	'a negative length': (v) => message(v, { length: -999 }),
	'a length that overflows': (v) => message(v,
		{ length: '99999999999999999999999' }),
	'a length of words': (v) => message(v, { length: 'many' }),
	'two lengths': (v) => message(v,
		{ headers: { 'Content-Length': ['10', '200'] } }),
	'no length': (v) => message(v, { headers: { 'Content-Length': null } }),
	'numbers out of range': (v) => message(v, { headers: {
		CSeq: '36893488147419103232 INVITE', 'Max-Forwards': '300',
		Expires: '10000000000000000000000000000000000',
		Timestamp: '99999999999999999999999999' } }),
	'a negative CSeq': (v) => message(v, { headers: { CSeq: '-1 INVITE' } }),
	'CSeq of another method': (v) => message(v,
		{ headers: { CSeq: '1 OPTIONS' } }),
	'an open quote in To': (v) => message(v,
		{ headers: { To: '"Mr. J. User <sip:1@127.0.0.1>' } }),
	'an open bracket in From': (v) => message(v,
		{ headers: { From: '<sip:1@127.0.0.1;tag=3' } }),
	'brackets around the request URI': (v) => message(v,
		{ uri: '<sip:1@127.0.0.1>' }),
	'spaces in the request URI': (v) => message(v,
		{ uri: 'sip:1@127.0.0.1; lr' }),
	'spaces at the end of the start line': (v) => message(v,
		{ first: 'INVITE sip:1@127.0.0.1 SIP/2.0  ' }),
	'many spaces in the start line': (v) => message(v,
		{ first: 'INVITE   sip:1@127.0.0.1   SIP/2.0' }),
	'version 7': (v) => message(v, { version: 'SIP/7.0' }),
	'no version': (v) => message(v, { first: 'INVITE sip:1@127.0.0.1' }),
	'an unknown scheme': (v) => message(v, { uri: 'nobodyKnows:abc' }),
	'an http URI': (v) => message(v, { uri: 'http://127.0.0.1/' }),
	'a URI with headers in it': (v) => message(v,
		{ uri: 'sip:1@127.0.0.1?Route=%3Csip:x%3E&Subject=%0d%0aX:%20y' }),
	'no Via': (v) => message(v, { headers: { Via: null } }),
	'no From': (v) => message(v, { headers: { From: null } }),
	'no To': (v) => message(v, { headers: { To: null } }),
	'no Call-ID': (v) => message(v, { headers: { 'Call-ID': null } }),
	'no CSeq': (v) => message(v, { headers: { CSeq: null } }),
	'nothing but the start line': () =>
		Buffer.from('INVITE sip:1@127.0.0.1 SIP/2.0\r\n\r\n'),
	'two of what there is one of': (v) => message(v, { headers: {
		From: ['<sip:1@a>;tag=1', '<sip:2@b>;tag=2'],
		To: ['<sip:1@a>', '<sip:2@b>'], 'Call-ID': ['one@x', 'two@x'],
		CSeq: ['1 INVITE', '2 INVITE'] } }),
	'a Via of another protocol': (v) => message(v,
		{ headers: { Via: `SIP/2.0/FOO 127.0.0.1;branch=z9hG4bK1, ${v}` } }),
	'a Via without branch': (v) => message(v, { headers: { Via: v } }),
	'a Via with an absurd port and received': (v) => message(v,
		{ headers: { Via: `${v.replace(/:\d+$/, ':999999')
		};received=300.300.300.300;rport=x;branch=z9hG4bKq` } }),
	'four hundred Via': (v) => message(v, { headers: {
		Via: Array.from({ length: 400 }, (_, i) =>
			`${v};branch=z9hG4bK${i}`) } }),
	'a header of 30,000 characters': (v) => message(v,
		{ headers: { Subject: long(30000) } }),
	'a header name of 20,000 characters': (v) => message(v,
		{ headers: { [long(20000, 'X')]: 'y' } }),
	'a tag of 10,000 characters': (v) => message(v,
		{ headers: { From: `<sip:1@a>;tag=${long(10000)}` } }),
	'a user of 20,000 characters': (v) => message(v,
		{ uri: `sip:${long(20000, '9')}@127.0.0.1`, headers: {
			From: `<sip:${long(20000, '9')}@a>;tag=1` } }),
	'a thousand Contact': (v) => message(v, { headers: {
		Contact: Array.from({ length: 1000 }, (_, i) => `<sip:${i}@a>`)
			.join(',') } }),
	'deep parameters': (v) => message(v, { headers: {
		To: `<sip:1@a>${long(3000, ';a=b')}` } }),
	'only commas and semicolons': (v) => message(v, { headers: {
		Contact: ',,,;;;,', Via: `,,${v};branch=z9hG4bK${token()};;,,`,
		Route: ',;,', Accept: ',,,' } }),
	'comments and quotes that never end': (v) => message(v, { headers: {
		'User-Agent': '(((((((((', Server: '"', Warning: '399 x "' } }),
	'required extensions nobody has': (v) => message(v, { headers: {
		Require: 'nothingSupportsThis', 'Proxy-Require': 'noProxyEither' } }),
	'a multipart body without end': (v) => message(v, {
		headers: { 'Content-Type': 'multipart/mixed;boundary=x' },
		body: '--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x\r\n' }),
	'bytes above 127 everywhere': (v) => message(v, { headers: {
		From: '"\xd0\x90\xff\xfe" <sip:\xd0\xb0@127.0.0.1>;tag=\xff',
		Subject: '\x80\x81\xff' } }),
	'bare line feeds': (v) => message(v, { end: '\n' }),
	'bare carriage returns': (v) => message(v, { end: '\r' }),
	'a colon is missing': (v) => message(v, { headers: {
		'Bad header line': null, Subject: 'x\r\nNoColonHere\r\nB: y' } }),
	'a Date and a Retry-After of nonsense': (v) => message(v, { headers: {
		Date: 'Fri, 99 Foo 2010 99:99:99 XYZ', 'Retry-After': 'never' } }),
	'credentials of nonsense': (v) => message(v, { headers: {
		Authorization: 'Digest ,,,="', 'Proxy-Authorization': 'Basic' } }),
	'a response nobody asked for': (v) => message(v,
		{ first: 'SIP/2.0 200 OK' }),
	'a response with a status of 4 digits': (v) => message(v,
		{ first: 'SIP/2.0 4294967301 better not break' }),
	'a response without a reason': (v) => message(v,
		{ first: 'SIP/2.0 100 ' }),
	'an ACK to nothing': (v) => message(v, { method: 'ACK' }),
	'a CANCEL of nothing': (v) => message(v, { method: 'CANCEL', body: '' }),
	'a BYE without a dialog': (v) => message(v, { method: 'BYE', body: '' }),
	'a BYE with both tags of nobody': (v) => message(v, { method: 'BYE',
		body: '', headers: { To: '<sip:1@a>;tag=zzz' } }),
	'a PRACK of nothing': (v) => message(v, { method: 'PRACK', body: '',
		headers: { RAck: '1 1 INVITE' } }),
	'a REFER of nonsense': (v) => message(v, { method: 'REFER', body: '',
		headers: { 'Refer-To': '<<>>' } }),
	'a NOTIFY without an event': (v) => message(v, { method: 'NOTIFY',
		headers: { Event: null } }),
	'a REGISTER of *': (v) => message(v, { method: 'REGISTER', body: '',
		headers: { Contact: '*', Expires: '3' } }),
	'two messages in one': (v) => Buffer.concat([message(v, { length: 0,
		body: '' }), message(v, { method: 'OPTIONS', body: '' })]),
	'HTTP': () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
	'TLS': () => Buffer.from('16030100850100008103035f', 'hex'),
	'STUN': () => Buffer.from('000100002112a442000102030405060708090a0b', 'hex'),
	'zeros': () => Buffer.alloc(512),
	'only line ends': () => Buffer.from('\r\n\r\n\r\n\r\n\r\n'),
	'a single byte': () => Buffer.from('I'),
	'nothing': () => Buffer.alloc(0),
	noise: () => Buffer.from(Array.from({ length: 900 },
		(_, i) => (i * 7919 + 13) % 251)),
	'60 KB of one letter': () => Buffer.from(long(60000, 'I')),
	'a start line and 60 KB of header': (v) => message(v,
		{ headers: { Subject: long(1000, `${long(50)}\r\n `) } }),
	'SDP of 50,000 bytes': (v) => message(v, { body: SDP + long(50000) }),
};

// Every prefix of a good message is one as well.
for (const part of [0.1, 0.3, 0.5, 0.7, 0.9])
	cases[`the first ${part * 100} % of a good message`] = (v) => {
		const whole = message(v);

		return whole.subarray(0, Math.floor(whole.length * part));
	};

async function lives(ua, what) {
	const call = new Call(ua);

	assert.equal(echo.how, undefined, `died of: ${what}`);
	assert.equal((await call.response(call.request('OPTIONS'), undefined,
		what)).status, 200);
}

async function takesCalls(ua) {
	const call = new Call(ua);

	assert.equal((await call.up()).status, 200);
	assert.equal((await call.bye()).status, 200);
}

test('over UDP', async () => {
	const ua = await Ua.open();

	await echo.set({ answer: 0 });
	for (const [what, make] of Object.entries(cases)) {
		ua.send(make(ua.via));
		await lives(ua, what);
		ua.forget();
	}
	await takesCalls(ua);
	ua.close();
}, { limit: 100000 });

// A stream that has lost its way may be cut, so each message has its own.
test('over TCP', async () => {
	const ua = await Ua.open();

	for (const [what, make] of Object.entries(cases)) {
		const tcp = await Ua.open({ tcp: true });

		tcp.send(make(tcp.via));
		await lives(ua, what);
		tcp.close();
	}
	const tcp = await Ua.open({ tcp: true });

	await lives(tcp, 'a new connection');
	await takesCalls(tcp);
	tcp.close();
	ua.close();
}, { limit: 100000 });

test('inside a call: it goes on, or it is ended in order', async () => {
	const ua = await Ua.open();

	for (const [what, make] of Object.entries(cases)) {
		const call = new Call(ua);

		await call.up();
		const text = make(ua.via).toString('latin1')
			.replace(/\r\nCall-ID: [^\r]*/, `\r\nCall-ID: ${call.id}`)
			.replace(/\r\nFrom: <[^\r]*/, `\r\nFrom: ${call.local}`)
			.replace(/\r\nTo: <[^\r]*/, `\r\nTo: ${call.remote}`)
			.replace(/\r\nCSeq: 1 /, '\r\nCSeq: 50 ');

		ua.send(Buffer.from(text, 'latin1'));
		await lives(ua, what);
		call.seq = 60;
		const { status } = await call.bye();

		assert.ok([200, 481].includes(status), `${what}: ${status}`);
		ua.forget();
	}
	ua.close();
}, { limit: 100000 });

test('everything is over after the longest time-out', async () => {
	const ua = await Ua.open();

	await echo.idle();
	await lives(ua, 'time-out');
	await takesCalls(ua);
	ua.close();
});

await run();
