#!/usr/bin/env node
// limit: 300 s
// What a good trunk does (ANCHORS B3), each behaviour against sipp: what went
// over the wire by sipp's own judgement and its trace, what the product wrote
// of it by the rows of the call. Lines among themselves (glare, registration,
// keep-alive) are test_b3_lines, session timers (B3-32) test_timers.

import assert from 'node:assert/strict';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { Baresip } from '../lab/baresip.mjs';
import { Media, unbroken } from '../lab/rtp.mjs';
import { Office, inOrder } from '../lab/office.mjs';
import { time } from '../lab/queue.mjs';
import { Sipp, callee, caller, is } from '../lab/sipp.mjs';
import { header, readSdp } from '../lab/sip.mjs';
import { HZ } from '../lab/sounds.mjs';
import { windows } from '../lab/tone.mjs';

inNamespace();

const office = await Office.open();
const op = await office.operator('op1');
const media = [];
let serial = 0;

// A citizen's number that no other case has.
const citizen = () => `+7918001${String(1000 + ++serial)}`;
// The same as it is dialled.
const dialled = () => `8962440${String(1000 + ++serial)}`;

async function ear(hz = HZ.citizen, address = '127.0.0.1') {
	const m = await Media.open(address);

	m.say(hz);
	media.push(m);
	return m;
}

function test(name, body) {
	bare(name, async () => {
		try {
			await body();
		} finally {
			await Sipp.killAll();
			media.splice(0).forEach((m) => m.close());
			if (op.state.call && op.state.agent.state === 'TALKING')
				await op.press('hangup').catch(() => {}); // over by now
			await op.until((s) => ['WRAPUP', 'FREE'].includes(s.agent.state),
				'a rest');
			if (op.state.agent.state === 'WRAPUP')
				await op.ask('ready');
			await op.agent('FREE');
		}
	});
}

// A call from sipp that op has answered; then the scenario goes on.
async function talk(s) {
	const peer = await Sipp.start(s);

	await peer.got(is('out', 'ACK'), 'ACK');
	await op.answer(s.from);
	return peer;
}

// The answer of ours to each of their INVITEs.
const answers = (peer) => peer.all((m) => is('in', 200)(m) &&
	/INVITE/.test(header(m, 'cseq'))).map((m) => readSdp(m.body));

// ---- hold and re-INVITE ----------------------------------------------------

test('B3-29: their hold is a direction, or 0.0.0.0; our answer never is that',
	async () => {
		const s = caller({ from: citizen(), media: await ear() });

		s.invite().wait();
		for (const way of ['sendonly', 'sendrecv', 'inactive', 'sendrecv'])
			s.reinvite({ body: s.sdp({ direction: way }) });
		s.reinvite({ body: s.sdp({ address: '0.0.0.0' }) })
			.reinvite({ body: s.sdp() }).bye();
		const peer = await talk(s);

		await peer.go();
		await peer.done;
		const said = answers(peer);

		assert.deepEqual(said.map((a) => a.address),
			Array(7).fill('127.0.0.1'));
		assert.deepEqual(said.slice(0, 5).map((a) => a.direction), ['sendrecv',
			'recvonly', 'sendrecv', 'inactive', 'sendrecv']);
		assert.equal(new Set(said.map((a) => a.port)).size, 1);
		assert.ok(said[6].direction === 'sendrecv');
		const { kinds, events } = await office.story(s.from);

		inOrder(kinds, 'INVITE', 'ACCEPT', 'CONNECT', ...Array(6)
			.fill('REOFFER'), 'HANGUPCALLER');
		assert.equal(events.at(-1).data.why, 'COMPLETECALLER');
	});

test('B3-29: our hold is music, and no message at all', async () => {
	const ours = await ear();
	const s = caller({ from: citizen(), media: ours });

	s.invite().wait().bye();
	const peer = await talk(s);

	await op.press('hold');
	await ours.hears(HZ.music);
	await op.press('unhold');
	await op.call('TALK');
	await ours.until((w) => w.tones[HZ.music] < 0.01 && w.missing < 0.2,
		{ tones: [HZ.music], what: 'no music' });
	await peer.go();
	await peer.done;
	assert.deepEqual(peer.all((m) => m.way === 'in' && m.method), []);
	inOrder((await office.story(s.from)).kinds, 'CONNECT', 'HOLD', 'UNHOLD',
		'HANGUPCALLER');
});

