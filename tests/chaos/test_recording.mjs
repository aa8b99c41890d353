#!/usr/bin/env node
// No room: a full disk under a recording, and no RTP port left.
// limit: 240 s

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, unlinkSync,
	writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BUILD, finally_, inNamespace, lasts, run, test }
	from '../lab/run.mjs';
import { readWav, rms, sine, wav, windows } from '../lab/tone.mjs';
import { Desk, HOTLINE, HZ } from '../e2e/desk.mjs';

inNamespace();

// A disk of its own under rec/; the namespace's mounts end with it.
const state = mkdtempSync(path.join(os.tmpdir(), 'state-'));
const disk = path.join(state, 'rec');

mkdirSync(disk);
// the demo's recordings, and little more
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=750', 'rec', disk]);

// The secretary's words: as long as people need to ask for a message.
const ASKED = 3200, CLOSED = 2900, TAKEN = 3300, BEEP = 1000;

mkdirSync(path.join(state, 'prompts'), { recursive: true });
for (const [name, hz, seconds] of [['message', ASKED, 6], ['closed', CLOSED, 2],
	['message-taken', TAKEN, 1]])
	writeFileSync(path.join(state, 'prompts', `${name}.wav`),
		wav([sine(hz, seconds, { level: 0.3 })]));

const PORTS = [20000, 20099];
const desk = await Desk.open({ state,
	env: { OTKLIK_RTP_PORTS: PORTS.join('-') } });
const { phone, stack } = desk;

// before the state directory is removed, while it is still in use
finally_(() => execFileSync('umount', ['--lazy', disk]));
let op, row;

// Every byte there is. @return what gives them back
function fill() {
	const file = path.join(disk, 'filler');
	const fd = openSync(file, 'wx');
	let size = 65536;

	while (size) {
		try {
			writeSync(fd, Buffer.alloc(size, 1));
		} catch (err) {
			assert.equal(err.code, 'ENOSPC');
			size >>= 1;
		}
	}
	closeSync(fd);
	return () => unlinkSync(file);
}

// Tenths of a second in which a tone is heard.
const sounds = (samples, hz) => windows(samples, [hz]).filter((w) =>
	w.tones[hz] > 0.03).length;

const logged = (pattern) => stack.logged('janus', pattern);
// An alarm that has been told so many times.
const told = (code, n) => logged(RegExp(`(alarm ${code}: [^]*?){${n}}`));
const times = (code) =>
	stack.log('janus').match(RegExp(`alarm ${code}: `, 'g'))?.length ?? 0;

test('a full disk: the talk goes on, the alarm is told once', async () => {
	op = await desk.active('op1');
	const call = await desk.talk(op, { from: '+79180000081' });

	await lasts(2000);
	const from = performance.now();
	const empty = fill();

	await logged(/alarm rec_disk: cannot write recording .*No space left/);
	await lasts(14000); // longer than the recorder's own memory
	await desk.hearEachOther(call, op);
	await op.press('Пауза');
	await call.media.hears(HZ.music);
	await op.press('Продолжить');
	await desk.hearEachOther(call, op);
	const silence = call.media.longestSilence(from);

	assert.ok(silence < 500, `${silence} ms of silence`);
	assert.equal(times('rec_disk'), 1);
	empty();
	await logged(/alarm rec_disk_ok: /);
	await lasts(3000);
	await desk.end(call, op);
	row = await desk.journal('+79180000081');
	assert.equal(row.end_reason, 'COMPLETECALLER');
});

test('its recording has the whole length, the gap is marked, it verifies',
	async () => {
		const [rec] = await stack.row('SELECT r.path, e.samples, e.reason, ' +
			'LOWER(HEX(e.head)) AS head FROM recording r JOIN ' +
			'recording_end e ON e.recording_id = r.id ' +
			`WHERE r.call_id = '${row.id}'`, (rows) => rows.length === 1);
		const file = path.join(disk, rec.path);
		const said = execFileSync(path.join(BUILD, 'cgi/otklik-verify'),
			[file], { encoding: 'utf8' });
		const ms = Date.parse(row.ended_at) - Date.parse(row.started_at);
		const gaps = readFileSync(file.replace(/wav$/, 'idx'), 'latin1')
			.match(/\d+:disk/g) ?? [];
		const { rate, channels: [left, right] } = readWav(readFileSync(file));

		assert.equal(rec.reason, 'closed');
		assert.match(said, /^ok /);
		assert.ok(said.includes(rec.head));
		assert.ok(Math.abs(rec.samples / 8 - ms) < 1000,
			`${rec.samples} samples in ${ms} ms`);
		console.log(`# ${gaps.length} s lost of ${(ms / 1000).toFixed(0)}`);
		assert.ok(gaps.length > 0, 'marks of the gap');
		for (const gap of gaps) {
			const at = parseInt(gap, 10);

			for (const side of [left, right])
				assert.ok(rms(side.slice(at, at + rate)) < 0.001, gap);
		}
		// the last second before the gap and the last of all are there
		for (const end of [parseInt(gaps[0], 10), left.length]) {
			for (const [side, hz] of [[left, HZ.citizen], [right, HZ.op1]])
				assert.ok(sounds(side.slice(end - rate, end), hz) >= 8,
					`${hz} Hz before sample ${end}; gaps ${gaps}`);
		}
	});

