#!/usr/bin/env node
// limit: 240 s
// More of what a good trunk does (ANCHORS B3), against peers that others
// wrote: a line over TLS with baresip (this sipp has none), and the orders of
// a CANCEL that test_b3_sipp leaves.

import assert from 'node:assert/strict';
import path from 'node:path';
import { Baresip } from '../lab/baresip.mjs';
import { Office, inOrder } from '../lab/office.mjs';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { header } from '../lab/sip.mjs';
import { Sipp, callee, is } from '../lab/sipp.mjs';
import { windows } from '../lab/tone.mjs';

inNamespace();

const office = await Office.open();
const { stack } = office;
const op = await office.operator('op1');
const called = (number) => number.replace(/^8/, '+7');

const open = []; // telephones of baresip

function test(name, body) {
	bare(name, async () => {
		try {
			await body();
		} finally {
			await Sipp.killAll();
			for (const phone of open.splice(0))
				await phone.close();
			await op.free();
		}
	});
}

// ---- CANCEL ----------------------------------------------------------------

let serial = 0;

// After what the operator gives up, what the called does when our CANCEL
// comes, what we say last. Who has said his last word answers the CANCEL.
for (const [name, after, before, then, last] of [
	['behind a 183 with SDP: 487 gets its ACK', 183,
		(s) => s.answer(183, { body: s.sdp() }),
		(s) => s.replyTo('cancel', 200).answer(487).recv('ACK'), 'ACK'],
	['487 comes before the 200 to it', 180, (s) => s.answer(180),
		(s) => s.answer(487).recv('ACK').replyTo('cancel', 200), 'ACK'],
	['crosses a 486: ACK, and no more', 180, (s) => s.answer(180),
		(s) => s.answer(486).recv('ACK').replyTo('cancel', 481), 'ACK'],
	['crosses the 200 that finds nothing to cancel: ACK, then BYE', 180,
		(s) => s.answer(180),
		(s) => s.answer(200, { body: s.sdp(), retrans: 500 })
			.recv('ACK').byed().replyTo('cancel', 481), 'BYE']])
	test(`B3: our CANCEL ${name}`, async () => {
		const number = `8962440${4000 + ++serial}`;
		const s = callee().invited();

		before(s);
		s.recv('CANCEL', { as: 'cancel' });
		then(s);
		const peer = await Sipp.start(s);

		await op.dial(number);
		await peer.got(is('out', after), String(after));
		await op.press('hangup');
		await peer.got(is('in', last), last);
		await peer.finish();
		const { row, kinds } = await office.story(called(number));
		const [invite] = peer.all(is('in', 'INVITE'));
		const [cancel, ...more] = peer.all(is('in', 'CANCEL'));
		const branch = (m) => /branch=([^;,\s]+)/.exec(header(m, 'via'))[1];

		assert.equal(row.answered_at, null, 'nobody talked');
		inOrder(kinds, 'DIAL', 'HANGUPAGENT');
		// RFC 3261 9.1
		assert.equal(branch(cancel), branch(invite));
		assert.equal(cancel.uri, invite.uri);
		assert.ok(more.every((m) => branch(m) === branch(cancel)));
		assert.equal(peer.all(is('in', 'BYE')).length > 0, last === 'BYE');
	});

// ---- TLS -------------------------------------------------------------------

const HZ = 600, TLS = 88, SPOKEN = 2000;
const NUMBERS = { answered: '89624403001', rung: '89624403002' };

// A telephone at the far end of the line over TLS: it shows what the start has
// made, and takes nothing else.
async function phone(user, answer) {
	const p = await Baresip.open({ user, answer, hz: HZ,
		tls: path.join(stack.state, 'sips') });

	open.push(p);
	return p;
}

// The line, first of all lines, works.
async function line() {
	await office.change('INSERT IGNORE INTO trunk (id, name, peer_host, ' +
		`peer_port, transport, priority) VALUES (${TLS}, 'TLS', ` +
		'\'127.0.0.1\', 5091, \'TLS\', 0)');
	await stack.row('SELECT body FROM node_status ORDER BY at DESC LIMIT 1',
		([row]) => row && JSON.parse(row.body).trunks.some((t) =>
			t.id === TLS && t.state === 'up'), { within: 60000 });
}

// What came by the line stands in the recording of that call.
async function recorded({ id }) {
	const { left } = await office.recording(id);

	assert.ok(windows(left, [HZ]).some((w) => w.tones[HZ] >= 0.02));
}

test('B3: a call of ours over TLS is answered, heard and ended by them',
	async () => {
		const far = await phone(called(NUMBERS.answered), 'auto');

		await line();
		await op.dial(NUMBERS.answered);
		await op.call('TALK');
		await far.says(/Call established/);
		await office.hears(op, SPOKEN);
		far.hangup();
		await op.ready();
		const { row, kinds } = await office.story(called(NUMBERS.answered));

		assert.equal(Number(row.trunk_id), TLS);
		assert.equal(row.end_reason, 'COMPLETECALLER');
		inOrder(kinds, 'DIAL', 'CONNECT', 'HANGUPCALLER');
		await recorded(row);
	});

test('B3: hanging up while it rings over TLS sends CANCEL', async () => {
	const far = await phone(called(NUMBERS.rung), 'manual');

	await line();
	await op.dial(NUMBERS.rung);
	await op.until((s) => s.call?.progress === 'RING', 'RING');
	await op.press('hangup');
	await far.says(/session closed|cancel/i);
	await op.agent('FREE');
	const { row, kinds } = await office.story(called(NUMBERS.rung));

	assert.equal(Number(row.trunk_id), TLS);
	assert.equal(row.answered_at, null);
	inOrder(kinds, 'DIAL', 'RINGING', 'HANGUPAGENT');
});

test('B3: a citizen who comes over TLS is answered, heard and hung up on',
	async () => {
		const from = '+79180030001';
		const far = await phone(from, 'auto');

		await line();
		await far.dial('sip:+78652000000@127.0.0.1:5061;transport=tls');
		await op.answer(from);
		await office.hears(op, SPOKEN);
		await op.press('hangup');
		await far.says(/session closed|terminated/);
		await op.ready();
		const { row, kinds } = await office.story(from);

		assert.equal(Number(row.trunk_id), TLS);
		assert.equal(row.end_reason, 'COMPLETEAGENT');
		inOrder(kinds, 'INVITE', 'ACCEPT', 'CONNECT', 'HANGUPAGENT');
		await recorded(row);
	});

await run();
