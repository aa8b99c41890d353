#!/usr/bin/env node
// MariaDB goes away in mid-talk, stopped or frozen: the talk does not notice,
// the page says so, and everything arrives once it is back (D8).
// limit: 300 s

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inNamespace, lasts, run, test } from '../lab/run.mjs';
import { named } from '../lab/proc.mjs';
import { Desk, HZ } from '../e2e/desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;
// not waited for in this thread: the telephone speaks in it
const sv = (what) => promisify(execFile)('sv', ['-w', '30', what,
	path.join(stack.state, 'sv/mariadb')]);
let op;

const AWAY = {
	// an administrator stops it, and starts it again
	stopped: { away: () => sv('down'), back: () => sv('up') },
	// it takes connections and never answers; killed, the supervisor starts
	// the next one
	frozen: {
		away: () => process.kill(named('mariadbd')[0].pid, 'SIGSTOP'),
		back: () => process.kill(named('mariadbd')[0].pid, 'SIGKILL'),
	},
};

const healthz = () => op.eval(async () => (await fetch('/healthz')).status);

// The page's own answer, waited for: a worker may need its time-out first.
async function health(status, within) {
	const end = performance.now() + within;
	let got;

	do
		got = await healthz();
	while (got !== status && performance.now() < end);
	assert.equal(got, status);
}

// What stands in the journal after a talk with one hold.
async function whole(from, kinds) {
	const row = await desk.journal(from, (r) => r.ended_at,
		{ within: 30000 });

	assert.equal(row.state, 'ended');
	const events = await stack.sql('SELECT seq, kind FROM call_event ' +
		`WHERE call_id = '${row.id}' ORDER BY seq`);

	assert.deepEqual(events.map((e) => Number(e.seq)),
		events.map((_, i) => i + 1));
	// an operator slow to answer his question leaves time for a position
	assert.deepEqual(events.map((e) => e.kind)
		.filter((k) => k !== 'POSITION'), kinds);
	const spent = Object.values(JSON.parse(row.durations))
		.reduce((a, b) => a + b, 0);
	const ms = Date.parse(row.ended_at) - Date.parse(row.started_at);

	assert.ok(Math.abs(spent * 1000 - ms) < 100 || Math.abs(spent - ms) < 100,
		`${row.durations} of ${ms} ms`);
	const [rec] = await stack.row('SELECT r.path, e.samples, e.reason ' +
		'FROM recording r JOIN recording_end e ON e.recording_id = r.id ' +
		`WHERE r.call_id = '${row.id}'`, (rows) => rows.length === 1);

	assert.equal(rec.reason, 'closed');
	assert.ok(existsSync(path.join(stack.state, 'rec', rec.path)));
	assert.ok(Math.abs(rec.samples / 8 - ms) < 1000,
		`${rec.samples} samples in ${ms} ms`);
	const [leg] = await stack.sql('SELECT kind, peer, mos FROM call_leg ' +
		`WHERE call_id = '${row.id}'`);

	assert.equal(leg.kind, 'WEB');
	assert.ok(leg.mos > 2 && JSON.parse(row.quality).mos > 2);
}

for (const [how, { away, back }] of Object.entries(AWAY)) {
	const first = `+7918000004${how === 'frozen' ? 3 : 1}`;
	const second = `+7918000004${how === 'frozen' ? 4 : 2}`;
	const text = `Записано без базы: ${how}`;
	let call;

	test(`${how}: the talk goes on, hold and hang-up work`, async () => {
		op ??= await desk.active('op1');
		call = await desk.talk(op, { from: first });
		await op.press('Добавить');
		await op.sees('Черновик обращения');
		await op.until((s) => s.call?.card, { what: 'the card is the call\'s' });
		await desk.hearEachOther(call, op);
		const from = performance.now();

		await away();
		await op.fill('Краткое описание', text);
		await op.sees('Нет связи с сервером. Черновик сохранён в этом окне',
			{ within: 60000 });
		await op.shot(`database-${how}`);
		await desk.hearEachOther(call, op);
		await op.press('Пауза');
		await call.media.hears(HZ.music);
		await op.press('Продолжить');
		await desk.hearEachOther(call, op);
		const silence = call.media.longestSilence(from);

		assert.ok(silence < 500, `${silence} ms of silence`);
		await health(503, 30000);
		await op.press('Сброс');
		assert.match((await call.ended).why, /^BYE theirs/);
		await desk.free(op);
	}, { limit: 90000 });

	test(`${how}: the next citizen is answered all the same`, async () => {
		const next = await desk.talk(op, { from: second });

		await lasts(1000);
		await desk.end(next, op);
	});

	test(`${how}: nobody leaves the card unasked`, async () => {
		await op.click('link', 'К журналу');
		const from = performance.now();

		await op.press('Остаться', { within: 30000 });
		const asked = performance.now() - from;

		assert.ok(asked < 15000, `asked after ${asked} ms`);
		assert.equal(await op.eval(() => document.querySelector(
			'form[data-draft] textarea').value), text);
	}, { limit: 90000 });

	test(`${how}: when it is back, the draft is saved by itself`, async () => {
		const { card } = await op.eval(() => ({ card:
			location.pathname.split('/')[2] }));

		await back();
		await op.wait(`return /Черновик сохранён в \\d/.test(
			document.querySelector('[data-draft-state]').textContent)`,
		60000, 'the draft saved');
		const [row] = await stack.sql('SELECT status, description FROM ' +
			`appeal WHERE id = ${card}`);

		assert.equal(row.description, text);
		assert.equal(row.status, 'DRAFT');
		await health(200, 30000);
	}, { limit: 90000 });

	test(`${how}: and the journal of both calls is whole`, async () => {
		await whole(first, ['INVITE', 'ACCEPT', 'ENTERQUEUE', 'OFFER',
			'CONNECT', 'CARD', 'HOLD', 'UNHOLD', 'HANGUPAGENT']);
		await whole(second, ['INVITE', 'ACCEPT', 'ENTERQUEUE', 'OFFER',
			'CONNECT', 'HANGUPCALLER']);
		assert.equal((await op.state()).agent.state, 'FREE');
	});
}

test('and a call after all that is an ordinary one', async () => {
	const last = await desk.talk(op, { from: '+79180000045' });

	await desk.end(last, op);
	await desk.journal('+79180000045');
	await op.press('Завершить');
	await desk.away(op);
});

await run();
