#!/usr/bin/env node
// `make run` from nothing: a copy of the checkout without ./var, in a
// namespace of its own, so every process that is left over is seen.
// limit: 300 s

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
	statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Browser } from '../lab/browser.mjs';
import { ROOT, deadline, finally_, inNamespace, lasts, run, test }
	from '../lab/run.mjs';
import { killTree, processes } from '../lab/proc.mjs';
import { readWav, spans, windows } from '../lab/tone.mjs';

inNamespace();

const before = new Set(processes().map((p) => p.pid));
const home = mkdtempSync(path.join(os.tmpdir(), 'fresh-'));

// What git would clone, with the times of the originals: what is built stays
// built.
function checkout(dir) {
	const files = execFileSync('git', ['ls-files', '-z', '--cached',
		'--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8',
		maxBuffer: 1 << 26 }).split('\0').filter(Boolean);

	for (const f of files) {
		const from = path.join(ROOT, f), to = path.join(dir, f);

		if (!existsSync(from))
			continue;
		mkdirSync(path.dirname(to), { recursive: true });
		cpSync(from, to);
		utimesSync(to, statSync(from).atime, statSync(from).mtime);
	}
	for (const d of ['build', 'node_modules', 'static/vendor'])
		if (existsSync(path.join(ROOT, d)))
			symlinkSync(path.join(ROOT, d), path.join(dir, d));
	return dir;
}

class Start {
	text = '';

	constructor(dir, env = {}) {
		this.child = spawn('make', ['run'], { cwd: dir, detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, ...env } });
		this.ended = new Promise((done) => this.child.on('close',
			(code, signal) => done(code ?? signal)));
		this.ready = new Promise((done) => {
			const add = (d) => {
				this.text += d;
				// its last line, for it may come in pieces
				if (/^ready: [^]*docs\/encryption\.md/m.test(this.text))
					done(true);
			};

			this.child.stdout.on('data', add);
			this.child.stderr.on('data', add);
			this.ended.then(() => done(false));
		});
	}

	async isReady() {
		const yes = await deadline(this.ready, 120000, `ready:\n${this.text}`);

		assert.ok(yes, this.text);
	}

	// As a terminal does: every process of the foreground group hears it.
	async interrupt() {
		process.kill(-this.child.pid, 'SIGINT');
		await deadline(this.ended, 30000, `the end:\n${this.text}`);
		await nobodyLeft(0);
	}
}

// A failed case leaves nothing running for the next one.
async function clear() {
	for (const p of strangers())
		killTree(p.pid);
	await nobodyLeft(5000);
}

const first = path.join(home, 'first');

function fresh(name, body) {
	test(name, async () => {
		try {
			await body();
		} catch (err) {
			await clear();
			throw err;
		}
	}, { limit: 120000 });
}

function strangers() {
	return processes().filter((p) => !before.has(p.pid) &&
		p.pid !== process.pid);
}

async function nobodyLeft(within, fits = () => true) {
	const end = performance.now() + within;
	const find = () => strangers().filter(fits);
	let left = find();

	while (left.length && performance.now() < end) {
		await new Promise((next) => setTimeout(next, 50));
		left = find();
	}
	assert.deepEqual(left.map((p) => `${p.pid} ${p.args.join(' ')}`), []);
}

const secret = () => readFileSync(
	path.join(first, 'var/secrets/janus_token_secret'), 'utf8');

