#!/usr/bin/env node
// limit: 300 s
// A line that dies while it carries a talk, on the whole product: line 1 is a
// sipp of ours, line 2 the registrar of the simulated network (kamailio) and
// the people behind it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Baresip } from '../lab/baresip.mjs';
import { Office, inOrder } from '../lab/office.mjs';
import { Media } from '../lab/rtp.mjs';
import { finally_, inNamespace, onFailure, run, test } from '../lab/run.mjs';
import { header } from '../lab/sip.mjs';
import { Sipp, callee, is } from '../lab/sipp.mjs';
import { HZ } from '../lab/sounds.mjs';
import { alawEncode, sine, windows } from '../lab/tone.mjs';

inNamespace();

const NETWORK = 1600; // what the people behind line 2 say
const voices = mkdtempSync(path.join(os.tmpdir(), 'voices-'));

for (const name of ['112', '103', 'anyone', 'early'])
	writeFileSync(path.join(voices, `${name}.al`),
		Uint8Array.from(sine(NETWORK, 10), (x) => alawEncode(x * 32767)));

const office = await Office.open({ env: { OTKLIK_SIM: '1',
	OTKLIK_VOICES: voices } });
const { stack } = office;
let serial = 0;

finally_(() => Sipp.killAll());
onFailure(() => console.log(stack.logs(8)));
execFileSync('sv', ['down', path.join(stack.state, 'sv/pstn')]);

const [op1, op2] = await Promise.all([office.operator('op1'),
	office.operator('op2')]);
const dialled = () => `8962440${String(2000 + ++serial)}`;
const called = (number) => number.replace(/^8/, '+7');

// The lines as the plugin has last stored them, once they are in these states.
async function lines(...states) {
	const [{ body }] = await stack.row('SELECT body FROM node_status ORDER BY ' +
		'at DESC LIMIT 1', ([row]) => row && JSON.parse(row.body).trunks
		.map((t) => t.state).join() === states.join(), { within: 90000 });

	return JSON.parse(body).trunks;
}

async function line1(media) {
	const s = callee({ media }).invited().answer(180);

	s.answer(200, { body: s.sdp(), retrans: 500 }).recv('ACK').byed();
	return Sipp.start(s, { options: ['-timeout', '280s'] });
}

// A call by op that is answered, and hung up on.
async function short(op) {
	const number = dialled();

	await op.dial(number);
	await op.call('TALK');
	await op.press('hangup');
	await op.ready();
	const { row } = await office.story(called(number));

	assert.equal(row.end_reason, 'COMPLETEAGENT');
	return Number(row.trunk_id);
}

test('a test call goes by the line that is said, and by no other', async () => {
	const admin = await office.operator('admin');
	const dial = (op, number, trunk) => op.ask('dial', { number, trunk });
	const [one, two] = [dialled(), dialled()];

	await lines('down', 'up'); // nobody is behind line 1 yet
	await dial(admin, one, 1);
	const { row } = await office.story(called(one));

	assert.equal(Number(row.trunk_id), 1);
	assert.notEqual(row.end_reason, 'COMPLETEAGENT');
	await admin.free();
	const peer = await line1(null);

	await lines('up', 'up');
	await dial(admin, two, 2);
	await admin.call('TALK');
	await admin.press('hangup');
	await admin.ready();
	assert.equal(Number((await office.story(called(two))).row.trunk_id), 2);
	assert.equal(await short(op1), 1);
	await assert.rejects(dial(op1, dialled(), 2), /FORBIDDEN/);
	const [invite, ...more] = peer.all(is('in', 'INVITE'));

	assert.match(invite.uri, /2003@/, 'the call of nobody who says a line');
	assert.equal(more.length, 0, 'and that one alone');
	await Sipp.killAll();
	await lines('down', 'up');
});

// The talk's own recording: s of tone that came by the line, of how many.
async function recorded(id) {
	const { left } = await office.recording(id);
	const all = windows(left, [HZ.citizen], { ms: 100 });

	return { s: left.length / 8000, tone: all.filter((w) =>
		w.tones[HZ.citizen] >= 0.02).length / 10 };
}

