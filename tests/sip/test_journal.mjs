#!/usr/bin/env node
// What of SIP reaches the database and the pages for machines, with the real
// product: who is said to call (B3-41), and what was refused.
// limit: 240 s

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Phone } from '../lab/phone.mjs';
import { Stack } from '../lab/stack.mjs';
import { Call, Ua } from './ua.mjs';

inNamespace();

const HOTLINE = '+78652000000';
const phone = await Phone.open();

finally_(() => phone.close());
const stack = await Stack.open();

finally_(() => stack.close());

async function metrics(test) {
	await stack.row('SELECT body FROM node_status',
		([row]) => row && test(JSON.parse(row.body)));
	const { stdout } = await promisify(execFile)('curl',
		['-sk', `${stack.url}/metrics`]);

	return (name) => Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`,
		'm').exec(stdout)?.[1]);
}

const refused = () => Promise.all([stack.sql('SELECT id FROM call_record ' +
	'WHERE started_at > UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE'),
stack.sql('SELECT seq FROM call_event WHERE kind = \'INVITE\' AND ' +
	'at > UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE')]).then(([a, b]) => a.length + b.length);

test('Identity and P-Asserted-Identity are kept with the call, From is who calls',
	async () => {
		const identity = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln;info=<https://net/c>';
		const call = await phone.call(HOTLINE, { from: '+79180000041',
			headers: [['P-Asserted-Identity',
				'"Чужое имя" <sip:+79991112233@net>'],
			['P-Asserted-Identity', '<tel:+79991112233>'],
			['Identity', identity]] });

		await call.answered;
		await call.hangup();
		const [row] = await stack.row('SELECT c.caller, ' +
			'JSON_VALUE(e.data, \'$.identity\') AS identity FROM ' +
			'call_record c JOIN call_event e ON e.call_id = c.id AND ' +
			'e.kind = \'INVITE\' WHERE c.caller = \'+79180000041\'',
		(rows) => rows.length === 1);
		const kept = row.identity.split('\\n'); // as the client writes it

		assert.equal(row.caller, '+79180000041', 'no assertion wins over it');
		assert.equal(kept.length, 3);
		assert.ok(kept.includes(`Identity: ${identity}`));
		assert.ok(kept.includes('P-Asserted-Identity: <tel:+79991112233>'));
		assert.deepEqual(await stack.sql('SELECT id FROM call_record WHERE ' +
			'caller LIKE \'%9991112233%\''), []);
	});

test('a stranger who asserts an identity is no call, but a count',
	async () => {
		const before = await refused();
		const stranger = await Ua.open({ host: '127.0.0.2' });
		const peer = await Ua.open({ port: 5099 });

		for (const [ua, status, options] of [
			[stranger, 403, { headers: [['P-Asserted-Identity',
				'<sip:+79180000042@127.0.0.1>'],
			['Via', 'SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKx']] }],
			[peer, 400, { contact: [] }],
			[peer, 400, { body: 'v=0\0\r\n' }]]) {
			const call = new Call(ua);
			const sent = call.request('INVITE', { body: ua.sdp(),
				...options });

			assert.equal((await call.response(sent)).status, status);
			call.ack(sent, { refused: true });
		}
		const of = await metrics((body) => body.sip.malformed === 1);

		assert.equal(of('otklik_sip_foreign_total'), 1);
		assert.equal(of('otklik_sip_bad_contact_total'), 1);
		assert.equal(of('otklik_sip_malformed_total'), 1);
		assert.ok(of('otklik_sip_invites_total') >= 1);
		assert.equal(of('otklik_trunk_state{trunk="1"}'), 1);
		assert.equal(await refused(), before, 'nothing in the journal');
	});

await run();