test('a disk that stays full: the call ends in order, cut and said so',
	async () => {
		const call = await desk.talk(op, { from: '+79180000082' });

		await lasts(2000);
		const before = times('rec_disk');
		const empty = fill();

		await told('rec_disk', before + 1);
		await desk.end(call, op);
		const { id } = await desk.journal('+79180000082');
		const [rec] = await stack.row('SELECT r.path, e.reason FROM ' +
			'recording r JOIN recording_end e ON e.recording_id = r.id ' +
			`WHERE r.call_id = '${id}'`, (rows) => rows.length === 1);

		empty();
		assert.equal(rec.reason, 'disk');
		assert.match(execFileSync(path.join(BUILD, 'cgi/otklik-verify'),
			[path.join(disk, rec.path)], { encoding: 'utf8' }), /^ok /);
	});

test('a disk that is full from the start: a citizen is answered all the same',
	async () => {
		const empty = fill();
		const call = await desk.talk(op, { from: '+79180000083' });

		await lasts(1000);
		await desk.end(call, op);
		await desk.journal('+79180000083');
		empty();
		const next = await desk.talk(op, { from: '+79180000084' });

		await lasts(1000);
		await desk.end(next, op);
		const { id } = await desk.journal('+79180000084');
		const [rec] = await stack.row('SELECT e.reason FROM ' +
			'recording r JOIN recording_end e ON e.recording_id = r.id ' +
			`WHERE r.call_id = '${id}'`, (rows) => rows.length === 1);

		assert.equal(rec.reason, 'closed');
	});

const BY_HOURS = '+78652000001';
const appeals = (number) => stack.row(`SELECT a.origin, a.status, c.id AS
	call_id, c.end_reason, (SELECT COUNT(*) FROM call_event e WHERE
	e.call_id = c.id AND e.kind = 'VOICEMAILTONE') AS tones
	FROM call_record c JOIN appeal_call l ON l.call_id = c.id
	JOIN appeal a ON a.id = l.appeal_id WHERE c.caller = '${number}'`,
(rows) => rows.length === 1);

test('out of hours a full disk asks for no message, and the number is kept',
	async () => {
		await stack.sql(`DELETE FROM business_interval; INSERT INTO outbox
			(kind, payload) VALUES ('directory', '{}')`);
		await stack.row('SELECT COUNT(*) AS n FROM outbox',
			([r]) => r.n === '0');
		const empty = fill();

		// the first one's own recording finds it out, the next hears it at once
		for (const number of ['+79180000091', '+79180000092']) {
			const call = await phone.call(BY_HOURS, { tone: null,
				from: number });

			await call.answered;
			await call.media.hears(CLOSED);
			await call.ended;
			const [item] = await appeals(number);

			assert.deepEqual([item.origin, item.status, item.end_reason,
				item.tones], ['LOST_CALL', 'DEFERRED', 'CLOSED', '0']);
		}
		empty();
	});

test('the disk is free: the next message is kept', async () => {
	const before = times('rec_disk_ok');
	const first = await phone.call(BY_HOURS, { tone: null,
		from: '+79180000093' });

	await first.answered;
	await first.media.hears(CLOSED); // his recording finds it out
	await first.ended;
	await told('rec_disk_ok', before + 1);

	const call = await phone.call(BY_HOURS, { tone: null,
		from: '+79180000094' });

	await call.answered;
	await call.media.hears(ASKED);
	await call.media.hears(BEEP);
	await desk.event('+79180000094', 'VOICEMAILTONE');
	call.media.say(HZ.citizen);
	await lasts(3000);
	call.media.say(null);
	await call.media.dtmf('#');
	await call.media.hears(TAKEN);
	await call.ended;
	const [item] = await appeals('+79180000094');

	assert.deepEqual([item.origin, item.end_reason], ['VOICEMAIL', 'VOICEMAIL']);
	const [rec] = await stack.row('SELECT r.path, r.kind, e.reason FROM ' +
		'recording r JOIN recording_end e ON e.recording_id = r.id ' +
		`WHERE r.call_id = '${item.call_id}'`, (rows) => rows.length === 1);
	const { channels: [left] } = readWav(readFileSync(
		path.join(disk, rec.path)));

	assert.deepEqual([rec.kind, rec.reason], ['VOICEMAIL', 'closed']);
	assert.ok(sounds(left, HZ.citizen) >= 20, 'two seconds of his words');
});

test('no RTP port left: 503 for the second call, the first hears nothing of it',
	async () => {
		const call = await desk.talk(op, { from: '+79180000085' });
		const from = performance.now();
		const taken = [];

		for (let port = PORTS[0]; port <= PORTS[1]; port++) {
			const socket = dgram.createSocket('udp4');

			socket.bind(port, '127.0.0.1');
			try {
				await once(socket, 'listening');
				taken.push(socket);
			} catch (err) { // one of the first call's
				assert.equal(err.code, 'EADDRINUSE');
				socket.close();
			}
		}
		console.log(`# ${taken.length} of 100 ports taken`);
		assert.ok(taken.length >= 96);
		const second = await phone.call(HOTLINE, { from: '+79180000086' });

		await assert.rejects(second.answered, /503/);
		await logged(/no free RTP port in 20000-20099/);
		await desk.hearEachOther(call, op);
		assert.ok(call.media.longestSilence(from) < 100);
		for (const socket of taken)
			socket.close();
		const third = await phone.call(HOTLINE, { from: '+79180000087' });

		await third.answered;
		await third.hangup();
		await desk.end(call, op);
		// who was turned away stands as a call-back
		assert.equal((await desk.journal('+79180000086')).end_reason, 'BUSY');
		await stack.row('SELECT id FROM appeal WHERE status = \'DEFERRED\' ' +
			'AND phone = \'+79180000086\'', (rows) => rows.length === 1);
		await op.press('Завершить');
		await desk.away(op);
	});

await run();
