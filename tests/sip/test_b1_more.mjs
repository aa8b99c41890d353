#!/usr/bin/env node
// limit: 500 s
// More of what a good queue does (ANCHORS B1), with citizens of sipp: each of
// the conditions under which it counts as empty, after-call work of both when
// a call was handed over, a process or a database that stands still, a process
// that dies.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { Office, inOrder } from '../lab/office.mjs';
import { Queue, members, rests, rings, time } from '../lab/queue.mjs';
import { PATIENCE, inNamespace, lasts, run, test as bare } from '../lab/run.mjs';

inNamespace();

const OTHER = '+78652000001'; // leads to queue 2
const office = await Office.open();
const { stack } = office;
const [op1, op2] = [await office.operator('op1'), await office.operator('op2')];
const line = new Queue(office, '+7918003');
const asSeeded = await line.asIs();

async function id(login) {
	const [row] = await stack.sql('SELECT id FROM user_account WHERE ' +
		`login = '${login}'`);

	return { id: Number(row.id) };
}

// Both serve the first queue, the first of them the other one, too.
function test(name, body) {
	bare(name, async () => {
		await office.change(`${asSeeded}; ${members(1, op1, op2)}; ` +
			`${members(2, op1)}; UPDATE inbound_route SET hours_id = NULL, ` +
			`queue_id = 2 WHERE number = '${OTHER}'`);
		try {
			await body();
		} finally {
			await line.clear();
			for (const op of [op1, op2]) {
				await op.free();
				await op.agent('FREE');
			}
		}
	});
}

// ---- an empty queue --------------------------------------------------------

const CONDITIONS = ['invalid', 'unavailable', 'ringing', 'in_use', 'unknown',
	'wrapup', 'paused', 'penalty'];

// His only caller is one of the other queue.
async function busy() {
	const c = await line.waits({ to: OTHER });

	await op1.call('RING', c.from);
	return c;
}

async function talks() {
	const c = await busy();

	await op1.answer(c.from);
	return c;
}

// What puts the only member under a condition, and who he is; afterwards.
const UNDER = {
	// the auditor's role has no telephone
	invalid: async () => office.change(members(1, await id('auditor'))),
	unavailable: async () => office.change(members(1, await id('rep12'))),
	ringing: busy,
	in_use: talks,
	unknown: () => op1.ask('mic', { state: 'lost' }),
	wrapup: async () => {
		const c = await talks();

		await c.leave();
		await op1.agent('WRAPUP');
	},
	paused: () => rests(op1),
	penalty: async () => {
		await office.change('INSERT IGNORE INTO skill (id, name) VALUES ' +
			'(98, \'жесты\')');
		await line.set('strategy = \'skills\', skill_id = 98, ' +
			'skill_level = 3, skill_least = 3');
	},
};
const AFTER = { unknown: () => op1.ask('mic', { state: 'back' }) };

const others = (...of) => CONDITIONS.filter((c) => !of.includes(c)).join();

// What the first queue does with who calls, and with who waits.
async function counts(...of) {
	await line.set(`join_empty = '${of}', full_action = 'end'`);
	await line.refuses();
	await line.set(`join_empty = '${others(...of)}', leave_empty = '${
		others(...of)}', late_action = 'end'`);
	const c = await line.waits();
	const before = Date.now();

	await line.set(`leave_empty = '${of}'`);
	await c.dismissed();
	const { kinds, events } = await c.story();
	const out = events.find((e) => e.kind === 'EXITEMPTY');

	assert.ok(time(out.at) >= before, 'he could have stayed');
	inOrder(kinds, 'ENTERQUEUE', 'EXITEMPTY', 'GOODBYE');
	assert.ok(!kinds.includes('OFFER'), kinds.join(' '));
}

for (const condition of CONDITIONS)
	test(`B1-9: empty by «${condition}» alone, to who calls and to who waits`,
		async () => {
			await office.change(`${members(1, op1)}; UPDATE queue SET ` +
				'ring_timeout_s = 60, wrapup_s = 120 WHERE id = 2');
			await UNDER[condition]();
			try {
				await counts(condition);
			} finally {
				await AFTER[condition]?.();
			}
		});

test('B1-9: away each in his own way: empty by both conditions only',
	async () => {
		await rests(op1);
		await op2.ask('mic', { state: 'lost' });
		try {
			for (const one of ['paused', 'unknown']) {
				await line.set(`join_empty = '${one}', leave_empty = '${one}'`);
				const c = await line.waits();

				await c.leave();
				assert.equal((await c.story()).row.end_reason, 'ABANDON');
			}
			await counts('paused', 'unknown');
		} finally {
			await op2.ask('mic', { state: 'back' });
		}
	});

// ---- after-call work -------------------------------------------------------