for (const [where, address] of [['port', '127.0.0.1'],
	['address', '127.0.0.2']])
	test(`B3-30: a re-INVITE that moves the sound to another ${where} is ` +
		'followed at once', async () => {
		const [first, second] = [await ear(), await ear(550, address)];
		const s = caller({ from: citizen(), media: first });

		s.invite().wait().reinvite({ body: s.sdp({ address,
			port: second.port }) }).wait().bye();
		const peer = await talk(s);

		peer.media = second;
		await peer.go();
		await second.until((w) => w.missing < 0.1, { what: 'sound there' });
		const there = first.packets.length;

		await second.until((w) => w.missing < 0.1, { what: 'more of it' });
		assert.equal(first.packets.length, there, 'none at the old place');
		unbroken([...first.packets, ...second.packets]);
		await peer.go();
		await peer.done;
		const { row, kinds } = await office.story(s.from);
		const { left } = await office.recording(row.id);

		inOrder(kinds, 'CONNECT', 'REOFFER', 'HANGUPCALLER');
		assert.ok(windows(left, [550]).some((w) => w.tones[550] >= 0.02),
			'what was said there');
	});

test('B3-30, B3-31: only the direction changes: the same stream goes on',
	async () => {
		const ours = await ear();
		const s = caller({ from: citizen(), media: ours });

		s.invite().wait().reinvite({ body: s.sdp({ direction: 'inactive' }) })
			.wait().reinvite({ body: s.sdp() }).wait().bye();
		const peer = await talk(s);

		await ours.until((w) => w.missing < 0.1, { what: 'the operator' });
		await peer.go();
		await ours.until((w) => w.missing > 0.9, { what: 'nothing' });
		await peer.go();
		await ours.until((w) => w.missing < 0.1, { what: 'the operator again' });
		await op.press('hold');
		await ours.hears(HZ.music);
		await op.press('unhold');
		await op.call('TALK');
		unbroken(ours.packets); // from the greeting on
		await peer.go();
		await peer.done;
		inOrder((await office.story(s.from)).kinds, 'REOFFER', 'REOFFER',
			'HOLD', 'UNHOLD', 'HANGUPCALLER');
	});

// RFC 4028 itself: test_timers
test('B3-32: who falls silent in a talk is hung up on, long before any timer',
	async () => {
		const ours = await ear();
		const s = caller({ from: citizen(), media: ours }).invite().byed();

		await office.during('call.rtp_limit_s', 2, async () => {
			const peer = await talk(s);

			ours.pause(true);
			await peer.done;
		});
		const { row, events } = await office.story(s.from);

		assert.equal(row.end_reason, 'RTPTIMEOUT');
		assert.equal(events.at(-1).data.why, 'RTPTIMEOUT');
	});

// Both limits short; how is what puts him on hold, and what is written of it.
for (const [whose, how, kind] of [
	['theirs', async (peer, s) => {
		await peer.go();
		await peer.got((m) => is('out', 'ACK')(m) && peer.all(
			is('out', 'ACK')).length === 2, `the ACK to ${s.from}`);
	}, 'REOFFER'],
	['ours', async () => {
		await op.press('hold');
		await op.call('HOLD');
	}, 'HOLD']])
	test(`B3-32: silence on hold, ${whose}, may be longer, and not for ever`,
		async () => {
			const ours = await ear();
			const s = caller({ from: citizen(), media: ours }).invite()
				.wait({ optional: true, next: 'held' }).byed()
				.step('<nop next="over"/>').label('held');

			s.reinvite({ body: s.sdp({ direction: 'inactive' }) }).byed()
				.label('over').pause(1);
			await office.during('call.rtp_limit_s', 2, () =>
				office.during('call.hold_limit_s', 8, async () => {
					const peer = await talk(s);

					await how(peer, s);
					ours.pause(true);
					await peer.done;
				}));
			const { row, events } = await office.story(s.from);
			const { at } = events.find((e) => e.kind === kind);
			const ms = time(row.ended_at) - time(at);

			assert.equal(row.end_reason, 'RTPTIMEOUT');
			assert.ok(ms >= 8000 - 50, `${ms} ms on hold`);
		});

