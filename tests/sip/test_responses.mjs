#!/usr/bin/env node
// Where a response goes (RFC 3261 18.2.2, RFC 3581): by the topmost Via, also
// when it points elsewhere; and when its connection is gone. TLS: test_tls.

import assert from 'node:assert/strict';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { format, header, token } from '../lab/sip.mjs';
import { Echo, Ua } from './ua.mjs';

inNamespace();

function test(name, body) {
	bare(name, async () => {
		try {
			await body(await Echo.start());
		} finally {
			Ua.closeAll();
			await Echo.killAll();
		}
	});
}

// A request with that Via. @return its Call-ID
function request(method, via, body = '') {
	const id = `${token()}@lab`;

	return { id, bytes: format(`${method} sip:78652000000@127.0.0.1 SIP/2.0`, [
		['Via', `${via};branch=z9hG4bK${token()}`], ['Max-Forwards', '70'],
		['From', '<sip:+79161234567@127.0.0.1>;tag=a'],
		['To', '<sip:78652000000@127.0.0.1>'], ['Call-ID', id],
		['CSeq', `1 ${method}`], ['Contact', '<sip:ua@127.0.0.1:5080>'],
		...(body ? [['Content-Type', 'application/sdp']] : [])], body) };
}

const of = (id, status) => (m) => m.status === status &&
	header(m, 'call-id') === id;

test('UDP: to maddr where the Via has one, with the port of sent-by',
	async () => {
		const [here, there] = [await Ua.open(),
			await Ua.open({ host: '127.0.0.2', port: 5085 })];
		const { id, bytes } = request('OPTIONS',
			'SIP/2.0/UDP 127.0.0.1:5085;maddr=127.0.0.2');

		here.send(bytes);
		await there.next(of(id, 200), 'the response at maddr');
		assert.ok(!here.has((m) => m.status));
	});

test('UDP: to the source with rport, else to the port of sent-by', async () => {
	const [from, other] = [await Ua.open(), await Ua.open({ port: 5085 })];

	for (const [rport, ua] of [[';rport', from], ['', other]]) {
		const { id, bytes } = request('OPTIONS',
			`SIP/2.0/UDP 127.0.0.1:5085${rport}`);

		from.send(bytes);
		await ua.next(of(id, 200), `the response, «${rport}»`);
	}
});

// RFC 3261 18.2.2 would have us open a new connection to sent-by; sofia does
// not. The caller makes his call anew; of this one nothing is left.
test('TCP: a connection cut before our answer: the call ends in order',
	async (echo) => {
		const ua = await Ua.open({ tcp: true });
		const { bytes } = request('INVITE', 'SIP/2.0/TCP 127.0.0.1:5086',
			ua.sdp());

		await echo.set({ answer: 300 });
		ua.send(bytes);
		const { id } = await echo.event('INVITE');

		ua.cut();
		assert.match((await echo.event('ENDED', { id })).text, / 408 /);
		await echo.idle();
		assert.equal((await echo.stats()).dialogs, 0);
	});

await run();
