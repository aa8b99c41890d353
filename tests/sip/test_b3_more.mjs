#!/usr/bin/env node
// limit: 300 s
// More of what a good trunk does (ANCHORS B3), against peers that others
// wrote: a line over TLS with baresip (this sipp has none), the orders of a
// CANCEL that test_b3_sipp leaves, what a browser gets of all that a trunk
// does, the absolute limit, who requires 100rel.

import assert from 'node:assert/strict';
import path from 'node:path';
import { Baresip } from '../lab/baresip.mjs';
import { Legs } from '../lab/legs.mjs';
import { Office, inOrder } from '../lab/office.mjs';
import { Media, unbroken } from '../lab/rtp.mjs';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { header } from '../lab/sip.mjs';
import { Sipp, callee, caller, is } from '../lab/sipp.mjs';
import { windows } from '../lab/tone.mjs';

inNamespace();

const office = await Office.open();
const { stack } = office;
const op = await office.operator('op1');
const called = (number) => number.replace(/^8/, '+7');

const open = []; // telephones of baresip, streams

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

async function stream(hz, address = '127.0.0.1') {
	const media = await Media.open(address);

	media.say(hz);
	open.push(media);
	return media;
}

// A call from sipp that who has answered; then the scenario goes on.
async function talk(s, who = op) {
	const peer = await Sipp.start(s);

	await peer.got(is('out', 'ACK'), 'ACK');
	await who.answer(s.from);
	return peer;
}

// ---- towards the browser ---------------------------------------------------

const LOST = 3; // packets, on the way through rtpengine on a busy machine

// An operator whose browser is rtpengine, with a SRTP of its own, and what
// came through it is kept packet by packet.
async function listener(login) {
	const ear = await stream(550, process.env.OTKLIK_ICE_ADDR);
	const who = await office.operator(login, { legs: new Legs(
		office.rtpengine, { address: ear.address,
			async port(id) {
				ear.ssrc = 0x0b000000 + id; // as Legs announces it
				return ear.port;
			},
			to: (id, there) => ear.connect(there) }) });

	return { ear, who };
}

test('B3-31: the browser has one stream on, whatever the trunk makes of its own',
	async () => {
		const from = '+79180031001';
		const [first, second] = [await stream(600), await stream(800)];
		const { ear, who } = await listener('op2');
		const s = caller({ from, media: first });

		s.invite().wait().reinvite({ body: s.sdp({ direction: 'inactive' }) })
			.wait().reinvite({ body: s.sdp({ port: second.port }) }).wait()
			.bye();
		await op.rest();
		const peer = await talk(s, who);

		await ear.steady(600);
		// another stream out of nothing, its numbers before those of the last
		Object.assign(first, { ssrc: (first.ssrc ^ 0x5a5a5a5a) >>> 0,
			seq: (first.seq - 30000) & 0xffff, ts: (first.ts - 1e9) >>> 0 });
		await ear.steady(600);
		first.pause(true);
		await peer.go(); // their hold
		await ear.until((w) => !(w.tones[600] >= 0.01),
			{ tones: [600], what: 'nothing of a citizen on hold' });
		peer.media = second;
		await peer.go(); // and back: another port, another stream
		await ear.steady(800);
		await who.press('hold');
		await who.call('HOLD');
		await who.press('unhold');
		await who.call('TALK');
		await ear.steady(800);
		await peer.go();
		await peer.done;
		await who.ready();
		await who.ask('finish');
		unbroken(ear.packets, LOST);
		inOrder((await office.story(from)).kinds, 'CONNECT', 'REOFFER',
			'REOFFER', 'HOLD', 'UNHOLD', 'HANGUPCALLER');
	});

// ---- limits ----------------------------------------------------------------

const LIMIT = 15; // s; the page of settings allows 600 and more

const limited = (body) => office.during('call.limit_s', LIMIT, body);

// Only that, and neither sooner nor much later.
async function ends(number) {
	const { row, kinds, events } = await office.story(number);
	const at = (when) => Date.parse(`${when.replace(' ', 'T')}Z`);
	const ms = at(row.ended_at) - at(row.started_at);

	assert.equal(row.end_reason, 'LIMIT');
	assert.equal(events.at(-1).data.why, 'LIMIT');
	inOrder(kinds, 'CONNECT', 'FAIL');
	assert.ok(ms >= LIMIT * 1000 - 5 && ms < LIMIT * 1000 + 10000, `${ms} ms`);
}

test('B3-32: the absolute limit ends a citizen\'s call that is well with BYE',
	() => limited(async () => {
		const from = '+79180032001';
		const ours = await stream(600);
		const peer = await talk(caller({ from, media: ours }).invite().byed());

		await ours.until((w) => w.missing < 0.1, { what: 'the operator' });
		await peer.done;
		await op.ready();
		await ends(from);
	}));

test('B3-32: the absolute limit ends a call of ours that is well with BYE',
	() => limited(async () => {
		const number = '89624403201';
		const ours = await stream(600);
		const s = callee({ media: ours }).invited();

		s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK').byed();
		const peer = await Sipp.start(s);

		await op.dial(number);
		await op.call('TALK');
		await ours.until((w) => w.missing < 0.1, { what: 'the operator' });
		await peer.got((m) => is('out', 200)(m) &&
			/BYE/.test(header(m, 'cseq')), '200 to BYE');
		await peer.finish();
		await op.ready();
		await ends(called(number));
	}));

// ---- 100rel ----------------------------------------------------------------

// Nothing but 100 comes before our answer, so there is nothing to acknowledge:
// RFC 3262 3 has no provisional response without RSeq in such a call, and 481
// for a PRACK that fits none.
test('B3-36: who requires 100rel is answered, his PRACK of nothing harms nothing',
	async () => {
		const from = '+79180036001';
		const s = caller({ from, media: await stream(600) })
			.invite({ headers: ['Require: 100rel', 'Supported: 100rel'] })
			.wait().request('PRACK', { txn: 'prack',
				headers: ['RAck: 1 1 INVITE'] })
			.recv(481, { txn: 'prack' }).wait().bye();
		const peer = await talk(s);

		await peer.go();
		await peer.got((m) => is('in', 481)(m), '481');
		await s.media.until((w) => w.missing < 0.1, { what: 'the operator' });
		await peer.go();
		await peer.done;
		await op.ready();
		const early = peer.all((m) => m.way === 'in' && m.status > 100 &&
			m.status < 200);

		assert.deepEqual(early, []);
		inOrder((await office.story(from)).kinds, 'INVITE', 'ACCEPT', 'CONNECT',
			'HANGUPCALLER');
	});

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