// ---- offers at odd moments -------------------------------------------------

test('B3-34: a re-INVITE without an offer gets ours, its ACK answers it',
	async () => {
		const s = caller({ from: citizen(), media: await ear() });

		s.invite().wait().reinvite({ body: '',
			ackBody: s.sdp({ direction: 'sendonly' }) })
			.reinvite({ body: '', ackBody: s.sdp() }).bye();
		const peer = await talk(s);

		await peer.go();
		await peer.done;
		assert.ok(answers(peer).every((a) => a.direction === 'sendrecv' &&
			a.address === '127.0.0.1'));
		inOrder((await office.story(s.from)).kinds, 'CONNECT', 'REOFFER',
			'REOFFER', 'HANGUPCALLER');
	});

test('B3-34: a call may begin without an offer', async () => {
	const s = caller({ from: citizen(), media: await ear() });

	s.invite({ body: '', ack: false }).ack({ txn: 'call', body: s.sdp() })
		.wait().bye();
	const peer = await talk(s);

	await s.media.until((w) => w.missing < 0.1, { what: 'the operator' });
	await peer.go();
	await peer.done;
	assert.equal((await office.story(s.from)).row.end_reason, 'COMPLETECALLER');
});

test('B3-34: after BYE everything gets 481', async () => {
	const s = caller({ from: citizen() }).invite().bye()
		.reinvite({ status: 481 });

	for (const method of ['BYE', 'INFO', 'UPDATE'])
		s.request(method, { txn: `late${method}` })
			.recv(481, { txn: `late${method}` });
	await (await Sipp.start(s)).done;
	const { kinds } = await office.story(s.from);

	assert.deepEqual(kinds, ['INVITE', 'ACCEPT', 'HANGUPCALLER']);
});

test('B3-34: our BYE gets 481, the call is over all the same', async () => {
	const s = caller({ from: citizen(), media: await ear() }).invite()
		.recv('BYE').reply(481, { inside: true });
	const peer = await talk(s);

	await op.press('hangup');
	await peer.done;
	assert.equal((await office.story(s.from)).row.end_reason, 'COMPLETEAGENT');
});

test('B3-34: a re-INVITE before the ACK harms nothing', async () => {
	const s = caller({ from: citizen(), media: await ear() });

	// RFC 3261 14.1 forbids it; it is refused or served, and the call is up
	s.invite({ ack: false }).request('INVITE', { txn: 'early', body: s.sdp() })
		.recv(100, { txn: 'early', optional: true })
		.recv(200, { txn: 'early', optional: true, next: 'served' })
		.recv(500, { txn: 'early' })
		.ack({ txn: 'early', refused: true })
		.step('<nop next="go"/>').label('served').ack({ txn: 'early' })
		.label('go').request('ACK', { txn: 'call', cseq: 1,
			attributes: ' ack_txn="call"', branch: 'call-ack', retrans: null })
		.wait().reinvite().bye();
	const peer = await Sipp.start(s);

	await peer.got((m) => is('out', 'ACK')(m) &&
		/^1 /.test(header(m, 'cseq')), 'the first ACK');
	await op.answer(s.from);
	await peer.go();
	await peer.done;
	assert.equal((await office.story(s.from)).row.end_reason, 'COMPLETECALLER');
});

// ---- CANCEL ----------------------------------------------------------------

