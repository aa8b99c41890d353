#!/usr/bin/env node
// The recordings of the demo: made from nothing but the demo's calls, evidence
// like any other, and heard by those who may. limit: 120 s

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BUILD, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { readWav } from '../lab/tone.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();
const rec = path.join(pages.dir, 'rec');

finally_(() => pages.close());

// As `make run` does after the migration.
const make = () => execFileSync(
	path.join(BUILD, 'janus-plugin/otklik-demo-recordings'),
	[path.join(BUILD, 'prompts'), path.join(BUILD, 'dialogues')],
	{ env: pages.env, encoding: 'utf8' });
const rows = () => pages.sql(`SELECT r.id, r.path, e.samples, e.bytes,
	LOWER(HEX(e.head)), TIMESTAMPDIFF(MICROSECOND, c.started_at, c.ended_at),
	r.started_at = c.started_at AND e.ended_at = c.ended_at
	FROM recording r JOIN recording_end e ON e.recording_id = r.id
	JOIN call_record c ON c.id = r.call_id ORDER BY r.id`);
const verified = () => execFileSync(path.join(BUILD, 'cgi/otklik-verify'),
	[rec], { encoding: 'utf8' }).trim().split('\n').sort();
let known;

test('60 to 120 calls of 10 to 40 s, each with its whole recording',
	async () => {
		make();
		known = await rows();
		assert.ok(known.length >= 60 && known.length <= 120,
			`${known.length} recordings`);
		for (const [id, where, samples, bytes, , us, same] of known) {
			assert.ok(samples >= 80000 && samples <= 320000, samples);
			assert.equal(Number(samples), us * 8 / 1000, id);
			assert.equal(Number(bytes), 58 + 2 * samples);
			assert.equal(readFileSync(path.join(rec, where)).length,
				Number(bytes));
			assert.equal(same, '1', id);
		}
		assert.equal(await pages.one(`SELECT COUNT(DISTINCT a.status) >= 4
			FROM recording r JOIN appeal_call l ON l.call_id = r.call_id
			JOIN appeal a ON a.id = l.appeal_id`), '1');
	});

test('each verifies with the head that its row has', () => {
	const said = verified();

	assert.match(said.shift(), new RegExp(`^${known.length} checked, 0 broken$`));
	assert.deepEqual(said.map((line) =>
		line.match(/^ok (\S+) .* head (\S+)$/).slice(1)),
	known.map(([id, , , , head]) => [id, head]));
});

test('a second run leaves them alone; what has no row is made the same',
	async () => {
		const before = verified();
		const [[id, where]] = known;
		const old = readFileSync(path.join(rec, where));

		make();
		assert.deepEqual(await rows(), known);
		// a start that was killed before its rows
		await pages.sql(`DELETE FROM recording_end WHERE recording_id = '${id}';
			DELETE FROM recording WHERE id = '${id}'`);
		cpSync(path.join(rec, known[1][1]), path.join(rec, where));
		make();
		assert.deepEqual(await rows(), known);
		assert.deepEqual(verified(), before);
		assert.ok(old.equals(readFileSync(path.join(rec, where))));
	});

test('greeting, music and operator on the right, the citizen on the left',
	async () => {
		const [[where, queued, talk]] = await pages.sql(`SELECT r.path,
			TIMESTAMPDIFF(MICROSECOND, c.started_at, c.queued_at) / 125,
			TIMESTAMPDIFF(MICROSECOND, c.started_at, c.answered_at) / 125
			FROM recording r JOIN call_record c ON c.id = r.call_id
			WHERE c.answered_at IS NOT NULL LIMIT 1`);
		const { rate, channels: [left, right] } = readWav(
			readFileSync(path.join(rec, where)));
		const loud = (list, from, to) => Math.sqrt(list.slice(from, to)
			.reduce((sum, v) => sum + v * v, 0) / (to - from));

		assert.equal(rate, 8000);
		assert.ok(loud(right, 0, queued) > 0.03, 'greeting');
		assert.ok(loud(right, queued, talk) > 0.03, 'music');
		assert.ok(loud(right, talk, right.length) > 0.01, 'operator');
		assert.ok(loud(left, 0, talk) < 0.001, 'nobody speaks yet');
		assert.ok(loud(left, talk, left.length) > 0.01, 'citizen');
	});

test('heard in row and card by those who may, and by nobody else',
	async () => {
		const [[id, appeal, length]] = await pages.sql(`SELECT r.id, a.id,
			e.bytes FROM recording r JOIN recording_end e
			ON e.recording_id = r.id JOIN call_record c ON c.id = r.call_id
			JOIN user_account u ON u.id = c.user_id JOIN appeal_call l
			ON l.call_id = c.id JOIN appeal a ON a.id = l.appeal_id
			WHERE u.login = 'op1' AND a.status = 'IN_PROGRESS'
			AND a.author_id = a.assignee_id LIMIT 1`);
		const op = await Person.in('op1');
		const player = `src="/recording/${id}"`;
		const number = await pages.one(`SELECT number FROM appeal
			WHERE id = ${appeal}`);

		assert.ok((await op.get(`/appeal/${appeal}`)).text.includes(player));
		assert.ok((await op.get(`/?number=${number}`)).text.includes(player));
		const heard = await op.get(`/recording/${id}`);

		assert.equal(heard.status, 200);
		assert.equal(heard.headers['content-type'], 'audio/wav');
		assert.equal(heard.bytes.length, Number(length));
		assert.equal(heard.bytes.toString('latin1', 0, 4), 'RIFF');
		for (const login of ['spec1', 'rep1', 'director', 'security'])
			assert.equal((await (await Person.in(login))
				.get(`/recording/${id}`)).status, 403, login);
	});

await run();
