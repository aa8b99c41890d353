// The FastCGI workers behind an nginx, over a private database: everything of
// the product that answers HTTP, and nothing else.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
	from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { PATIENCE, ROOT, deadline } from '../lab/run.mjs';

const exec = promisify(execFile);
const PORT = 8080;
const PASSWORD = 'Demo-2026!';

// The product's own nginx.conf, without TLS, on ports of the test, and with
// the question of the WebSocket open to it.
function config(dir) {
	const places = { USER_LINE: process.getuid() ? '' : 'user root;',
		STATE: dir, ROOT, STATIC_CACHE: 'no-cache' };
	const text = readFileSync(path.join(ROOT, 'nginx.conf'), 'utf8')
		.replace(/listen .*;/, `listen 127.0.0.1:${PORT};
			listen 10.77.0.1:${PORT};`)
		.replace(/(location = \/auth\/janus \{\s*)internal;/, '$1')
		.replace(/^\s*(ssl_|error_page 497).*\n/gm, '');

	return text.replace(/@([A-Z_]+)@/g, (_, name) => places[name]);
}

export class Pages {
	// dir: a state that is kept, made if need be
	// demo false: the state of a new customer's first day
	static async open({ dir = null, workers = 2, registry = 0,
		appeals = 0, demo = true } = {}) {
		const pages = new Pages();

		pages.kept = dir;
		dir ??= mkdtempSync('/tmp/pages-');
		mkdirSync(dir, { recursive: true });
		pages.dir = dir;
		pages.env = { ...process.env, OTKLIK_STATE: dir,
			OTKLIK_TEMPLATES: path.join(ROOT, 'templates') };
		pages.db('start');
		await exec(path.join(ROOT, 'build/db/otklik-migrate'), [
			...demo ? ['--demo'] : [],
			...registry ? ['--registry', String(registry)] : [],
			...appeals ? ['--appeals', String(appeals)] : []],
		{ env: pages.env, cwd: ROOT });
		for (const name of ['janus_token_secret', 'csrf_secret',
			'session_secret'])
			writeFileSync(path.join(dir, 'secrets', name),
				randomBytes(24).toString('hex'));
		mkdirSync(path.join(dir, 'rec'), { recursive: true });
		mkdirSync(path.join(dir, 'files'), { recursive: true });
		writeFileSync(path.join(dir, 'nginx.conf'), config(dir));
		pages.workers = pages.start('spawn-fcgi', ['-n', '-s',
			path.join(dir, 'run/pages.sock'), '--', '/usr/bin/multiwatch',
			'-f', String(workers), '--', path.join(ROOT, 'build/cgi/otklik-pages')]);
		pages.bulk = pages.start('spawn-fcgi', ['-n', '-s',
			path.join(dir, 'run/bulk.sock'), '--', '/usr/bin/multiwatch',
			'-f', '1', '--', path.join(ROOT, 'build/cgi/otklik-pages')],
		{ OTKLIK_POOL: 'bulk' });
		pages.nginx = pages.start('nginx', ['-c',
			path.join(dir, 'nginx.conf')]);
		await pages.ready();
		return pages;
	}

	start(command, args, more = {}) {
		const child = spawn(command, args, { env: { ...this.env, ...more,
			PATH: `${process.env.PATH}:/usr/sbin` }, cwd: ROOT,
		stdio: ['ignore', 'ignore', 'pipe'] });

		child.stderr.on('data', (d) => { this.errors += d; });
		child.gone = new Promise((done) => child.once('exit', done));
		return child;
	}

	errors = '';

	db(what) {
		execFileSync(path.join(ROOT, 'tests/lab/db.sh'), [what, this.dir],
			{ stdio: ['ignore', 'ignore', 'inherit'] });
	}

	async ready() {
		const end = performance.now() + 10000;

		for (;;) {
			try {
				if ((await this.get('/login')).status === 200)
					return;
			} catch (err) {
				if (performance.now() > end)
					throw err;
			}
			if (performance.now() > end)
				throw new Error(`no answer\n${this.errors}`);
			await new Promise((go) => setTimeout(go, 20));
		}
	}

	get(where, headers = {}) {
		return request('GET', where, headers);
	}

	async sql(query) {
		const password = readFileSync(path.join(this.dir,
			'secrets/db_migrate'), 'utf8').trim();
		const { stdout } = await exec('mariadb', ['--no-defaults', '--batch',
			'--skip-column-names', `--socket=${this.dir}/run/db.sock`,
			'--user=migrate', '--default-character-set=utf8mb4', 'otklik',
			'-e', query], { env: { ...process.env, MYSQL_PWD: password } });

		return stdout.split('\n').slice(0, -1).map((l) => l.split('\t'));
	}

	async one(query) {
		return (await this.sql(query))[0]?.[0];
	}

	// What another process writes tells nobody: asked again until the first
	// row satisfies test. Each question is a process of its own, pause enough.
	async row(query, test, { within = PATIENCE } = {}) {
		const end = performance.now() + within;

		for (;;) {
			const [row] = await this.sql(query);

			if (test(row))
				return row;
			if (performance.now() > end)
				throw new Error(`${query}: ${row}\n${this.errors}`);
		}
	}

	// otklik-jobs is at work until that number is 0.
	async jobsUntilNone(query, options) {
		const jobs = this.start(path.join(ROOT, 'build/cgi/otklik-jobs'), []);

		await this.row(query, ([n]) => n === '0', options);
		jobs.kill('SIGTERM');
		await jobs.gone;
	}

	async close() {
		for (const child of [this.nginx, this.workers, this.bulk])
			child.kill('SIGTERM');
		await deadline(Promise.all([this.nginx, this.workers, this.bulk]
			.map((child) => child.gone)),
			10000, 'nginx and workers gone');
		this.db('stop');
		if (!this.kept)
			rmSync(this.dir, { recursive: true, force: true });
	}
}

export function request(method, where, headers = {}, body = null,
	host = '127.0.0.1') {
	return new Promise((done, fail) => {
		const req = http.request({ host, port: PORT, method, path: where,
			headers, agent: false }, (res) => {
			const parts = [];

			res.on('data', (d) => parts.push(d));
			res.on('end', () => {
				const bytes = Buffer.concat(parts);

				done({ status: res.statusCode, headers: res.headers, bytes,
					text: bytes.toString() });
			});
		});

		req.on('error', fail);
		req.end(body);
	});
}

// A browser's worth of state: cookies and the page's code.
export class Person {
	cookies = {};
	csrf = '';

	static async in(login, password = PASSWORD) {
		const p = new Person();
		const res = await p.enter(login, password);

		if (res.status !== 303)
			throw new Error(`${login}: ${res.status} ${res.text}`);
		await p.get('/');
		return p;
	}

	async enter(login, password = PASSWORD, more = {}) {
		await this.get('/login');
		return this.post('/login', { login, password, next: '/', ...more });
	}

	headers(more = {}) {
		return { cookie: Object.entries(this.cookies).map(([k, v]) =>
			`${k}=${v}`).join('; '), ...more };
	}

	keep(res) {
		for (const c of res.headers['set-cookie'] ?? []) {
			const [pair] = c.split(';');
			const at = pair.indexOf('=');

			this.cookies[pair.slice(0, at)] = pair.slice(at + 1);
		}
		this.csrf = res.text.match(/<meta name="csrf" content="([^"]*)"/)?.[1]
			|| this.csrf;
		return res;
	}

	async get(where, headers = {}) {
		return this.keep(await request('GET', where, this.headers(headers)));
	}

	post(where, fields, { csrf = this.csrf, headers = {} } = {}) {
		return this.send(where, new URLSearchParams({ csrf, ...fields }),
			headers);
	}

	// The same field more than once is possible here.
	async send(where, fields, headers = {}) {
		const body = fields.toString();

		return this.keep(await request('POST', where, this.headers({
			'content-type': 'application/x-www-form-urlencoded',
			'content-length': Buffer.byteLength(body), ...headers }), body));
	}

	async json(where, value, { csrf = this.csrf } = {}) {
		const body = typeof value === 'string' ? value : JSON.stringify(value);

		return this.keep(await request('POST', where, this.headers({
			'content-type': 'application/json', 'x-csrf': csrf,
			'content-length': Buffer.byteLength(body) }), body));
	}
}

// -> { login: Person }
export async function signIn(logins) {
	const people = {};

	for (const login of logins)
		people[login] = await Person.in(login);
	return people;
}

export const field = (text, name) => text.match(new RegExp(
	`name="${name}"[^>]*value="([^"]*)"`))?.[1];

// «Добавить»: the address of the new card.
export async function draft(p, fields = {}) {
	const res = await p.post('/appeal', fields);

	if (res.status !== 303)
		throw new Error(`a card: ${res.status} ${res.text}`);
	return res.headers.location;
}