test('B3-35: their CANCEL right behind the INVITE: 487, or our 200 and BYE',
	async () => {
		const s = caller({ from: citizen() });

		// Which of the two crossed is for the machine to say. They share a
		// branch, so the 200 may be to either; a CANCEL behind our 200 finds
		// nothing to cancel (9.2), and that answer has a To of its own.
		s.request('INVITE', { txn: 'call', body: s.sdp(), first: true })
			.recv(100, { txn: 'call' })
			.request('CANCEL', { txn: 'cancel', branch: 'call', cseq: 1,
				first: true })
			.recv(180, { txn: 'call', optional: true })
			.recv(200, { txn: 'call', rrs: true, far: true })
			.recv(487, { txn: 'call', optional: true, next: 'refused' })
			.recv(481, { txn: 'cancel' })
			.ack({ txn: 'call' }).bye().step('<nop next="over"/>')
			.label('refused').request('ACK', { txn: 'call', cseq: 1,
				branch: 'call', first: true, retrans: null,
				attributes: ' ack_txn="call"' })
			.label('over').pause(1);
		await (await Sipp.start(s)).done;
		const { row } = await office.story(s.from);

		assert.match(row.end_reason, /^(ABANDONGREETING|CANCELLED)$/);
	});

test('B3-35: their CANCEL behind our 200 comes too late: 481, the call is up',
	async () => {
		const s = caller({ from: citizen() });

		s.request('INVITE', { txn: 'call', body: s.sdp(), first: true })
			.recv(100, { txn: 'call', optional: true })
			.recv(200, { txn: 'call', rrs: true, far: true })
			.request('CANCEL', { txn: 'cancel', branch: 'call', cseq: 1,
				first: true })
			.recv(481, { txn: 'cancel' }).ack({ txn: 'call' }).bye();
		await (await Sipp.start(s)).done;
		const { kinds } = await office.story(s.from);

		assert.deepEqual(kinds, ['INVITE', 'ACCEPT', 'HANGUPCALLER']);
	});

// A call of ours to sipp; the operator gives it up.
async function givenUp(s, after, number = dialled()) {
	const peer = await Sipp.start(s);

	await op.dial(number);
	await peer.got(is(...after), after.join(' '));
	await op.press('hangup');
	return { peer, as: number.replace(/^8/, '+7') };
}

test('B3-35: hanging up while it rings sends CANCEL, 487 gets its ACK',
	async () => {
		const s = callee().invited().answer(180).recv('CANCEL')
			.reply(200).answer(487).recv('ACK');
		const { peer, as } = await givenUp(s, ['out', 180]);

		await peer.got(is('in', 'ACK'), 'ACK');
		await peer.finish();
		const { row, kinds } = await office.story(as);

		assert.equal(row.direction, 'OUT');
		inOrder(kinds, 'DIAL', 'HANGUPAGENT');
	});

test('B3-35: before any provisional response CANCEL is held back', async () => {
	const s = callee().invited().wait().answer(180).recv('CANCEL')
		.reply(200).answer(487).recv('ACK');
	const { peer, as } = await givenUp(s, ['in', 'INVITE']);

	await op.agent('FREE'); // for him it is over
	assert.ok(!peer.all(is('in', 'CANCEL')).length);
	await peer.go();
	await peer.got(is('in', 'ACK'), 'ACK');
	await peer.finish();
	const order = peer.messages.map((m) => m.method ?? m.status);

	assert.ok(order.indexOf('CANCEL') > order.indexOf(180));
	inOrder((await office.story(as)).kinds, 'DIAL', 'HANGUPAGENT');
});

test('B3-35: their 200 crosses our CANCEL: ACK, then BYE', async () => {
	const s = callee().invited().answer(180).recv('CANCEL').reply(200);

	s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK').byed();
	const { peer, as } = await givenUp(s, ['out', 180]);

	await peer.got(is('in', 'BYE'), 'BYE');
	await peer.finish();
	const { row, kinds } = await office.story(as);

	assert.equal(row.answered_at, null, 'nobody talked');
	inOrder(kinds, 'DIAL', 'HANGUPAGENT');
});

// ---- before the answer -----------------------------------------------------

const NETWORK = 1600; // what the network plays

// A call of ours that is answered in the end; op hangs up.
async function answered(s, during = async () => {}) {
	const number = dialled();
	const peer = await Sipp.start(s);

	await op.dial(number);
	await during(peer);
	await op.call('TALK');
	await op.press('hangup');
	await peer.got((m) => is('out', 200)(m) &&
		/BYE/.test(header(m, 'cseq')), '200 to BYE');
	await peer.finish();
	return { peer, ...await office.story(number.replace(/^8/, '+7')) };
}

