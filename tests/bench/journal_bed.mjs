// A million appeals (BENCH_APPEALS) behind nginx and four workers, kept in
// $OTKLIK_STATE/bench/journal (./var), 2 GB; and what the benches over them
// share: the same questions every time, asked as a browser does.

import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { ROOT } from '../lab/run.mjs';
import { Pages } from '../http/pages.mjs';
import { named } from '../lab/proc.mjs';

export const APPEALS = Number(process.env.BENCH_APPEALS ?? 1000000);

process.env.LAB_DB_POOL ??= '3G';
process.env.LAB_DB_LOG ??= '256M';
process.env.LAB_DB_FLUSH ??= '1';

let seed = 26n;

export function below(n) {
	seed = BigInt.asUintN(64, seed * 6364136223846793005n +
		1442695040888963407n);
	return Number((seed >> 33n) % BigInt(n));
}

export const pick = (list) => list[below(list.length)];
export const at = (sorted, p) => sorted[Math.min(sorted.length - 1,
	Math.ceil(sorted.length * p) - 1)];
export const round = (x) => Math.round(x * 100) / 100;

// Rows and indexes are read once, as the first hours of work would.
export async function bed() {
	const pages = await Pages.open({ workers: 4, appeals: APPEALS,
		dir: path.resolve(process.env.OTKLIK_STATE ??
			path.join(ROOT, 'var'), 'bench/journal') });
	const indexes = await pages.sql(`SELECT DISTINCT index_name
		FROM information_schema.statistics WHERE table_schema = 'otklik'
		AND table_name = 'appeal'`);

	await pages.sql('SELECT SUM(LENGTH(description)) FROM appeal');
	for (const [name] of indexes)
		await pages.sql(`SELECT COUNT(*) FROM appeal FORCE INDEX (${name})`);
	return pages;
}

export const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

// -> { ms, text }
export function ask(person, fields, where = '/') {
	const body = new URLSearchParams({ csrf: person.csrf, ...fields })
		.toString();

	return new Promise((done, fail) => {
		const began = performance.now();
		const req = http.request({ host: '127.0.0.1', port: 8080, agent,
			method: 'POST', path: where, headers: person.headers({
				'content-type': 'application/x-www-form-urlencoded',
				'content-length': Buffer.byteLength(body) }) }, (res) => {
			const parts = [];

			res.on('data', (d) => parts.push(d));
			res.on('end', () => {
				if (res.statusCode !== 200)
					return fail(new Error(`${res.statusCode} to ${body}`));
				done({ ms: performance.now() - began,
					text: Buffer.concat(parts).toString() });
			});
		});

		req.on('error', fail);
		req.end(body);
	});
}

// Processor time of processes, ms: it does not depend on what else the machine
// does, and leaves the waiting for the disk out.
export function cpu(pids) {
	let ns = 0;

	for (const pid of pids)
		for (const task of readdirSync(`/proc/${pid}/task`))
			ns += Number(readFileSync(
				`/proc/${pid}/task/${task}/schedstat`, 'utf8')
				.split(' ')[0]);
	return ns / 1e6;
}

// Of the workers and of the database.
export const processors = (pages, programs = ['otklik-pages']) =>
	cpu([...programs.flatMap((n) => named(n).map((p) => p.pid)),
		Number(readFileSync(path.join(pages.dir, 'run/db.pid'), 'utf8'))]);

const figures = process.argv.slice(2);

export const wanted = (name) => !figures.length || figures.includes(name);

export function figure(name, unit, ours, target, holds, n, rival = {}) {
	if (!wanted(name))
		return;
	console.log(JSON.stringify({ name, unit, ours, rival: null,
		rival_value: null, ratio: null, target, holds, n, ...rival }));
}
