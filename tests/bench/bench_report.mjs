#!/usr/bin/env node
// «Показатели» of a month of full traffic: 30 days of 3,000 calls with all
// their rows (legs, events, states of 60 operators, appeals and their
// history), asked for by the supervisor over HTTP: nginx, a worker, MariaDB.
// figures: report_month_p99_ms
//
// BENCH_REPORTS (100) pages, one after another. Each has another T, so no
// answer is one that was given before.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { named } from '../lab/proc.mjs';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from '../http/pages.mjs';

inNamespace();

const N = Number(process.env.BENCH_REPORTS ?? 100);
const TARGET_MS = 500;
const DAYS = 30, CALLS = 3000, PEOPLE = 60, FIRST_USER = 5000;
const FROM = '2025-03-01', TO = '2025-03-30'; // before the demo's own calls

process.env.LAB_DB_POOL = '1G'; // as in people's installations
const pages = await Pages.open();

finally_(() => pages.close());

// What every row is made of: n is the call, t the moment of its INVITE. The
// calls of a day come every 14.4 s from 08:00 in Moscow on; four in five are
// answered, by the operators in turn, so each has one every 14 minutes.
const BASE = `SELECT seq AS n, seq MOD 5 <> 0 AS answered,
	${FIRST_USER} + seq MOD ${PEOPLE} AS op,
	CAST('${FROM} 05:00:00' + INTERVAL (seq - 1) DIV ${CALLS} DAY
		+ INTERVAL (seq - 1) MOD ${CALLS} * 14400000 MICROSECOND
		AS DATETIME(3)) AS t,
	CAST(CONCAT(LPAD(HEX(seq DIV 65536 + 27000000), 8, '0'), '-',
		LPAD(HEX(seq MOD 65536), 4, '0'), '-7000-8000-',
		LPAD(HEX(CRC32(seq)), 12, '0')) AS UUID) AS id
	FROM seq_1_to_${DAYS * CALLS}`;
const ms = (n) => `t + INTERVAL ${n} * 1000 MICROSECOND`;
const WAIT = '(2000 + n * 7919 MOD 40000)', TALK = '(60000 + n * 104729 MOD 240000)';
const RANG = `(8000 + ${WAIT})`, SPOKE = `(${RANG} + 3000)`;
const END = `IF(answered, ${SPOKE} + ${TALK}, ${RANG})`;

// kind, of whom, when, of which calls
const EVENTS = [
	['INVITE', 'NULL', 0, 1], ['GREETING', 'NULL', 50, 1],
	['ENTERQUEUE', 'NULL', 8000, 1], ['OFFER', 'op', RANG, 'answered'],
	['CONNECT', 'op', SPOKE, 'answered'],
	['HOLD', 'op', `${SPOKE} + 20000`, 'answered AND n MOD 4 = 1'],
	['UNHOLD', 'op', `${SPOKE} + 30000`, 'answered AND n MOD 4 = 1'],
	['HANDOVER', 'op', `${SPOKE} + 40000`, 'answered AND n MOD 20 = 1'],
	['END', 'NULL', END, 1],
];
const WHY = `JSON_OBJECT('rule', 'longest_idle', 'why', REPEAT('x', 400))`;