const progress = (word) => op.until((s) => s.call?.progress === word, word);

test('B3-36: 180, 183 with SDP, 180 again, 200: early media is heard at once',
	async () => {
		const s = callee({ media: await ear(NETWORK) }).invited().answer(180)
			.wait();

		s.answer(183, { body: s.sdp() }).answer(180).wait();
		s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK').byed();
		const { row, kinds } = await answered(s, async (peer) => {
			await progress('RING');
			await peer.go();
			await progress('EARLY');
			await peer.got((m) => is('out', 180)(m) && peer.all(
				is('out', 180)).length === 2, 'the second 180');
			await peer.go();
		});

		inOrder(kinds, 'DIAL', 'RINGING', 'EARLYMEDIA', 'CONNECT',
			'HANGUPAGENT');
		assert.ok(row.answered_at);
	});

test('B3-36: 183 without SDP is no early media', async () => {
	const s = callee().invited().answer(183).answer(180).wait();

	s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK').byed();
	const { kinds } = await answered(s, async (peer) => {
		await progress('RING');
		await peer.got(is('out', 180), '180');
		await peer.go();
	});

	assert.ok(!kinds.includes('EARLYMEDIA'), kinds.join(' '));
});

test('B3-36: several early dialogs: the one that answers is the call',
	async () => {
		const s = callee({ media: await ear(NETWORK) }).invited();

		s.answer(183, { tag: 'a[pid]', body: s.sdp({ port: 30998 }) })
			.answer(180, { tag: 'b[pid]' })
			.answer(183, { tag: 'c[pid]', body: s.sdp({ port: 30998 }) })
			.answer(200, { body: s.sdp(), retrans: 500, tag: 'b[pid]' })
			.recv('ACK').byed();
		const { peer } = await answered(s, () => s.media.until((w) =>
			w.missing < 0.1, { what: 'sound where the answer says' }));

		for (const m of peer.all((n) => ['ACK', 'BYE'].includes(n.method)))
			assert.match(header(m, 'to'), /;tag=b/);
	});

test('B3-36: a reliable 183 (100rel) gets PRACK before the answer',
	async () => {
		const s = callee().invited();

		s.answer(183, { body: s.sdp(), headers: ['Require: 100rel', 'RSeq: 7'] })
			.recv('PRACK').reply(200, { inside: true });
		s.answer(200, { retrans: 500, body: s.sdp() }).recv('ACK').byed();
		const { peer, kinds } = await answered(s);
		const [prack] = peer.all(is('in', 'PRACK'));

		assert.match(header(prack, 'rack'), /^7 \d+ INVITE$/);
		inOrder(kinds, 'EARLYMEDIA', 'CONNECT');
	});

test('B3-39: a line that says nothing at all fails the call after 6.4 s',
	async () => {
		const number = dialled();
		const peer = await Sipp.start(callee().invited().pause(60000));

		await op.dial(number);
		await op.until((s) => s.call, 'the call');
		await op.until((s) => !s.call, 'its end');
		const { row } = await office.story(number.replace(/^8/, '+7'));
		const ms = Date.parse(row.ended_at) - Date.parse(row.started_at);

		assert.ok(ms >= 6000 && ms < 20000, `${ms} ms`); // Timer B has 32 s
		await peer.got(() => peer.all(is('in', 'INVITE')).length >= 3,
			'sent again');
		assert.equal(row.end_reason, 'UNAVAILABLE');
	});

// ---- text ------------------------------------------------------------------

