#!/usr/bin/env node
// limit: 400 s
// What a good queue does (ANCHORS B1), each behaviour with citizens of sipp
// and operators of the office: by what sipp got and judged, by what rang at
// whom, and by the rows that say so. The same with every order of events, by
// the engine's own clock: plugin/test_anchors, test_rules, test_schedules.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { BUILD, inNamespace, lasts, run, test as bare } from '../lab/run.mjs';
import { Media } from '../lab/rtp.mjs';
import { Office, inOrder } from '../lab/office.mjs';
import { Queue, members, rests, rings, time } from '../lab/queue.mjs';
import { HZ } from '../lab/sounds.mjs';

inNamespace();

const OTHER = '+78652000001'; // leads to queue 2
const office = await Office.open();
const { stack } = office;
const [op1, op2, op3] = [await office.operator('op1'),
	await office.operator('op2'), await office.operator('rep1')];
const staff = [op1, op2, op3];
const line = new Queue(office, '+7918002');
const queue = (set, id) => line.set(set, id);
let asSeeded;

function test(name, body) {
	bare(name, async () => {
		asSeeded ??= await line.asIs();
		await office.change(`${asSeeded}; ${members(1, op1, op2, op3)}; ` +
			`${members(2, op1, op2)}; UPDATE inbound_route SET hours_id = NULL` +
			`, queue_id = 2 WHERE number = '${OTHER}'`);
		try {
			await body();
		} finally {
			await line.clear();
			for (const op of staff) {
				await op.free();
				await op.agent('FREE');
			}
		}
	});
}

// ---- ring and stay ---------------------------------------------------------

test('B1-1: the longest stay ends a wait, no ring, and what a ring leaves',
	async () => {
		await rests(op3);
		await queue('max_wait_s = 10, late_action = \'end\', ' +
			'ring_timeout_s = 14');
		const three = await Promise.all([1, 2, 3].map(() => line.waits()));
		const [taken, missed] = await Promise.all([rings(op1), rings(op2)]);
		const who = (number) => three.find((x) => x.from === number);
		const c = three.find((x) => ![taken, missed].includes(x.from));

		await c.event('EXITWITHTIMEOUT'); // he only waited
		await op1.answer(taken); // though his time was over
		await who(missed).dismissed();
		await who(taken).leave();
		await c.dismissed();
		const kinds = async (x) => (await office.story(x)).kinds;
		const { row } = await c.story();

		assert.equal(row.end_reason, 'EXITWITHTIMEOUT');
		assert.ok(time(row.ended_at) - time(row.queued_at) >= 10000 - 5);
		assert.ok(!(await kinds(c.from)).includes('OFFER'));
		inOrder(await kinds(taken), 'OFFER', 'CONNECT', 'HANGUPCALLER');
		inOrder(await kinds(missed), 'OFFER', 'RINGNOANSWER', 'OFFERGONE',
			'EXITWITHTIMEOUT', 'GOODBYE');
	});

test('B1-2: as many ring in one moment as can, each for another', async () => {
	await rests(...staff);
	const three = [await line.waits(), await line.waits(),
		await line.waits()];

	await office.change(members(1));
	for (const op of staff) {
		await op.ask('resume');
		await op.agent('FREE');
	}
	await office.change(members(1, op1, op2, op3)); // one directory
	const heard = await Promise.all(staff.map(rings));

	assert.deepEqual([...heard].sort(), three.map((c) => c.from).sort());
	const at = await Promise.all(three.map(async (c) =>
		(await c.event('OFFER'))[0].at));

	assert.equal(new Set(at).size, 1, at.join());
	for (const op of staff)
		await op.answer();
});

