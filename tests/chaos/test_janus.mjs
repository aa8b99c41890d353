#!/usr/bin/env node
// kill -9 of Janus in mid-talk: what was said is kept, who was cut off stands
// as a call-back, and everybody works on without a click.
// limit: 240 s

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { BUILD, PATIENCE, inNamespace, lasts, run, test } from '../lab/run.mjs';
import { readWav, windows } from '../lab/tone.mjs';
import { named } from '../lab/proc.mjs';
import { Desk, HZ } from '../e2e/desk.mjs';

inNamespace();

const FROM = '+79180000021';
const desk = await Desk.open();
const { stack } = desk;
let op, resting, call, killed;

function killJanus() {
	const [old] = named('janus');

	process.kill(old.pid, 'SIGKILL');
	return old.pid;
}

test('the page says so and is active again without a click', async () => {
	op = await desk.active('op1', { engine: 'firefox' });
	resting = await desk.active('op2');
	await resting.press('Перерыв');
	await resting.click('menuitem', 'Обед');
	await resting.agent('BREAK');
	call = await desk.talk(op, { from: FROM });
	await lasts(5000);
	const talked = await stack.row('SELECT id FROM call_record WHERE ' +
		`caller = '${FROM}' AND state = 'talk'`, (rows) => rows.length);

	assert.equal(talked.length, 1);
	const { boot } = await op.state();
	const before = performance.now();
	const pid = killJanus();

	killed = Date.now();
	await op.sees('Связь восстанавливается');
	const told = performance.now() - before;

	await op.until((s, old) => s.boot !== old, { arg: boot, within: 2 * PATIENCE,
		what: 'the state of the next Janus' });
	await op.until((s) => s.agent.state === 'FREE' && s.agent.leg === 'up',
		{ what: 'FREE with a leg' });
	const back = performance.now() - before;

	console.log(`# told after ${told.toFixed(0)} ms, ` +
		`active after ${back.toFixed(0)} ms`);
	assert.notEqual(named('janus')[0].pid, pid);
	await op.sees('Активен');
});

test('who had a break has it still', async () => {
	await resting.until((s) => s.agent.leg === 'up' &&
		s.agent.state === 'BREAK' && s.agent.reason === 'LUNCH',
	{ what: 'the same break' });
	await resting.press('Закончить перерыв');
	await resting.agent('FREE');
	await resting.press('Завершить');
	await desk.away(resting);
});

test('the call is closed with a reason, and so is the shift', async () => {
	const row = await desk.journal(FROM);

	assert.equal(row.end_reason, 'INTERRUPTED');
	assert.equal(row.state, 'ended');
	assert.ok(row.answered_at);
	const events = await stack.sql('SELECT seq, kind FROM call_event WHERE ' +
		`call_id = '${row.id}' ORDER BY seq`);

	assert.equal(events.at(-1).kind, 'INTERRUPTED');
	assert.deepEqual(events.map((e) => Number(e.seq)),
		events.map((_, i) => i + 1));
	const ended = Date.parse(`${row.ended_at.replace(' ', 'T')}Z`);

	// the database knows the last node_status, one each 5 s
	assert.ok(ended <= killed && ended > killed - 12000,
		`ended ${killed - ended} ms before the kill`);
	const rows = await desk.shifts('op1', (list) => list.length === 2);

	assert.equal(rows.length, 2);
	assert.equal(rows[0].reason, 'INTERRUPTED');
	assert.equal(rows[1].ended_at, null);
});

