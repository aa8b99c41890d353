#!/usr/bin/env node
// «Смена сейчас», live: from an event in the engine to the change in the
// supervisor's page, a real Chromium. Events: a call joins the queue, rings at
// an operator, is answered, ends, its operator is free again.
// figures: shift_live_p95_ms
//
// An event's moment is its row's (the engine's clock, ms), the page's that of
// the MutationObserver; both are the machine's. BENCH_CALLS (30) calls.

import assert from 'node:assert/strict';
import { inNamespace, run, test } from '../lab/run.mjs';
import { Desk, HOTLINE, HZ } from '../e2e/desk.mjs';

inNamespace();

const N = Number(process.env.BENCH_CALLS ?? 30);
const TARGET_MS = 200;
const number = (i) => `+7918000${String(1000 + i)}`;
const shown = (i) => `918 000-${String(1000 + i).replace(/(..)(..)/, '$1-$2')}`;

const desk = await Desk.open();
const { phone, stack } = desk;

// Runs in the page: what its tables say from when on.
function watch() {
	const seen = window.benchSeen = [];
	const kinds = new Map();
	const look = () => {
		const t = performance.timeOrigin + performance.now();

		for (const tr of document.querySelectorAll('[data-rows=agents] tr')) {
			const who = tr.querySelector('[data-c=ext]').textContent;

			if (kinds.get(who) !== tr.dataset.kind)
				seen.push({ t, who, what: tr.dataset.kind });
			kinds.set(who, tr.dataset.kind);
		}
		for (const tr of document.querySelectorAll('[data-rows=calls] tr')) {
			const who = tr.querySelector('[data-c=number]').textContent;

			if (!kinds.has(who))
				seen.push({ t, who, what: 'ENTERQUEUE' });
			kinds.set(who, '');
		}
	};

	for (const name of ['agents', 'calls'])
		new MutationObserver(look).observe(
			document.querySelector(`[data-rows=${name}]`),
			{ subtree: true, childList: true, attributes: true,
				characterData: true });
	look();
}

test('live', async () => {
	const op = await desk.active('op1');
	const boss = await desk.sit('super1');

	await boss.click('link', 'Смена сейчас');
	await boss.wait(`return document.querySelector('[data-rows=agents] tr')`,
		15000, 'the operators');
	await boss.eval(watch);
	const [{ now }] = await stack.sql('SELECT NOW(3) AS now');

	for (let i = 0; i < N; i++) {
		const call = await phone.call(HOTLINE, { tone: HZ.citizen,
			from: number(i) });

		await call.answered;
		await op.callState('RING');
		await op.press('Ответить');
		await op.callState('TALK');
		await call.hangup();
		await op.agent('WRAPUP');
		await op.press('Готов');
		await op.agent('FREE');
	}
	await boss.wait(`return window.benchSeen.at(-1).what === 'FREE'`, 15000,
		'the end of it');

	const events = await stack.row(`SELECT ROUND(1000 *
		UNIX_TIMESTAMP(a.at)) AS t, '1001' AS who, a.state AS what
		FROM agent_event a JOIN user_account u ON u.id = a.user_id
		WHERE u.login = 'op1' AND a.at > '${now}' UNION ALL
		SELECT ROUND(1000 * UNIX_TIMESTAMP(e.at)), c.caller, e.kind
		FROM call_event e JOIN call_record c ON c.id = e.call_id
		WHERE e.kind = 'ENTERQUEUE' AND e.at > '${now}' ORDER BY t`,
	(rows) => rows.length >= 5 * N);
	const seen = await boss.eval(() => window.benchSeen);
	const late = {};

	for (const e of events) {
		const who = e.what === 'ENTERQUEUE'
			? shown(Number(e.who.slice(-4)) - 1000) : e.who;
		// the clock of the row has milliseconds
		const page = seen.find((s) => s.t >= Number(e.t) - 1 &&
			s.what === e.what && s.who.includes(who));

		assert.ok(page, `${e.what} of ${who} in the page`);
		(late[e.what] ??= []).push(page.t - Number(e.t));
	}
	for (const [what, list] of Object.entries(late))
		console.log(`${what}: ${list.length}, at most ` +
			`${Math.max(...list).toFixed(0)} ms`);
	const all = Object.values(late).flat().sort((a, b) => a - b);
	const ours = Math.round(all[Math.ceil(all.length * 0.95) - 1]);

	console.log(`p50 ${Math.round(all[all.length >> 1])} ms, worst ` +
		`${Math.round(all.at(-1))} ms`);
	console.log(JSON.stringify({ name: 'shift_live_p95_ms', unit: 'ms', ours,
		rival: null, rival_value: null, ratio: null, target: TARGET_MS,
		holds: ours <= TARGET_MS, n: all.length }));
}, { limit: 600000 });

await run();
