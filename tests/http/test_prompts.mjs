#!/usr/bin/env node
// The fund's own prompts over HTTP: uploaded, converted by otklik-jobs,
// listened to, put in force. limit: 300 s

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync,
	writeFileSync } from 'node:fs';
import path from 'node:path';
import { PATIENCE, ROOT, deadline, finally_, inNamespace, run, test }
	from '../lab/run.mjs';
import { readWav, windows } from '../lab/tone.mjs';
import { Pages, Person, request } from './pages.mjs';

inNamespace();

const pages = await Pages.open();
const dir = path.join(pages.dir, 'files/prompts');

mkdirSync(dir, { recursive: true });
mkdirSync(path.join(pages.dir, 'prompts'), { recursive: true });
const jobs = pages.start(path.join(ROOT, 'build/cgi/otklik-jobs'), []);

finally_(async () => {
	jobs.kill('SIGTERM');
	await deadline(jobs.gone, PATIENCE, 'otklik-jobs gone');
	await pages.close();
});

const people = {};
const BOUNDARY = 'x7MA4YWxkTrZu0gW';
const PROMPTS = '/admin/prompts';

function upload(login, use, files, fields = { name: 'Пробная' }, more = {}) {
	const parts = [];
	const p = people[login];

	for (const [name, value] of Object.entries(fields))
		parts.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
			`name="${name}"\r\n\r\n`, value, '\r\n');
	for (const [name, bytes] of files)
		parts.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
			`name="file"; filename="${name}"\r\nContent-Type: audio/x\r\n` +
			'\r\n', bytes, '\r\n');
	parts.push(`--${BOUNDARY}--\r\n`);
	const bytes = Buffer.concat(parts.map((b) => Buffer.from(b)));

	return request('POST', `/bulk${PROMPTS}/${use}`, p.headers({
		'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
		'content-length': bytes.length, 'x-csrf': p.csrf, ...more }), bytes);
}

// A file as people have them, made by the same program in another process.
function sound(name, { hz = 600, seconds = 2, args = [] } = {}) {
	const file = path.join(pages.dir, name);

	execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i',
		`sine=frequency=${hz}:duration=${seconds}:sample_rate=44100`, ...args,
		file]);
	return readFileSync(file);
}

const NEWEST = (use) => `SELECT id, number, state, why, length_ms
	FROM prompt_file WHERE used_for = '${use}' ORDER BY number DESC LIMIT 1`;
const newest = async (use) => (await pages.sql(NEWEST(use)))[0];

const converted = (use) => pages.row(NEWEST(use), (row) => row[2] !== 'NEW');

test('each role signs in', async () => {
	for (const login of ['admin', 'admin2', 'super1', 'op1'])
		people[login] = await Person.in(login);
});

for (const [name, args] of [['a.wav', ['-ac', '2']], ['b.mp3', []],
	['c.ogg', ['-c:a', 'libvorbis']]])
	test(`${name} becomes what the telephone plays`, async () => {
		const res = await upload('admin', 'greeting', [[name,
			sound(name, { args })]]);

		assert.equal(res.status, 303, res.text);
		const [id, , state, , ms] = await converted('greeting');

		assert.equal(state, 'READY');
		assert.ok(Math.abs(ms - 2000) < 150, ms);
		const got = await people.admin.get(`${PROMPTS}/greeting/${id}`);

		assert.equal(got.status, 200);
		assert.equal(got.headers['content-type'], 'audio/wav');
		const { rate, channels } = readWav(got.bytes);

		assert.equal(rate, 8000);
		assert.equal(channels.length, 1);
		assert.ok(windows(channels[0], [600]).filter((w) =>
			w.tones[600] > 0.05).length > 10, 'the tone is in it');
		assert.deepEqual(readdirSync(dir).filter((f) => !/\.wav$/.test(f)),
			[]);
	});