test('its recording is whole to the last second and verifies', async () => {
	const { id } = await desk.journal(FROM);
	const [rec] = await stack.row('SELECT r.path, r.started_at, e.samples, ' +
		'e.reason, LOWER(HEX(e.head)) AS head FROM recording r ' +
		'JOIN recording_end e ON e.recording_id = r.id ' +
		`WHERE r.call_id = '${id}'`, (rows) => rows.length === 1);
	const file = path.join(stack.state, 'rec', rec.path);
	const said = execFileSync(path.join(BUILD, 'cgi/otklik-verify'), [file],
		{ encoding: 'utf8' });

	assert.equal(rec.reason, 'recovered');
	assert.match(said, /^ok /);
	assert.ok(said.includes(`head ${rec.head}`), `${said} and ${rec.head}`);

	const started = Date.parse(`${rec.started_at.replace(' ', 'T')}Z`);
	const lost = killed - started - rec.samples / 8;

	console.log(`# ${lost.toFixed(0)} ms before the kill are lost`);
	assert.ok(lost < 2000, `${lost} ms are lost`);
	const { rate, channels: [left, right] } = readWav(readFileSync(file));

	assert.equal(rate, 8000);
	assert.equal(left.length, Number(rec.samples));
	// both in the last second, each on his own side
	for (const [side, hz] of [[left, HZ.citizen], [right, op.hz]])
		assert.ok(windows(side.slice(-rate), [hz]).filter((w) =>
			w.tones[hz] > 0.03).length >= 8, `${hz} Hz in the last second`);
});

test('the browser plays it to its end', async () => {
	const { id } = await desk.journal(FROM);
	const [rec] = await stack.sql('SELECT r.id, e.samples FROM recording r ' +
		'JOIN recording_end e ON e.recording_id = r.id ' +
		`WHERE r.call_id = '${id}'`);
	const length = await op.eval((src) => new Promise((done, fail) => {
		const audio = new Audio(src);

		audio.onerror = () => fail(new Error(audio.error.message));
		audio.onloadedmetadata = () => {
			audio.currentTime = audio.duration - 0.7;
			audio.play();
		};
		audio.onended = () => done(audio.duration);
	}), `/recording/${rec.id}`);

	assert.ok(Math.abs(length - rec.samples / 8000) < 0.1, `${length} s`);
});

test('the citizen stands as a call-back nobody has taken yet', async () => {
	const { id } = await desk.journal(FROM);
	const [appeal] = await stack.row('SELECT a.status, a.assignee_id, ' +
		'a.phone FROM appeal a JOIN appeal_call c ON c.appeal_id = a.id ' +
		`WHERE c.call_id = '${id}'`, (rows) => rows.length > 0);

	assert.equal(appeal.status, 'DEFERRED');
	assert.equal(appeal.assignee_id, null);
	assert.equal(appeal.phone, FROM);
});

test('the old line is told, a new call is answered as ever', async () => {
	await call.hangup(); // his BYE finds nobody, and is answered
	const next = await desk.talk(op, { from: '+79180000022' });

	await desk.end(next, op);
	const row = await desk.journal('+79180000022');

	assert.equal(row.end_reason, 'COMPLETECALLER');
	assert.deepEqual(await stack.sql('SELECT id FROM call_record WHERE ' +
		'ended_at IS NULL'), []);
});

test('pages loaded again while Janus is down are active when it is up',
	async () => {
		const sv = (what) => promisify(execFile)('sv', ['-w', '30', what,
			path.join(stack.state, 'sv/janus')]);

		resting = await desk.active('op2');
		const { boot } = await op.state();

		await sv('down');
		for (const b of [op, resting]) {
			await b.sees('Связь восстанавливается');
			await b.reload();
			await b.sees('Связь восстанавливается');
			assert.equal(await b.state(), null);
		}
		await sv('up');
		for (const b of [op, resting]) {
			await b.until((s, old) => s.boot !== old &&
				s.agent.state === 'FREE' && s.agent.leg === 'up',
			{ arg: boot, within: 2 * PATIENCE, what: 'FREE with a leg' });
			await b.sees('Активен');
		}
		await resting.press('Завершить');
		await desk.away(resting);
		const next = await desk.talk(op, { from: '+79180000023' });

		await desk.end(next, op);
		await op.press('Завершить');
		await desk.away(op);
	});

await run();