async function fill() {
	await pages.sql(`SET SESSION foreign_key_checks = 0;
		CREATE TABLE bench_call (n INT PRIMARY KEY, answered INT, op INT,
			t DATETIME(3), id UUID) AS ${BASE};
		INSERT INTO user_account (id, login, password_hash, surname,
			given_name, organization_id, extension)
			SELECT ${FIRST_USER} + seq, CONCAT('bench', seq), '', 'Иванов',
			'Иван', 1, 7000 + seq FROM seq_0_to_${PEOPLE - 1};
		INSERT INTO call_record (id, direction, caller, called, queue_id,
			queue_name, user_id, started_at, greeted_at, queued_at,
			offered_at, answered_at, ended_at, state, end_reason, durations)
			SELECT id, 'IN', CONCAT('+7900', LPAD(n MOD 70000, 7, '0')),
			'+78652000000', 1, 'Горячая линия', IF(answered, op, NULL), t,
			${ms(50)}, ${ms(8000)}, IF(answered, ${ms(RANG)}, NULL),
			IF(answered, ${ms(SPOKE)}, NULL), ${ms(END)}, 'ended',
			IF(answered, 'COMPLETECALLER', 'ABANDON'), IF(answered,
			JSON_OBJECT('greeting', 8000, 'queue', ${WAIT}, 'ring', 3000,
				'talk', ${TALK}), JSON_OBJECT('greeting', 8000, 'queue',
				${WAIT})) FROM bench_call ORDER BY n;
		INSERT INTO call_leg (call_id, seq, kind, peer, started_at, ended_at,
			loss, jitter_ms, rtt_ms, max_gap_ms, mos)
			SELECT id, 1, 'trunk', '', t, ${ms(END)}, 0, 1, 20, 40, 4.3
			FROM bench_call UNION ALL
			SELECT id, 2, 'agent', op, ${ms(RANG)}, ${ms(END)}, 0, 1, 20, 40,
			4.3 FROM bench_call WHERE answered`);
	for (const [i, [kind, who, when, of]] of EVENTS.entries())
		await pages.sql(`INSERT INTO call_event (call_id, seq, at, kind,
			user_id, data) SELECT id, ${i + 1}, ${ms(when)}, '${kind}',
			${who}, ${kind === 'OFFER' ? WHY : 'NULL'} FROM bench_call
			WHERE ${of} ORDER BY n`);
	for (const [i, [state, when]] of [['RINGING', RANG], ['TALKING', SPOKE],
		['WRAPUP', END], ['FREE', `${END} + 30000`]].entries())
		await pages.sql(`INSERT INTO agent_event (id, user_id, at, state)
			SELECT CONCAT('0194000${i}', SUBSTR(id, 9)), op, ${ms(when)},
			'${state}' FROM bench_call WHERE answered ORDER BY n`);
	// three answered calls in four are registered; the rest was a question
	await pages.sql(`SET SESSION foreign_key_checks = 0;
		INSERT INTO appeal (id, number, status, type, theme_code, phone,
			author_id, assignee_id, organization_id, due_date, registered_at,
			closed_at) SELECT 1000000 + n, CONCAT('26-25-', n), IF(n MOD 7,
			'CLOSED', 'DEFERRED'), 'Консультация', (SELECT code FROM theme
			WHERE type = 'Консультация' ORDER BY code LIMIT 1), CONCAT('+7900',
			LPAD(n MOD 70000, 7, '0')), op, op, 1, DATE(t) + INTERVAL 30 DAY,
			${ms(END)}, IF(n MOD 7, ${ms(`${END} + 20000`)}, NULL)
			FROM bench_call WHERE answered AND n MOD 4;
		INSERT INTO appeal_call (appeal_id, call_id) SELECT 1000000 + n, id
			FROM bench_call WHERE answered AND n MOD 4;
		INSERT INTO appeal_history (appeal_id, at, user_id, event,
			from_status, to_status) SELECT 1000000 + n, ${ms(END)}, op,
			'REGISTER', 'DRAFT', IF(n MOD 7, 'IN_PROGRESS', 'DEFERRED')
			FROM bench_call WHERE answered AND n MOD 4 UNION ALL
			SELECT 1000000 + n, ${ms(`${END} + 20000`)}, op, 'CLOSE',
			'IN_PROGRESS', 'CLOSED' FROM bench_call
			WHERE answered AND n MOD 4 AND n MOD 7;
		DROP TABLE bench_call`);
	await pages.sql(`ANALYZE TABLE call_record, call_event, agent_event,
		appeal, appeal_call, appeal_history`);
}

// What the database and the workers have used so far, ms.
const used = () => [...named('mariadbd'), ...named('otklik-pages')]
	.map((p) => readFileSync(`/proc/${p.pid}/stat`, 'latin1'))
	.map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
	.reduce((sum, f) => sum + 10 * (Number(f[11]) + Number(f[12])), 0);

test('a month of figures', async () => {
	await fill();
	const boss = await Person.in('super1');
	const times = [];
	let before;

	for (let i = -3; i < N; i++) { // the first ones read it from disk
		if (!i)
			before = used();
		const begun = performance.now();
		const page = await boss.get(
			`/report?from=${FROM}&to=${TO}&t=${20 + i + 3}`);

		assert.equal(page.status, 200);
		assert.match(page.text, RegExp('data-figure="Inbound"[^]*?' +
			`class="value">${DAYS * CALLS}<`));
		if (i >= 0)
			times.push(performance.now() - begun);
	}
	times.sort((a, b) => a - b);
	const ours = Math.round(times[Math.ceil(N * 0.99) - 1]);

	console.log(`p50 ${Math.round(times[N >> 1])} ms; processor time ` +
		`${Math.round((used() - before) / N)} ms a page`);
	console.log(JSON.stringify({ name: 'report_month_p99_ms', unit: 'ms', ours,
		rival: null, rival_value: null, ratio: null, target: TARGET_MS,
		holds: ours <= TARGET_MS, n: N }));
}, { limit: 900000 });

await run();