test('B1-3: two answer one caller in one moment: one has him', async () => {
	await rests(op3);
	await queue('strategy = \'ring_all\'');
	for (let i = 0; i < 5; i++) {
		const c = await line.waits();

		await Promise.all([op1, op2].map((op) => op.call('RING', c.from)));
		const done = await Promise.allSettled([op1, op2].map((op) =>
			op.press('answer')));
		const [won] = [op1, op2].filter((_, k) =>
			done[k].status === 'fulfilled');
		const lost = won === op1 ? op2 : op1;

		assert.equal(done.filter((d) => d.status === 'rejected').length, 1);
		await won.call('TALK', c.from);
		await lost.agent('FREE');
		await c.leave();
		const { events } = await c.story();

		assert.deepEqual(events.filter((e) => e.kind === 'CONNECT')
			.map((e) => Number(e.user_id)), [won.id]);
		await won.free();
	}
});

// ---- operators -------------------------------------------------------------

test('B1-4: each reason not to ring stands alone, and ends alone', async () => {
	await rests(op3);
	const offered = async () => {
		const c = await line.waits();

		assert.equal(await rings(op2), c.from);
		const [{ data, user_id: who }] = await c.event('OFFER');

		assert.equal(Number(who), op2.id);
		await op2.answer(c.from);
		await c.leave();
		await op2.free();
		return JSON.parse(data).barred;
	};
	const has = (barred, why) => assert.ok(barred[why]?.includes(op1.id),
		`${why} in ${JSON.stringify(barred)}`);

	await rests(op1);
	has(await offered(), 'paused');
	await op1.ask('mic', { state: 'lost' }); // two at once: the first counts
	has(await offered(), 'unknown');
	await op1.ask('resume');
	has(await offered(), 'unknown');
	await op1.ask('mic', { state: 'back' });
	await rests(op2);
	const c = await line.waits();

	await op1.call('RING', c.from);
	await op2.free();
	has(await offered(), 'ringing');
	await op1.answer(c.from);
	has(await offered(), 'in_use');
	await c.leave();
	await op1.agent('WRAPUP');
	has(await offered(), 'wrapup');
	await op1.ask('ready');
	await op1.ask('finish');
	await op1.agent('INACTIVE');
	has(await offered(), 'unavailable');
	op1.page.close();
	await office.sit(op1);
});

test('B1-5: two rings let go are a break, callers who gave up are none',
	async () => {
		await rests(op2, op3);
		await queue('ring_timeout_s = 5');
		for (let i = 0; i < 3; i++) {
			const c = await line.waits();

			await op1.call('RING', c.from);
			await c.leave();
			await op1.agent('FREE');
		}
		const c = await line.waits();

		await op1.agent('BREAK');
		assert.equal(op1.state.agent.reason, 'MISSED');
		assert.equal((await c.event('RINGNOANSWER')).length, 2);
		await c.leave();
	});

test('B1-6: a refusal rings at the next, the whole ring time, no longer stay',
	async () => {
		await rests(op3);
		await queue('ring_timeout_s = 5, late_action = \'end\', ' +
			'max_wait_s = 12');
		const c = await line.waits();
		const first = op1.state.call ? op1 : op2;
		const next = first === op1 ? op2 : op1;

		await first.call('RING', c.from);
		await lasts(2000); // of the five seconds
		await first.press('reject');
		await next.call('RING', c.from);
		await c.dismissed();
		const { row, events } = await c.story();
		const offers = events.filter((e) => e.kind === 'OFFER');
		const missed = events.find((e) => e.kind === 'RINGNOANSWER' &&
			Number(e.user_id) === next.id);

		assert.deepEqual(offers.slice(0, 2).map((e) => Number(e.user_id)),
			[first.id, next.id]);
		assert.ok(time(missed.at) - time(offers[1].at) >= 5000 - 5);
		assert.equal(row.end_reason, 'EXITWITHTIMEOUT');
		const out = events.find((e) => e.kind === 'EXITWITHTIMEOUT');

		// the ring that was on at the end of his stay was let ring out
		assert.ok(time(out.at) - time(row.queued_at) <= 12000 + 5000 + 1000);
	});