test('B3-40: no line break gets into a header, from wherever it comes',
	async () => {
		const number = dialled();
		const peer = await Sipp.start(callee().invited().answer(486)
			.recv('ACK'));
		const [{ presented }] = await office.stack.sql(
			'SELECT presented FROM trunk WHERE id = 1');
		const present = (sql) => office.change(
			`UPDATE trunk SET presented = ${sql} WHERE id = 1`);
		const rules = (sql) => office.change(
			`UPDATE dial_rule SET presented = ${sql}`);
		const evil = 'CONCAT(\'+7865\', CHAR(13, 10), \'X-Evil: 1\')';
		const other = dialled();

		await assert.rejects(op.dial(`${number}\r\nX-Evil: 1`), /BAD_REQUEST/);
		try {
			await rules(evil);
			await assert.rejects(op.dial(number), /NO_MEDIA/);
			await rules('\'\'');
			await present(evil); // such a line is none
			await op.dial(other);
			assert.equal((await office.story(other.replace(/^8/, '+7')))
				.row.end_reason, 'UNAVAILABLE');
			await op.free();
		} finally {
			await rules('\'\'');
			await present(`'${presented}'`);
		}
		await op.dial(number);
		await peer.got(is('in', 'ACK'), 'ACK');
		await peer.finish();
		const [invite, ...more] = peer.all((m) => is('in', 'INVITE')(m) &&
			m.uri.includes(number.slice(1))); // of this case

		assert.equal(more.length, 0);
		assert.ok(!invite.headers['x-evil']);
		assert.equal((await office.story(number.replace(/^8/, '+7')))
			.row.end_reason, 'BUSY');
	});

test('B3-41: who somebody says to be is kept beside who calls', async () => {
	const identity = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln;info=<https://net/c>';
	const s = caller({ from: citizen() }).invite({ headers: [
		'P-Asserted-Identity: <tel:+79991112233>', `Identity: ${identity}`] })
		.bye();

	await (await Sipp.start(s)).done;
	const { row, events } = await office.story(s.from);
	const kept = events[0].data.identity.split('\n');

	assert.equal(row.caller, s.from);
	assert.ok(kept.includes('P-Asserted-Identity: <tel:+79991112233>'));
	assert.ok(kept.includes(`Identity: ${identity}`));
});

// ---- digits ----------------------------------------------------------------

const presses = (kinds) => kinds.filter((k) => k === 'DTMF').length;

for (const pt of [101, 96])
	test(`B3-42: digits of RTP come by the number of the SDP, here ${pt}`,
		async () => {
			const ours = await ear();
			const s = caller({ from: citizen(), media: ours });

			s.invite({ body: s.sdp({ dtmf: pt }) }).wait().bye();
			const peer = await talk(s);

			assert.equal(answers(peer)[0].dtmf, pt);
			await ours.dtmf('42'); // each in seven packets, three of them ends
			await op.ask('dtmf', { digits: '7319' });
			await ours.untilDigits('7319');
			await peer.go();
			await peer.done;
			const { kinds, events } = await office.story(s.from);

			assert.equal(presses(kinds), 2);
			assert.deepEqual(events.find((e) => e.kind === 'SENTDTMF').data,
				{ count: 4 });
			assert.ok(events.filter((e) => e.kind === 'DTMF')
				.every((e) => e.data === null), 'no digit in any row');
		});

test('B3-42: INFO is a digit, too', async () => {
	const s = caller({ from: citizen(), media: await ear() }).invite().wait();

	for (const key of '58')
		s.request('INFO', { txn: `key${key}`, type: 'application/dtmf-relay',
			body: `Signal=${key}\nDuration=160\n` })
			.recv(200, { txn: `key${key}` });
	s.bye();
	const peer = await talk(s);

	await peer.go();
	await peer.done;
	assert.equal(presses((await office.story(s.from)).kinds), 2);
});

test('B3-42: digits of baresip', async () => {
	const from = citizen();
	const peer = await Baresip.open({ user: from });

	await peer.dial('sip:+78652000000@127.0.0.1:5060');
	await op.answer(from);
	peer.press('739');
	await office.stack.row('SELECT e.seq FROM call_event e JOIN call_record c ' +
		`ON c.id = e.call_id WHERE c.caller = '${from}' AND e.kind = 'DTMF'`,
	(rows) => rows.length === 3);
	await op.press('hangup');
	await op.agent('WRAPUP');
	await peer.close();
	assert.equal(presses((await office.story(from)).kinds), 3);
});

await run();
