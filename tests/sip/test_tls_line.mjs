#!/usr/bin/env node
// limit: 300 s
// A line over TLS through the whole of it: certificates that the start makes,
// a row of the table of lines, a call, and what a supervisor may read.

import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finally_, inNamespace, onFailure, run, test } from '../lab/run.mjs';
import { Stack } from '../lab/stack.mjs';
import { header } from '../lab/sip.mjs';
import { Call, Ua } from './ua.mjs';

inNamespace();

let stack;

onFailure(() => console.log(stack?.logs()));
finally_(async () => {
	Ua.closeAll();
	await stack?.close();
});

const status = async (fits) => JSON.parse((await stack.row(
	'SELECT body FROM node_status ORDER BY at DESC LIMIT 1',
	([row]) => row && fits(JSON.parse(row.body)),
	{ within: 60000 }))[0].body);
const lines = async (fits) => (await status((b) => fits(b.trunks))).trunks;

test('a call comes by a line over TLS, and a line with a wrong name says so',
	async () => {
		stack = await Stack.open();
		const read = (name) => readFileSync(
			path.join(stack.state, 'sips', name));

		for (const name of ['key.pem', 'cert.pem'])
			assert.equal(statSync(path.join(stack.state, 'sips', name)).mode &
				0o077, 0, name);
		// the operator shows what the start has made: only that is trusted
		const how = { cert: read('cert.pem'), key: read('key.pem') };
		const ua = await Ua.open({ port: 5091, listen: true, tls: how });

		await stack.sql('INSERT INTO trunk (name, peer_host, peer_port,' +
			' transport, priority) VALUES' +
			' (\'TLS\', \'127.0.0.1\', 5091, \'TLS\', 0),' +
			' (\'Not his\', \'localhost\', 5091, \'TLS\', 9);' +
			' INSERT INTO outbox (kind, payload) VALUES (\'directory\', \'{}\')');
		const found = await lines((list) =>
			list.some((t) => t.name === 'TLS' && t.state === 'up') &&
			list.some((t) => t.name === 'Not his' && t.state === 'down'));

		assert.equal(found.find((t) => t.name === 'Not his').reason,
			'Certificate of another name');
		const client = await Ua.open({ port: 5091, tls: { ca: how.cert } });
		const call = new Call(client);
		const ok = await call.up({ contact:
			'<sip:ua@127.0.0.1:5091;transport=tls>' });

		assert.equal(ok.status, 200);
		assert.match(header(ok, 'contact'),
			/127\.0\.0\.1:5061;transport=tls/);
		assert.match(ok.body, /m=audio \d+ RTP\/AVP 8/);
		await lines((list) => list.some((t) => t.name === 'TLS' && t.calls));
		assert.equal((await call.bye()).status, 200);
		assert.ok(!ua.has((m) => m.method === 'BYE'));

		// files that are no good are said wherever one looks, the line stays up
		const alert = () => stack.sql('SELECT text, EXISTS (SELECT 1 FROM ' +
			'shift_alert_step s WHERE s.alert_id = a.id) AS done FROM ' +
			'shift_alert a WHERE kind = \'CERTIFICATE\'');
		const well = (code) => status((b) => b.certificate.status === code);

		await well(200);
		writeFileSync(path.join(stack.state, 'sips/cert.pem'), 'nonsense\n');
		const { trunks } = await well(409);

		assert.equal(trunks.find((t) => t.name === 'TLS').state, 'up');
		assert.match(stack.log('janus'),
			/Our own certificate is of no use; the former stays/);
		assert.deepEqual(await alert(), [{ done: '0',
			text: 'новый не принят: файл непригоден; действует прежний' }]);
		writeFileSync(path.join(stack.state, 'sips/cert.pem'), how.cert);
		await well(200);
		assert.equal((await alert())[0].done, '1');
	}, { limit: 280000 });

await run();