test('B1-7: after-call work is one clock, whatever queue calls next',
	async () => {
		await rests(op2, op3);
		await queue('wrapup_s = 4');
		await queue('wrapup_s = 0', 2);
		const c = await line.waits();

		await op1.answer(c.from);
		const d = await line.waits({ to: OTHER });

		await c.leave();
		await op1.agent('WRAPUP');
		assert.equal(await rings(op1), d.from);
		const [{ at }] = await d.event('OFFER');
		const { row } = await c.story();

		assert.ok(time(at) - time(row.ended_at) >= 4000 - 5);
		await op1.answer(d.from);
		await d.leave();
	});

// ---- rules and line --------------------------------------------------------

test('B1-8: skills widen with the wait, places stay, edits hold for all',
	async () => {
		await rests(...staff);
		await office.change('INSERT IGNORE INTO skill (id, name) VALUES ' +
			'(99, \'язык\'); REPLACE INTO user_skill VALUES ' +
			`(${op1.id}, 99, 1)`);
		await queue('strategy = \'skills\', skill_id = 99, skill_level = 3,' +
			' skill_least = 1, skill_relax_s = 3');
		await op1.free();
		const [a, b] = [await line.waits(), await line.waits()];

		assert.equal(await rings(op1), a.from);
		const [offer] = await a.event('OFFER');

		const [{ at }] = await a.event('ENTERQUEUE');

		assert.ok(time(offer.at) - time(at) >= 6000 - 5);
		await op2.free(); // without the skill, and the rule asks for it
		assert.equal(op2.state.call, null);
		await queue('strategy = \'longest_idle\'');
		assert.equal(await rings(op2), b.from);
		await op1.answer(a.from);
		await op2.answer(b.from);
	});

test('B1-9: nobody may join while all are away, all must leave when all rest',
	async () => {
		await rests(...staff);
		await queue('join_empty = \'paused\', full_action = \'end\'');
		await line.refuses();
		await op1.free();
		const a = await line.waits();

		await op1.answer(a.from);
		await queue('leave_empty = \'paused\', late_action = \'end\'');
		const c = await line.waits(); // one talks: he joins

		await a.leave();
		await op1.agent('WRAPUP');
		await op1.rest(); // after that work
		await op1.ask('ready');
		await op1.agent('BREAK');
		await c.dismissed();
		inOrder((await c.story()).kinds, 'ENTERQUEUE', 'EXITEMPTY', 'GOODBYE');
	});

test('B1-10: the earliest of the heads is next, a head start counts',
	async () => {
		await rests(...staff);
		const [a, b] = [await line.waits({ to: OTHER }),
			await line.waits()];

		await op1.free();
		assert.equal(await rings(op1), a.from, 'the earlier one');
		await op1.answer(a.from);
		await b.leave();
		await a.leave();
		await op1.free();
		await rests(op1);
		const c = await line.waits({ to: OTHER });

		await queue('priority_s = 300'); // of the first queue
		const d = await line.waits();

		await op1.free();
		assert.equal(await rings(op1), d.from, 'the one with a head start');
		await op1.answer(d.from);
		await d.leave();
		await op1.free();
		assert.equal(await rings(op1), c.from, 'and nobody starves');
	});

// ---- what is said ----------------------------------------------------------

async function ear() {
	const media = await Media.open('127.0.0.1');

	media.say(HZ.citizen);
	return media;
}

test('B1-11: words never delay a connection', async () => {
	await rests(...staff);
	const media = await ear();
	const c = await line.waits({ media });

	await media.hears(HZ.position); // a second of it, and more words
	const from = performance.now();

	await op1.free();
	await op1.answer(c.from);
	await media.until((w) => w.tones[HZ.position] < 0.01 &&
		w.tones[HZ.music] < 0.01 && w.missing < 0.2,
	{ tones: [HZ.position, HZ.music], what: 'the operator' });
	const words = performance.now() - from;
	const [offer] = await c.event('OFFER');
	const [told] = await c.event('POSITION');

	assert.ok(time(offer.at) >= time(told.at));
	console.log(`# the operator is heard ${words.toFixed(0)} ms after he is free`);
	await c.leave();
	media.close();
});