test('B1-7: a call handed over leaves after-call work to both, each his own',
	async () => {
		const [{ extension }] = await stack.sql('SELECT extension FROM ' +
			`user_account WHERE id = ${op2.id}`);

		await line.set('wrapup_s = 4');
		await line.set('wrapup_s = 0', 2);
		await rests(op2);
		const c = await line.waits();

		await op1.answer(c.from);
		await op2.free();
		await op1.press('transfer', { to: extension, mode: 'consult' });
		await op2.call('RING');
		await op2.press('answer');
		await op1.press('complete');
		await op1.agent('WRAPUP');
		const d = await line.waits({ to: OTHER });

		assert.equal(await rings(op1), d.from);
		const begins = async (op) => (await stack.row('SELECT at, state FROM ' +
			`agent_event WHERE user_id = ${op.id} AND state = 'WRAPUP' ` +
			'ORDER BY at DESC LIMIT 1', ([row]) => row))[0].at;
		const offered = async (x) => time((await x.event('OFFER')).at(-1).at);

		assert.ok(await offered(d) - time(await begins(op1)) >= 4000 - 5);
		await op1.answer(d.from); // and is busy for what comes
		await c.leave();
		await op2.agent('WRAPUP');
		const e = await line.waits();

		assert.equal(await rings(op2), e.from);
		assert.ok(await offered(e) - time(await begins(op2)) >= 4000 - 5);
		inOrder((await c.story()).kinds, 'CONNECT', 'HANDOVER',
			'HANGUPCALLER');
	});

// ---- one thread, no rows to be stale ---------------------------------------

const threads = () => readdirSync(`/proc/${stack.pid('janus')}/task`).length;

async function media() {
	const { stdout } = await promisify(execFile)('curl',
		['-sk', `${stack.url}/healthz`]);

	return JSON.parse(stdout).media;
}

// As who watches the machine sees it, asking again and again.
async function told(what) {
	const end = performance.now() + PATIENCE;

	while (await media() !== what)
		assert.ok(performance.now() < end, `media is not ${what}`);
}

// Stopped for so long; nothing of it is lost.
async function frozen(name, body) {
	const pid = stack.pid(name);

	process.kill(pid, 'SIGSTOP');
	try {
		return await body();
	} finally {
		process.kill(pid, 'SIGCONT');
	}
}

test('B1-17: no thread for who waits; a process that stands still is told',
	async () => {
		await rests(op1, op2);
		const all = [await line.waits()];
		const one = threads();

		for (let i = 0; i < 8; i++)
			all.push(await line.waits());
		assert.equal(threads(), one);
		await told('up');
		await frozen('janus', () => told('down'));
		await told('up');
		await op1.free();
		for (const c of all.slice(0, 3)) { // as they came
			assert.equal(await rings(op1), c.from);
			await op1.answer(c.from);
			await c.leave();
			await op1.ready();
		}
	});

test('B1-17: the database stands still, nobody waits for it', async () => {
	await rests(op2);
	const all = await frozen('mariadbd', async () => {
		const two = [];

		for (let i = 0; i < 2; i++) {
			const c = await line.calls();

			await op1.answer(c.from);
			await c.leave();
			await op1.ready();
			two.push(c);
		}
		return two;
	});
	const thawed = Date.now();

	for (const c of all) {
		const { row, kinds } = await c.story();

		inOrder(kinds, 'INVITE', 'ACCEPT', 'ENTERQUEUE', 'OFFER', 'CONNECT',
			'HANGUPCALLER');
		assert.ok(time(row.ended_at) <= thawed, row.ended_at);
		assert.equal(row.state, 'ended');
	}
});

// ---- a process that dies ---------------------------------------------------

// As a page does it: until it is let in.
async function watches(who) {
	const end = performance.now() + 2 * PATIENCE;

	for (;;) {
		try {
			return await office.watch(who);
		} catch (err) {
			assert.ok(performance.now() < end, err);
			who.page.close();
			await lasts(200);
		}
	}
}

const FIGURES = ['offered', 'answered', 'within', 'abandoned'];

test('B1-18: after a restart: who serves what, left numbers, the day\'s figures',
	async () => {
		const chief = await office.watcher('super1');
		const figures = ({ queues }) => FIGURES.map((f) => queues[1][f]);
		const shows = (...more) => {
			const want = was.map((n, i) => n + more[i]).join();

			return chief.board((b) => figures(b).join() === want,
				`${FIGURES}: ${want}`);
		};
		const assign = (queue) => chief.ask('assign', { user: op2.id, queue,
			reason: 'на сегодня' });
		const was = figures(chief.shift);

		await rests(op2);
		const answered = await line.waits();

		await op1.answer(answered.from);
		const left = await line.waits({ keys: '1' });

		await left.peer.go(); // he presses 1
		await left.dismissed();
		const gone = await line.waits();

		await gone.leave();
		const cut = [answered, await line.waits(), await line.waits()];

		await Promise.all([left, gone].map((c) => c.story()));
		await assign(2);
		await stack.row('SELECT id FROM supervisor_action', (rows) =>
			rows.length === 1);
		await shows(5, 1, 1, 1); // who left his number is not lost
		for (const who of [op1, op2, chief])
			who.page.close();
		process.kill(stack.pid('janus'), 'SIGKILL');
		await watches(chief);
		try {
			await shows(5, 1, 1, 3); // who was cut off is
			for (const c of cut)
				assert.equal((await c.story()).row.end_reason, 'INTERRUPTED');
			await line.waits({ to: OTHER }); // not before the number
		} finally {
			await office.sit(op1);
			await office.sit(op2);
			assert.equal(await rings(op1), left.from);
			assert.equal(op1.state.call.kind, 'callback');
			await op1.press('take');
		}
		await rings(op2); // though a member of the first queue only
		await assign(0);
		chief.page.close();
	});

await run();