for (const [how, kill, ended] of [
	['is gone', (peer) => peer.child.kill('SIGKILL'), false],
	['falls silent', (peer) => peer.child.kill('SIGSTOP'), true]])
	test(`B3-37, B3-38: line 1 ${how} in a talk: it goes on, new calls take ` +
		'line 2', async () => {
		const media = await Media.open('127.0.0.1');
		let peer = await line1(media);
		const number = dialled();
		const hears = (what) => media.until((w) => w.missing < 0.1, { what });

		media.say(HZ.citizen);
		const [, { since }] = await lines('up', 'up');

		await op1.dial(number);
		await op1.call('TALK');
		await hears('the operator');
		peer.media = null; // no later message moves the sound of this talk
		kill(peer);
		const dead = Date.now();

		// nobody knows of it yet, then everybody does
		assert.equal(await short(op2), 2);
		const [, two] = await lines('down', 'up');

		assert.equal(two.since, since, 'the registration never wavered');
		assert.equal(await short(op2), 2);
		const citizen = await Baresip.open({ user: `+7918002000${serial}` });

		await citizen.dial('sip:+78652000002@127.0.0.1:5082');
		await op2.answer();
		await op2.press('hangup');
		await op2.ready();
		await citizen.close();
		await op1.call('TALK');
		await hears('the operator still');
		const without = (Date.now() - dead) / 1000;

		if (ended) {
			peer.child.kill('SIGCONT');
		} else {
			await op1.press('hangup'); // no answer to the BYE will ever come
			await op1.ready();
			peer = await line1(null);
		}
		assert.equal((await lines('up', 'up'))[1].since, since);
		if (ended) {
			await hears('the operator when the line is back');
			await op1.press('hangup');
			await peer.got(is('in', 'BYE'), 'BYE');
			await op1.ready();
		}
		const { row, kinds } = await office.story(called(number));
		const { s, tone } = await recorded(row.id);

		assert.equal(Number(row.trunk_id), 1);
		assert.equal(row.end_reason, 'COMPLETEAGENT');
		inOrder(kinds, 'DIAL', 'RINGING', 'CONNECT', 'HANGUPAGENT');
		assert.ok(tone >= 0.9 * without, `${tone} s of tone in ${s} s, ${
			without} s without the line`);
		assert.equal(await short(op2), 1);
		media.close();
		await Sipp.killAll();
		await lines('down', 'up');
	}, { limit: 280000 });

test('a line that refuses: the next shows its own number and writes the ' +
	'called one its own way', async () => {
	const [{ presented }] = await stack.sql(
		'SELECT presented FROM trunk WHERE id = 1');
	const number = dialled();
	const refuses = callee().invited().answer(503).recv('ACK');
	const answers = callee().invited().answer(486).recv('ACK');
	const shows = async (peer, uri, from) => {
		const m = await peer.got(is('in', 'INVITE'), 'INVITE');

		assert.ok(m.uri.startsWith(`sip:${uri}@`), m.uri);
		assert.ok(header(m, 'from').includes(`<sip:${from}@`), header(m, 'from'));
	};
	const [one, three] = [await Sipp.start(refuses),
		await Sipp.start(answers, { port: 5084 })];

	await stack.sql('INSERT INTO trunk (id, name, kind, peer_host, peer_port, ' +
		'presented, priority) SELECT 3, \'3\', kind, \'127.0.0.1\', 5084, ' +
		'\'+78652000003\', priority FROM trunk WHERE id = 1');
	await office.change('INSERT INTO dial_rule (id, position, name, pattern, ' +
		'allow, trunk_id, form) VALUES ' +
		'(101, 1, \'1\', \'+79XXXXXXXXX\', 1, 1, \'NATIONAL\'), ' +
		'(103, 2, \'3\', \'+79XXXXXXXXX\', 1, 3, \'PLAIN\')');
	await lines('up', 'up', 'up');
	await op1.dial(number);
	await shows(one, number, presented);
	await shows(three, number.replace(/^8/, '7'), '+78652000003');
	const { row } = await office.story(called(number));

	assert.equal(row.end_reason, 'BUSY');
	assert.equal(Number(row.trunk_id), 3);
});

await run();
