// The product under test, started as people start it (cgi/dist/otklik-run),
// with a state directory of its own. One per test file.
//
//   const stack = await Stack.open();      // ready: printed
//   await stack.sql('SELECT …');  await stack.close();

import { spawn, execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, watch }
	from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE, ROOT, deadline } from './run.mjs';
import { processes } from './proc.mjs';

const exec = promisify(execFile);

export class Stack {
	url = 'https://localhost:8443';
	output = '';

	static async open({ env = {}, state = null, within = 180000 } = {}) {
		const stack = new Stack();

		stack.state = state ??
			mkdtempSync(path.join(os.tmpdir(), 'state-'));
		stack.env = { ...process.env, OTKLIK_STATE: stack.state,
			OTKLIK_SIM: '0', OTKLIK_DEMO: '1', OTKLIK_WORKERS: '2',
			// a starved browser is not a lost one: test_lost, which is
			// about losses, asks as often as people's installations do
			OTKLIK_PING_MS: '2000', ...env };
		await stack.start(within);
		return stack;
	}

	async start(within = 180000) {
		this.child = spawn(path.join(ROOT, 'cgi/dist/otklik-run'), {
			cwd: ROOT, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
		this.exited = new Promise((done) =>
			this.child.once('exit', (code, signal) => done(code ?? signal)));
		const ready = new Promise((done, fail) => {
			const hear = (d) => {
				this.output += d;
				if (/^ready: /m.test(this.output))
					done();
			};

			this.child.stdout.on('data', hear);
			this.child.stderr.on('data', hear);
			this.exited.then((code) => fail(new Error(
				`the start ended with ${code}:\n${this.output}`)));
		});

		try {
			await deadline(ready, within, 'ready:');
		} catch (err) {
			err.message += `\n${this.output}`;
			throw err;
		}
	}

	async close() {
		if (this.child.exitCode === null && this.child.signalCode === null)
			this.child.kill('SIGINT');
		const code = await deadline(this.exited, 60000, 'the stop');

		rmSync(this.state, { recursive: true, force: true });
		return code;
	}

	// Rows of a query by the superuser, as objects with text values.
	async sql(query) {
		const { stdout } = await exec('mariadb', ['--no-defaults', '--batch',
			`--socket=${this.state}/run/db.sock`, '--default-character-set=utf8mb4',
			`--user=${os.userInfo().username}`, 'otklik', '-e', query]);
		const [head, ...rows] = stdout.trimEnd().split('\n')
			.map((line) => line.split('\t'));

		return rows.map((r) => Object.fromEntries(head.map((h, i) =>
			[h, r[i] === 'NULL' ? null : r[i]])));
	}

	// A query asked again until its rows satisfy test: the journal is written
	// by another thread and has no event to wait for.
	async row(query, test, { within = PATIENCE } = {}) {
		const end = performance.now() + within;
		let rows;

		do {
			rows = await this.sql(query);
			if (test(rows))
				return rows;
			await new Promise((go) => setTimeout(go, 100));
		} while (performance.now() < end);
		throw new Error(`not within ${within} ms: ${query}\n` +
			JSON.stringify(rows));
	}

	// As an administrator changes it: the telephone has it now.
	async change(statement) {
		await this.sql(`${statement}; INSERT INTO outbox (kind, payload) ` +
			'VALUES (\'directory\', \'{}\')');
		await this.wake();
		await this.row('SELECT id FROM outbox', (rows) => rows.length === 0);
	}

	// What the pages do after an outbox row; node knows no unix datagrams.
	wake() {
		return exec('perl', ['-MSocket', '-e', 'socket($s, AF_UNIX, ' +
			'SOCK_DGRAM, 0) && defined send($s, "w", 0, ' +
			'sockaddr_un($ARGV[0])) or die $!',
		`${this.state}/run/engine.sock`]);
	}

	set(name, value) {
		return this.change(`UPDATE setting SET value = '${value}' WHERE ` +
			`name = '${name}'`);
	}

	// The process of one service: janus, mariadbd, nginx…
	pid(name) {
		return processes().find((p) => p.name === name)?.pid;
	}

	log(name) {
		const file = path.join(this.state, 'log', name, 'current');

		return existsSync(file) ? readFileSync(file, 'utf8') : '';
	}

	// Its log has a place that fits.
	async logged(name, pattern, within = PATIENCE) {
		let watcher, look;

		await deadline(new Promise((done) => {
			look = () => pattern.test(this.log(name)) && done();
			watcher = watch(path.join(this.state, 'log', name), look);
			look();
		}), within, `${pattern} in the log of ${name}`)
			.finally(() => watcher.close());
	}

	// The last lines of every log, for a failed test.
	logs(lines = 25) {
		return readdirSync(path.join(this.state, 'log')).map((name) =>
			`--- ${name}\n${this.log(name).split('\n').slice(-lines)
				.join('\n')}`).join('\n');
	}
}
