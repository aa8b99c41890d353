#!/usr/bin/env node
// The journal's page beside the same page in PHP-FPM with its opcode cache:
// the same statements on the same rows, the same template (rival/), the same
// web server, and the two pages must be one text. Compared is processor time
// a page, in turns: of the worker alone, and of worker, database and web
// server together.
// figures: journal_vs_php journal_worker_vs_php

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync,
	writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, inNamespace } from '../lab/run.mjs';
import { named } from '../lab/proc.mjs';
import { Pages, Person } from '../http/pages.mjs';
import { bed, cpu, figure, round } from './journal_bed.mjs';
import { Compiler, array, texts } from './rival/cs_to_php.mjs';

inNamespace();

const PAGES = Number(process.env.BENCH_QUESTIONS ?? 400), TURNS = 6;
const PHP = 'php-fpm8.2', PORT = 8081;

// What the page asks, by its own words; all of them must occur once.
const STATEMENTS = {
	session: / FROM web_session s /,
	access: /^INSERT INTO access_log/,
	take: /FROM loose_message WHERE state = 'OPEN'/,
	counts: /FROM journal_sum/,
	mine: /USE INDEX \(appeal_assignee\)/,
	list: /^SELECT a\.id, a\.number/,
	recordings: /JOIN recording r/,
	notices: /FROM notice/,
};