// As the README says: sign in, «Начало работы», `make call`, «Ответить». What
// the citizen heard at his end of the trunk has the operator's voice in it.
async function firstCall(dir) {
	const running = new Set(strangers().map((p) => p.pid));
	const op = await Browser.open({ name: 'op1', hz: 700 });
	const heard = path.join(home, 'heard.wav');

	try {
		await op.goto('https://localhost:8443/');
		await op.login('op1');
		await op.press('Начало работы');
		await op.until((s) => s.agent.state === 'FREE' &&
			s.agent.leg === 'up', { what: 'FREE with a leg' });
		const call = spawn('make', ['-s', 'call', 'FROM=79000000001',
			`HEARD=${heard}`], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
		let said = '';

		for (const out of [call.stdout, call.stderr])
			out.on('data', (d) => { said += d; });
		const over = new Promise((done) => call.on('close', done));

		await op.callState('RING');
		await op.press('Ответить');
		await op.callState('TALK');
		await op.ear.until((w) => w.rms > 0.02,
			{ ms: 500, what: 'the citizen speaks' });
		await lasts(1000); // the operator does
		await op.press('Сброс');
		assert.equal(await deadline(over, 30000, 'the call'), 0, said);
		assert.match(said, /^answered$/m);
		assert.deepEqual(op.problems, []);
	} finally {
		await op.close();
	}
	await nobodyLeft(30000, (p) => !running.has(p.pid));
	const { channels: [sound] } = readWav(readFileSync(heard));

	assert.ok(spans(windows(sound, [op.hz]), (w) => w.tones[op.hz] >= 0.02,
		{ least: 500 }).length > 0, 'the operator at the trunk');
}

fresh('from an empty var to ready, and the first call is answered', async () => {
	const dir = checkout(first);
	const start = new Start(dir);

	await start.isReady();
	assert.match(start.text, /^ready: https:\/\/localhost:8443\/$/m);
	assert.match(start.text, /op1 \(1001\)/);
	assert.match(start.text, /not encrypted here: docs\/encryption\.md/);
	assert.ok(existsSync(path.join(dir, 'docs/encryption.md')));

	const page = spawnSync('curl', ['-sk', '-w', '\n%{http_code}',
		'https://localhost:8443/healthz'], { encoding: 'utf8' }).stdout;

	assert.match(page, /\n200$/);

	const said = spawnSync(path.join(dir, 'build/cgi/otklik-verify'),
		[path.join(dir, 'var/rec')], { encoding: 'utf8' });

	assert.match(said.stdout, /^(\d{2,3}) checked, 0 broken$/m,
		'the demo has recordings');

	await firstCall(dir);
	assert.equal(statSync(path.join(dir, 'var/secrets')).mode & 0o777, 0o700);

	await start.interrupt();
});

fresh('a second start keeps the data and is told from a third', async () => {
	const known = secret();
	const start = new Start(first);

	await start.isReady();
	assert.equal(secret(), known);
	assert.doesNotMatch(start.text, /making the database/);

	const third = new Start(first);

	assert.notEqual(await third.ended, 0);
	assert.match(third.text, /another make run uses it/);
	await start.interrupt();
});

for (const victim of ['make', 'otklik-run', 'runsvdir', 'runsv janus'])
	fresh(`kill -9 of ${victim} leaves nothing behind`, async () => {
		const start = new Start(first);

		await start.isReady();
		const doomed = strangers().find((p) =>
			p.args.join(' ').includes(victim));

		process.kill(doomed.pid, 'SIGKILL');
		if (victim === 'runsv janus') // that one comes back
			await start.interrupt();
		else
			await nobodyLeft(30000);
	});

fresh('a killed service is back by itself', async () => {
	const start = new Start(first);

	await start.isReady();
	const find = () => strangers().find((p) => p.name === 'nginx' &&
		p.args[0].startsWith('nginx: master'));
	const old = find();

	process.kill(old.pid, 'SIGKILL');
	const end = performance.now() + 30000;
	let status = '';

	// an old worker may answer yet
	const again = () => find() && find().pid !== old.pid;

	while (!(status === '200' && again()) && performance.now() < end)
		status = spawnSync('curl', ['-sk', '-o', '/dev/null', '-w',
			'%{http_code}', 'https://localhost:8443/healthz'],
		{ encoding: 'utf8' }).stdout;
	assert.equal(status, '200');
	assert.ok(again());
	await start.interrupt();
});

fresh('a path of over 100 bytes works all the same', async () => {
	const dir = checkout(path.join(home, 'long'.repeat(25), 'Мой отклик'));
	const start = new Start(dir);

	await start.isReady();
	await start.interrupt();
	rmSync(readFileSync(path.join(dir, 'var/short'), 'utf8').trim(),
		{ recursive: true });
});

fresh('wrong settings are named with what is allowed, all at once', async () => {
	const start = new Start(first, {
		OTKLIK_HTTPS_PORT: '84430', OTKLIK_SIM: 'yes',
		OTKLIK_SIPS_PORT: '0',
		OTKLIK_SIP_ADDR: '203.0.113.9', OTKLIK_TRUNK_PEER: 'pbx',
		OTKLIK_RTP_PORTS: '24999-20000' });

	assert.notEqual(await start.ended, 0);
	assert.match(start.text, /OTKLIK_HTTPS_PORT=84430: must be .*1-65535/);
	assert.match(start.text, /OTKLIK_SIM=yes: must be 0 or 1/);
	assert.match(start.text, /OTKLIK_SIPS_PORT=0: must be .*1-65535/);
	assert.match(start.text, /OTKLIK_SIP_ADDR=203.0.113.9: .*this machine/);
	assert.match(start.text, /OTKLIK_TRUNK_PEER=pbx: must be ADDRESS:PORT/);
	assert.match(start.text,
		/OTKLIK_RTP_PORTS=24999-20000: must be FIRST-LAST/);
	await nobodyLeft(0);
});

fresh('a taken port is named', async () => {
	const start = new Start(first);

	await start.isReady();
	const state = path.join(home, 'other');
	const second = new Start(first,
		{ OTKLIK_STATE: state, OTKLIK_SIP_PORT: '5070',
			OTKLIK_TRUNK_PEER: '127.0.0.1:5090' });

	assert.notEqual(await second.ended, 0);
	assert.match(second.text, /OTKLIK_HTTPS_PORT=8443: must be free/);
	await start.interrupt();
});

fresh('a broken janus.jcfg stops the start and nothing listens', async () => {
	const dir = checkout(path.join(home, 'broken'));
	const file = path.join(dir, 'janus-plugin/dist/janus.jcfg.in');

	writeFileSync(file, readFileSync(file, 'utf8')
		.replace('token_auth = true', 'token_auth = = true'));
	const start = new Start(dir);

	assert.notEqual(await start.ended, 0);
	assert.doesNotMatch(start.text, /^ready/m);
	assert.match(start.text, /janus.jcfg/);
	assert.match(start.text, /line \d+: syntax error/);
	await nobodyLeft(0);
});

finally_(() => rmSync(home, { recursive: true, force: true }));

await run();