test('B1-11: the next words come an interval after the end of the last',
	async () => {
		const INTERVAL = 5;

		await rests(...staff);
		await queue(`position_interval_s = ${INTERVAL}, max_places = 0`);
		const a = await line.waits();
		const media = await ear();
		const b = await line.waits({ media });

		await media.hears(HZ.position);
		await a.leave(); // he has a better one now
		await media.steady(HZ.music, { ms: 3000 });
		await media.hears(HZ.position);
		const told = await b.event('POSITION', (rows) => rows.length === 2);
		const [first, second] = told.map((e) => time(e.at));

		assert.deepEqual(told.map((e) => JSON.parse(e.data).n), [2, 1]);
		// one prompt of them lasts a second
		assert.ok(second - first >= (INTERVAL + 1) * 1000 - 50,
			`${second - first} ms`);
		await b.leave();
		media.close();
	});

test('B1-12: a position that got worse is not told', async () => {
	await rests(op2, op3);
	await queue('position_interval_s = 5');
	const [a, b] = [await line.waits(), await line.waits()];

	await op1.answer(a.from);
	await b.event('POSITION');
	// the one who is given back by the system stands first
	await office.during('phone.resume_s', 1, async () => {
		await op1.ask('bye'); // his page is closed
		op1.page.close();
		await a.event('REQUEUE');
	});
	await lasts(12000); // two intervals
	const told = (await b.event('POSITION')).map((e) => JSON.parse(e.data).n);

	assert.ok(told.every((n, i) => !i || n < told[i - 1]), told.join());
	await office.sit(op1);
	assert.equal(await rings(op1), a.from);
	await op1.answer(a.from);
});

// ---- who gives up ----------------------------------------------------------

test('B1-13: gone in the greeting, in the queue, in the ring: three things',
	async () => {
		await rests(...staff);
		const a = await line.calls();

		await a.leave();
		const b = await line.waits();

		await b.leave();
		await op1.free();
		const c = await line.waits();

		await op1.call('RING', c.from);
		await c.leave();
		const [x, y, z] = await Promise.all([a, b, c].map(async (one) =>
			(await one.story()).row));

		assert.equal(x.end_reason, 'ABANDONGREETING');
		assert.equal(x.queued_at, null);
		assert.deepEqual([y, z].map((r) => r.end_reason),
			['ABANDON', 'ABANDON']);
		assert.ok(y.queued_at && !y.offered_at);
		assert.ok(z.offered_at && !z.answered_at);
	});

test('B1-14: who gave up and calls again has his place, if that is on and ' +
	'the number is one person\'s', async () => {
	await rests(...staff);
	for (const [minutes, from, keeps] of [[0, line.number(), false],
		[5, line.number(), true], [5, '+78652441400', false]]) {
		await queue(`keep_min = ${minutes}`);
		const a = await line.waits({ from });

		await lasts(1000);
		const b = await line.waits();

		await a.leave();
		await a.story();
		const again = await line.waits({ from, nth: 2 });

		await op1.free();
		const head = await rings(op1);

		assert.equal(head, keeps ? from : b.from);
		await op1.answer(head);
		await again.leave();
		await b.leave();
		assert.equal((await again.story()).kinds.includes('KEPTPLACE'), keeps);
		await op1.free();
		await rests(op1);
	}
});

test('B1-15: a number left keeps a place, it overtakes nobody', async () => {
	await rests(...staff);
	const [z, a] = [await line.waits(), await line.waits({ keys: '1' })];

	await a.peer.go(); // he presses 1
	await a.dismissed();
	inOrder((await a.story()).kinds, 'ENTERQUEUE', 'EXITWITHKEY', 'GOODBYE');
	const b = await line.waits();

	await op1.free();
	assert.equal(await rings(op1), z.from);
	await op1.answer(z.from);
	await z.leave();
	await op1.free();
	assert.equal(await rings(op1), a.from);
	assert.equal(op1.state.call.kind, 'callback');
	await op1.press('take');
	await op1.until((s) => s.call?.number !== a.from, 'the place is his');
	await op1.free();
	assert.equal(await rings(op1), b.from);
	await op1.answer(b.from);
});