// The statements of one page as a database gets them that writes all down.
async function statements() {
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'otklik-')), 'log');
	const out = {};

	process.env.LAB_DB_MORE = `--general-log=1 --general-log-file=${file}`;
	const pages = await Pages.open({ workers: 1, appeals: 100 });

	delete process.env.LAB_DB_MORE;
	try {
		const person = await Person.in('op1');

		truncateSync(file);
		await person.get('/');
	} finally {
		await pages.close();
	}
	const log = readFileSync(file, 'latin1');

	rmSync(path.dirname(file), { recursive: true });
	// The session's holds a binary value: the text with its places instead.
	const session = readFileSync(path.join(ROOT, 'cgi/session.c'), 'utf8')
		.match(/sql\[\] =\s*((?:"[^"]*"\s*)+);/)[1]
		.match(/"[^"]*"/g).map((s) => s.slice(1, -1)).join('');

	for (const text of log.split(/^[^\n]*?\t\s*\d+ (?=[A-Z][\w ]+\t)/m)
		.filter((t) => t.startsWith('Execute\t')).map((t) => t.slice(8))) {
		const sql = Buffer.from(text.trim(), 'latin1').toString();
		const name = Object.keys(STATEMENTS).find((n) =>
			STATEMENTS[n].test(sql));

		if (!name || out[name])
			throw new Error(`asked by the page and not by PHP: ${sql}`);
		out[name] = sql;
	}
	const lacking = Object.keys(STATEMENTS).filter((n) => !out[n]);

	if (lacking.length)
		throw new Error(`not asked by the page: ${lacking}\n${log}`);
	out.session = session;
	out.access = out.access.replace(/TIMESTAMP'[^']*'/, "TIMESTAMP'%now'");
	out.recordings = out.recordings
		.replace(/(l\.appeal_id IN \()[^)]*/, '$1%ids');
	out.connect = readFileSync(path.join(ROOT, 'db/db.c'), 'utf8')
		.match(/"SET NAMES[^;]*?;/)[0].match(/"[^"]*"/g)
		.map((s) => s.slice(1, -1)).join('').replace('%u', '5');
	return out;
}

function install(pages, queries) {
	const dir = path.join(pages.dir, 'php');
	const key = execFileSync('b2sum', ['-l', '256'], { input: readFileSync(
		path.join(pages.dir, 'secrets/session_secret'), 'utf8').trim() })
		.toString().split(' ')[0];

	const put = (name, tree) => writeFileSync(path.join(dir, name),
		`<?php return ${array(tree)};\n`);

	mkdirSync(dir, { recursive: true });
	put('queries.php', queries);
	put('texts.php', texts(path.join(ROOT, 'templates/lang/ru.hdf')).Lang);
	writeFileSync(path.join(dir, 'page.php'), new Compiler(
		path.join(ROOT, 'templates')).page('page/journal.cs'));
	writeFileSync(path.join(dir, 'journal.php'), readFileSync(
		path.join(ROOT, 'tests/bench/rival/journal.php')));
	writeFileSync(path.join(dir, 'fpm.conf'), `[global]
error_log = ${dir}/error.log
daemonize = no
[www]
listen = ${pages.dir}/run/php.sock
pm = static
pm.max_children = 4
clear_env = no
catch_workers_output = yes
env[DB_SOCKET] = ${pages.dir}/run/db.sock
env[DB_PASSWORD] = ${readFileSync(path.join(pages.dir, 'secrets/db_web'),
		'utf8').trim()}
env[SESSION_KEY] = ${key}
`);
	// The product's web server, asked on another port, before PHP.
	writeFileSync(path.join(pages.dir, 'php.conf'), readFileSync(
		path.join(pages.dir, 'nginx.conf'), 'utf8')
		.replaceAll(':8080', `:${PORT}`)
		.replace(/run\/nginx\.pid/, 'run/php-nginx.pid')
		.replace(/run\/pages\.sock/, 'run/php.sock')
		.replace('fastcgi_param REQUEST_METHOD', `fastcgi_param SCRIPT_FILENAME ${
			dir}/journal.php;\n\t\tfastcgi_param REQUEST_METHOD`));
	writeFileSync(path.join(dir, 'php.ini'), `zend_extension = opcache
extension = mysqlnd
extension = pdo
extension = pdo_mysql
opcache.enable = 1
opcache.validate_timestamps = 0
opcache.interned_strings_buffer = 16
display_errors = 0
log_errors = 1
output_buffering = 262144
`);
	return { fpm: pages.start(`/usr/sbin/${PHP}`, ['-R', '-c',
		path.join(dir, 'php.ini'), '-y', path.join(dir, 'fpm.conf')],
	{ PHP_INI_SCAN_DIR: '' }),
	nginx: pages.start('nginx', ['-c', path.join(pages.dir, 'php.conf')]) };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const page = (port, person) => new Promise((done, fail) => {
	http.get({ host: '127.0.0.1', port, path: '/', agent,
		headers: person.headers({ 'accept-encoding': 'identity' }) }, (res) => {
		const parts = [];

		res.on('data', (d) => parts.push(d));
		res.on('end', () => done({ status: res.statusCode,
			text: Buffer.concat(parts).toString() }));
	}).on('error', fail);
});

// The first answer that is not "nobody there yet".
async function answers(port, person) {
	const end = performance.now() + 20000;

	for (;;) {
		const got = await page(port, person).catch((err) => err);

		if (got.status && got.status !== 502 || performance.now() > end)
			return got;
		await new Promise((go) => setTimeout(go, 50));
	}
}

// White space between tags means nothing here, and ' has two names.
const plain = (text) => text.replace(/\s+/g, ' ').replace(/> </g, '><')
	.replaceAll('&#039;', '&#39;').trim();

function same(ours, theirs) {
	const a = plain(ours), b = plain(theirs);
	let i = 0;

	while (i < a.length && a[i] === b[i])
		i++;
	if (i < Math.max(a.length, b.length))
		throw new Error(`not the same page:\n  ${a.slice(i - 80, i + 120)}\n  ${
			b.slice(i - 80, i + 120)}`);
}

async function measure(pages, person) {
	const ports = { ours: 8080, php: PORT };
	const sum = { ours: [0, 0], php: [0, 0] };
	const of = { ours: ['otklik-pages'], php: [PHP] };
	const db = Number(readFileSync(path.join(pages.dir, 'run/db.pid'), 'utf8'));
	const pids = (names) => names.flatMap((n) => named(n).map((p) => p.pid));
	const spent = (who) => [cpu(pids(of[who])),
		cpu([...pids([...of[who], 'nginx']), db])];

	for (let turn = 0; turn <= TURNS; turn++)
		for (const who of turn % 2 ? ['php', 'ours'] : ['ours', 'php']) {
			const before = spent(who);

			for (let i = 0; i < PAGES / 2; i++)
				await page(ports[who], person);
			if (turn > 0) // the first is for warming up
				spent(who).forEach((t, i) => { sum[who][i] += t - before[i]; });
		}
	return Object.fromEntries(Object.entries(sum).map(([who, [worker, all]]) =>
		[who, { worker: worker * 2 / PAGES / TURNS,
			all: all * 2 / PAGES / TURNS }]));
}

const queries = await statements();
const pages = await bed();
let php = null;

try {
	const person = await Person.in('op1');
	php = install(pages, queries);
	const theirs = await answers(PORT, person);

	if (theirs.status !== 200)
		throw new Error(`PHP: ${theirs.status}\n${pages.errors}`);
	same((await page(8080, person)).text, theirs.text);
	const ms = await measure(pages, person);

	console.log(`a page, processor ms: ours ${round(ms.ours.worker)} worker, ` +
		`${round(ms.ours.all)} in all; PHP ${round(ms.php.worker)}, ` +
		`${round(ms.php.all)}`);
	for (const [name, part, target] of [['journal_vs_php', 'all', 1.2],
		['journal_worker_vs_php', 'worker', 1.5]]) {
		const ratio = ms.php[part] / ms.ours[part];

		figure(name, 'ms', round(ms.ours[part]), target, ratio >= target,
			PAGES / 2 * TURNS, { rival: 'PHP-FPM', rival_value:
			round(ms.php[part]), ratio: round(ratio) });
	}
} finally {
	agent.destroy();
	for (const child of Object.values(php ?? {})) {
		child.kill('SIGTERM');
		await child.gone;
	}
	await pages.close();
}