test('versions are counted, logged, and shown with who uploaded them',
	async () => {
		assert.equal((await newest('greeting'))[1], '3');
		const { text } = await people.admin.get(`${PROMPTS}/greeting`);

		assert.equal(text.match(/<audio controls /g).length, 4);
		assert.match(text, /c\.ogg/);
		assert.match(text, /Новикова Т\. Ю\./);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			object_type = 'prompt_file' AND action = 'CREATE'`), '3');
	});

test('what is no sound says why, and stays out of use', async () => {
	const quiet = sound('q.wav', { args: ['-af', 'volume=0'] });
	const long = sound('l.wav', { seconds: 601, args: ['-ar', '8000'] });
	const cut = sound('d.mp3').subarray(0, 300);

	for (const [what, bytes, why] of [['a page', Buffer.from(
		'<html><script>alert(1)</script></html>'), 'TYPE'],
	['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
		'TYPE'],
	['a header alone', Buffer.concat([Buffer.from('RIFF\xff\xff\xff\xffWAVE',
		'latin1'), Buffer.alloc(40)]), 'ERROR'],
	['a playlist', Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), 'TYPE'],
	['a cut file', cut, null],
	['silence', quiet, 'SILENT'],
	['eleven minutes', long, 'LONG']]) {
		const res = await upload('admin', 'sorry', [['x.wav', bytes]]);

		assert.equal(res.status, 303, what);
		const [id, , state, said] = await converted('sorry');

		assert.equal(state, 'FAILED', what);
		if (why)
			assert.equal(said, why, what);
		assert.ok(!existsSync(path.join(dir, `${id}.wav`)), what);
		assert.equal((await people.admin.get(`${PROMPTS}/sorry/${id}`))
			.status, 404, what);
		assert.equal((await people.admin.post(`${PROMPTS}/sorry`,
			{ 'file-0': id, 'was-0': 0 })).status, 422, what);
	}
	assert.deepEqual(readdirSync(dir).filter((f) => !/\.wav$/.test(f)), []);
});

test('a form without a file, a name or a ceiling stores nothing', async () => {
	const a = ['a.wav', sound('a.wav')];
	const before = await pages.one('SELECT COUNT(*) FROM prompt_file');

	for (const [what, files, fields] of [
		['no file', [], { name: 'x' }],
		['two files', [a, a], { name: 'x' }],
		['an empty file', [['e.wav', '']], { name: 'x' }],
		['too large', [['b.wav', Buffer.alloc((20 << 20) + 1)]],
			{ name: 'x' }],
		['no name', [a], {}], ['spaces', [a], { name: '  ' }],
		['a long name', [a], { name: 'я'.repeat(81) }]])
		assert.equal((await upload('admin', 'closed', files, fields)).status,
			422, what);
	assert.equal((await upload('admin', 'closed', [a], { name: 'a\0b' }))
		.status, 400);
	assert.equal((await upload('admin', 'no-such', [a])).status, 404);
	assert.equal((await upload('super1', 'closed', [a])).status, 403);
	assert.equal((await upload('op1', 'closed', [a])).status, 403);
	assert.equal((await upload('admin', 'closed', [a], { name: 'x' },
		{ 'x-csrf': 'no' })).status, 403);
	assert.equal(await pages.one('SELECT COUNT(*) FROM prompt_file'), before);
	assert.deepEqual(readdirSync(dir).filter((f) => !/\.wav$/.test(f)), []);
});

test('a name of any length comes in, made to fit', async () => {
	for (const [name, kept] of [[`${'я'.repeat(110)}.mp3`, /^я{30,}\.mp3$/],
		['x'.repeat(240), /^x{60,160}$/], ['a\u0007b.WAV', /^ab\.wav$/]]) {
		const res = await upload('admin', 'sorry', [[name, sound('n.mp3')]]);

		assert.equal(res.status, 303, name);
		assert.match(await pages.one(`SELECT source FROM prompt_file
			ORDER BY id DESC LIMIT 1`), kept);
		await converted('sorry');
	}
});

test('what a killed worker left goes with the next upload, and only that',
	async () => {
		const hour = Date.now() / 1000 - 4000, a = sound('a.wav');
		const before = readdirSync(dir).length;

		for (const name of ['0a.part', '7.wav.part', '99999.wav']) {
			writeFileSync(path.join(dir, name), 'x');
			utimesSync(path.join(dir, name), hour, hour);
		}
		writeFileSync(path.join(dir, '0b.part'), 'x');
		assert.equal((await upload('admin', 'closed', [['a.wav', a]])).status,
			303);
		await converted('closed');
		assert.deepEqual(readdirSync(dir).filter((f) => /part$/.test(f)),
			['0b.part']);
		assert.equal(readdirSync(dir).length, before + 3);
		for (const name of ['0b.part', '99999.wav'])
			rmSync(path.join(dir, name));
	});

test('a version is put in force for all or for one queue, and taken back',
	async () => {
		const [id] = await newest('greeting');
		const put = (fields, who = 'admin') => people[who].post(
			`${PROMPTS}/greeting`, fields);
		const uses = () => pages.sql(`SELECT queue_id, used_for, file_id
			FROM prompt_use ORDER BY queue_id`);

		await pages.sql('DELETE FROM outbox');
		assert.equal((await put({ 'file-0': id, 'was-0': 0, 'file-2': id,
			'was-2': 0 })).status, 303);
		assert.deepEqual(await uses(), [['0', 'greeting', id],
			['2', 'greeting', id]]);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM outbox
			WHERE kind = 'directory'`), '1');
		// a colleague's page that shows it as it was
		assert.equal((await put({ 'file-0': 0, 'was-0': 0 }, 'admin2')).status,
			409);
		assert.equal((await put({ 'file-2': 0, 'was-2': id })).status, 303);
		assert.deepEqual(await uses(), [['0', 'greeting', id]]);
		for (const bad of [{ 'file-0': 999999, 'was-0': id },
			{ 'file-0': 'x', 'was-0': id }, { 'file-0': id },
			{ 'file-0': -1, 'was-0': id }])
			assert.equal((await put(bad)).status, 422, JSON.stringify(bad));
		assert.equal((await put({ 'file-0': 0, 'was-0': id }, 'super1'))
			.status, 403);
		// a greeting is no music
		assert.equal((await people.admin.post(`${PROMPTS}/music`,
			{ 'file-0': id, 'was-0': 0 })).status, 422);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			object_type = 'prompt_use'`), '3');
	});

test('the delivered prompt can be listened to', async () => {
	writeFileSync(path.join(pages.dir, 'prompts/music.wav'),
		sound('m.wav', { args: ['-ar', '8000', '-ac', '1'] }));
	const res = await people.super1.get(`${PROMPTS}/music/0`);

	assert.equal(res.status, 200);
	assert.equal(readWav(res.bytes).rate, 8000);
	assert.equal((await people.super1.get(`${PROMPTS}/../secrets/0`)).status,
		404);
});

await run();