// ---- how it works ----------------------------------------------------------

test('B1-16: nobody polls: the offer stands in the moment of being free',
	async () => {
		await rests(op2, op3);
		await rests(op1);
		for (let i = 0; i < 5; i++) {
			const c = await line.waits();

			await op1.free();
			await op1.call('RING', c.from);
			const [{ at }] = await c.event('OFFER');
			const [{ free }] = await stack.row('SELECT at AS free FROM ' +
				`agent_event WHERE user_id = ${op1.id} AND state = 'FREE' ` +
				'ORDER BY at DESC LIMIT 1', (rows) => rows.length === 1);

			assert.ok(time(at) - time(free) <= 5, `${free} → ${at}`);
			await c.leave();
			await op1.agent('FREE');
			await rests(op1);
		}
	});

test('B1-18: rules read again and again move nobody and nothing', async () => {
	await rests(...staff);
	const six = [];

	for (let i = 0; i < 6; i++)
		six.push(await line.waits());
	await op1.free();
	await op1.answer(six[0].from);
	const busy = (async () => {
		for (let i = 0; i < 20; i++)
			await office.change('DO 0');
	})();

	for (const c of six.slice(1)) { // in the order they came
		await op2.free();
		assert.equal(await rings(op2), c.from);
		await op2.answer(c.from);
		await c.leave();
		inOrder((await c.story()).kinds, 'ENTERQUEUE', 'OFFER', 'CONNECT',
			'HANGUPCALLER');
	}
	await busy;
	await op1.call('TALK', six[0].from);
	await six[0].leave();
});

// Kinds that change no state: besides the steps no other is written.
const NOTES = ['INVITE', 'POSITION', 'KEPTPLACE', 'RINGNOANSWER',
	'RINGCANCELED', 'RINGTAKEN', 'REJECT', 'DTMF'];

// call.c's own table: "state KIND" -> the next state; KIND stands in kinds.
async function transitions() {
	const { stdout } = await promisify(execFile)(path.join(BUILD,
		'tests/sip/call_table'));
	const rows = stdout.trim().split('\n').map((l) => l.split(' '));

	return { kinds: new Set(rows.map(([, kind]) => kind)),
		next: new Map(rows.map(([from, kind, to]) =>
			[`${from} ${kind}`, to])) };
}

test('B1-17, B1-19: nothing is left behind, every list of events replays',
	async () => {
		await stack.row('SELECT id FROM call_record WHERE ended_at IS NULL',
			(rows) => rows.length === 0);
		await stack.row('SELECT body FROM node_status', (rows) =>
			rows.length > 0 && rows.every(({ body }) => ['calls', 'waiting',
				'talking'].every((what) => JSON.parse(body)[what] === 0)));
		const events = await stack.sql('SELECT e.call_id, e.kind, c.state ' +
			'FROM call_event e JOIN call_record c ON c.id = e.call_id ' +
			`WHERE c.caller LIKE '+7918002%' ORDER BY e.call_id, e.seq`);
		const { kinds, next } = await transitions();
		const last = new Map();

		assert.ok(events.length > 100, `${events.length} events`);
		for (const { call_id: id, kind, state } of events) {
			const at = last.get(id)?.at ?? 'new';
			const to = kinds.has(kind) ? next.get(`${at} ${kind}`) :
				NOTES.includes(kind) && at;

			assert.ok(to, `${kind} in ${at}, ${id}`);
			last.set(id, { state, at: to });
		}
		for (const [id, { state, at }] of last)
			assert.equal(at, state, id);
		const { stdout } = await promisify(execFile)(path.join(BUILD,
			'janus-plugin/otklik-replay'), ['1'], { env: { ...process.env,
			OTKLIK_STATE: stack.state } });

		console.log(`# ${stdout.trim()}`);
	});

await run();
