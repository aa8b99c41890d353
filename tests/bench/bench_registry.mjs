#!/usr/bin/env node
// The search in a register of three million persons (BENCH_PERSONS), over HTTP
// as a browser asks: nginx, four workers, the durable log row included. The
// register is kept in $OTKLIK_STATE/bench/registry (./var), 2.5 GB.
// figures: registry_search_p99_ms registry_search_c50_p99_ms registry_recall

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { ROOT, inNamespace } from '../lab/run.mjs';
import { Pages, Person } from '../http/pages.mjs';
import { named } from '../lab/proc.mjs';

inNamespace();

const PERSONS = Number(process.env.BENCH_PERSONS ?? 3000000);
const WANTED = new Set(process.argv.slice(2));
const CLIENTS = 50, EVERY_MS = 300, SECONDS = 30;
const SAMPLE = 3000, RECALL = 3000;
const NAMES = ['surname', 'given_name', 'patronymic'];

process.env.LAB_DB_POOL ??= '3G';
process.env.LAB_DB_LOG ??= '256M';
process.env.LAB_DB_FLUSH ??= '1';

// The same numbers every time.
let seed = 26n;
const below = (n) => {
	seed = BigInt.asUintN(64, seed * 6364136223846793005n +
		1442695040888963407n);
	return Number((seed >> 33n) % BigInt(n));
};
const pick = (list) => list[below(list.length)];
const letters = (text, n) => [...text].slice(0, n).join('');
const at = (sorted, p) => sorted[Math.min(sorted.length - 1,
	Math.ceil(sorted.length * p) - 1)];
const round = (x) => Math.round(x * 100) / 100;

const pages = await Pages.open({ workers: 4, registry: PERSONS,
	dir: path.resolve(process.env.OTKLIK_STATE ?? path.join(ROOT, 'var'),
		'bench/registry') });

async function dictionaries() {
	const jobs = execFile(path.join(ROOT, 'build/cgi/otklik-jobs'), [],
		{ env: pages.env, cwd: ROOT });
	const version = Number(await pages.one(
		'SELECT version FROM register_state'));
	const end = performance.now() + 120000;
	const made = () => {
		try {
			return readFileSync(path.join(pages.dir, 'run/names.dict'))
				.readUInt32LE(12) === version;
		} catch {
			return false;
		}
	};

	while (!made()) {
		assert.ok(performance.now() < end, 'no dictionaries');
		await new Promise((go) => setTimeout(go, 200));
	}
	jobs.kill('SIGTERM');
}

// Persons by random ids; a bench reads the whole of each index once, as the
// first hours of work would.
async function sample(n) {
	const ids = Array.from({ length: n }, () => 1 + below(PERSONS));
	const rows = await pages.sql(`SELECT id, surname, given_name, patronymic,
		DATE_FORMAT(birth_date, '%d.%m.%Y') FROM insured_person
		WHERE id IN (${ids}) ORDER BY RAND(26)`);

	for (const [index, column] of [['i_s', 'k_sn'], ['i_g', 'k_gn'],
		['i_p', 'k_pn'], ['i_gp', 'k_gn'], ['i_b', 'birth_date']])
		await pages.sql(`SELECT COUNT(${column}) FROM insured_person
			FORCE INDEX (${index})`);
	return rows.map(([id, surname, given_name, patronymic, birth_date]) =>
		({ id, surname, given_name, patronymic, birth_date }));
}

// Every non-empty set of the four fields: whole names, beginnings of 3, 2 and
// 1 letters, beginnings and whole names of different persons.
const KINDS = [99, 3, 2, 1, 'mixed', 'strangers'];

function query(people, kind, mask) {
	const one = pick(people), q = {};

	NAMES.forEach((name, i) => {
		const from = typeof kind === 'string' ? pick(people) : one;
		const text = kind === 'strangers' ? from[name] : letters(from[name],
			kind === 'mixed' ? 1 + below(5) : kind);

		if (mask >> i & 1 && text)
			q[name] = text;
	});
	if (mask & 8 || !Object.keys(q).length)
		q.birth_date = (typeof kind === 'string' ? pick(people) : one)
			.birth_date;
	return q;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });

// -> [ms, the answer]
function ask(person, fields) {
	const body = new URLSearchParams({ csrf: person.csrf, appeal: 1,
		...fields }).toString();

	return new Promise((done, fail) => {
		const began = performance.now();
		const req = http.request({ host: '127.0.0.1', port: 8080,
			method: 'POST', path: '/registry', agent, headers:
			person.headers({
				'content-type': 'application/x-www-form-urlencoded',
				'content-length': Buffer.byteLength(body) }) }, (res) => {
			const parts = [];

			res.on('data', (d) => parts.push(d));
			res.on('end', () => {
				const ms = performance.now() - began;

				if (res.statusCode !== 200)
					return fail(new Error(`${res.statusCode} to ${body}`));
				done([ms, Buffer.concat(parts).toString()]);
			});
		});

		req.on('error', fail);
		req.end(body);
	});
}

// Processor time of the workers and of the database, ms: it does not depend on
// what else the machine does, and leaves the waiting for the disk out.
function processors() {
	const pids = [...named('otklik-pages').map((p) => p.pid),
		Number(readFileSync(path.join(pages.dir, 'run/db.pid'), 'utf8'))];
	let ns = 0;

	for (const pid of pids)
		for (const task of readdirSync(`/proc/${pid}/task`))
			ns += Number(readFileSync(
				`/proc/${pid}/task/${task}/schedstat`, 'utf8')
				.split(' ')[0]);
	return ns / 1e6;
}

function figure(name, unit, ours, target, holds, n) {
	if (WANTED.size && !WANTED.has(name))
		return;
	console.log(JSON.stringify({ name, unit, ours, rival: null,
		rival_value: null, ratio: null, target, holds, n }));
}

async function alone(op, people) {
	const all = [], slow = [], cpu = [];

	for (const kind of KINDS)
		for (let mask = 1; mask < 16; mask++) {
			const of = [];

			for (let i = 0; i < 40; i++) {
				const before = processors();

				all.push((await ask(op, query(people, kind, mask)))[0]);
				of.push(processors() - before);
			}
			of.sort((a, b) => a - b);
			slow.push([at(of, 0.9), kind, mask]);
			cpu.push(...of);
		}
	all.sort((a, b) => a - b);
	cpu.sort((a, b) => a - b);
	slow.sort((a, b) => b[0] - a[0]);
	console.log(`one client: p50 ${round(at(all, 0.5))} ms, ` +
		`p99.9 ${round(at(all, 0.999))}, max ${round(all.at(-1))}; ` +
		`processor time p50 ${round(at(cpu, 0.5))}, ` +
		`p99 ${round(at(cpu, 0.99))}, p90 of the dearest kind ` +
		`${slow.slice(0, 3).map(([t, k, m]) => `${round(t)} (${k}/${m})`)
			.join(', ')}`);
	figure('registry_search_p99_ms', 'ms', round(at(all, 0.99)), 5,
		at(all, 0.99) <= 5, all.length);
}

// Open loop: a search is due when it is due, whatever became of the last one,
// and late is what counts from then.
async function crowd(op, people) {
	const all = [], running = [];
	const start = performance.now() + 200;

	for (let c = 0; c < CLIENTS; c++)
		for (let due = start + below(EVERY_MS);
			due < start + SECONDS * 1000; due += EVERY_MS)
			running.push((async () => {
				await new Promise((go) =>
					setTimeout(go, due - performance.now()));
				// the timer's own lateness is the client's
				const late = performance.now();

				await ask(op, query(people, pick(KINDS), 1 + below(15)));
				all.push(performance.now() - late);
			})());
	await Promise.all(running);
	all.sort((a, b) => a - b);
	console.log(`50 clients: p50 ${round(at(all, 0.5))} ms, ` +
		`max ${round(all.at(-1))}`);
	figure('registry_search_c50_p99_ms', 'ms', round(at(all, 0.99)), 20,
		at(all, 0.99) <= 20, all.length);
}

// ---- recall -----------------------------------------------------------------

const RU = 'йцукенгшщзхъфывапролджэячсмитьбю';
const EN = 'qwertyuiop[]asdfghjkl;\'zxcvbnm,.';
const LETTERS = 'абвгдежзийклмнопрстуфхцчшщъыьэюя';

const latin = (text) => [...text.toLowerCase().replaceAll('ё', '`')]
	.map((c) => EN[RU.indexOf(c)] ?? c).join('');

function slip(text) {
	const c = [...text], i = below(c.length);

	switch (below(4)) {
	case 0:
		c.splice(i, 1);
		break;
	case 1:
		c.splice(i, 0, pick(LETTERS));
		break;
	case 2:
		c[i] = pick(LETTERS);
		break;
	default:
		if (i)
			[c[i - 1], c[i]] = [c[i], c[i - 1]];
	}
	return c.join('');
}

const NOISE = {
	clean: () => {},
	slips: (q) => {
		const name = pick(NAMES.filter((n) => q[n]?.length > 2));

		q[name] = slip(q[name]);
	},
	layouts: (q) => {
		for (const n of NAMES)
			if (q[n])
				q[n] = latin(q[n]);
	},
	swaps: (q) => {
		const [a, b] = pick([[0, 1], [1, 2], [0, 2]]).map((i) => NAMES[i]);

		[q[a], q[b]] = [q[b] ?? '', q[a] ?? ''];
	},
};

// What an operator types of a person, so that he is the only one of the name.
async function unique(p) {
	const q = {};
	const sets = [[0, 1, 2, 3], [0, 1, 3], [0, 1, 2]];

	for (const i of pick(sets))
		if (i === 3)
			q.birth_date = p.birth_date;
		else if (p[NAMES[i]])
			q[NAMES[i]] = p[NAMES[i]];
	const where = Object.entries(q).map(([k, v]) => k === 'birth_date'
		? `birth_date = STR_TO_DATE('${v}', '%d.%m.%Y')`
		: `${k} = '${v.replaceAll('\'', '\'\'')}'`).join(' AND ');
	const keys = where.replace(/(surname|given_name|patronymic) = '([^']*)'/g,
		(_, k, v) => `${{ surname: 'k_sn', given_name: 'k_gn',
			patronymic: 'k_pn' }[k]} = '${v.toUpperCase()
			.replaceAll('Ё', 'Е')}'`);

	return [q, keys];
}

async function recall(op, people) {
	const wanted = [];

	for (const p of people.slice(0, RECALL))
		wanted.push([p, ...await unique(p)]);
	// one question for all of them: how many fit
	const counts = [];

	for (let i = 0; i < wanted.length; i += 100)
		counts.push(...await pages.sql(wanted.slice(i, i + 100).map(
			([, , where]) => `SELECT COUNT(*) FROM insured_person
				WHERE ${where}`).join(' UNION ALL ')));
	const kinds = ['clean', 'clean', 'clean', 'clean', 'clean', 'clean',
		'clean', 'slips', 'layouts', 'swaps'];
	const tally = {};
	const lost = [];

	for (const [i, [p, q]] of wanted.entries()) {
		const kind = kinds[i % kinds.length];
		const typed = { ...q };

		if (counts[i][0] !== '1')
			continue;
		NOISE[kind](typed);
		const [, text] = await ask(op, typed);
		const hit = text.includes(`name="attach" value="${p.id}"`);

		tally[kind] ??= [0, 0];
		tally[kind][0] += hit;
		tally[kind][1]++;
		if (!hit)
			lost.push(`${kind}: ${Object.values(typed).join(' ')}`);
	}
	const sum = (i) => Object.values(tally).reduce((s, t) => s + t[i], 0);
	const share = sum(0) / sum(1);

	console.log(`recall: ${Object.entries(tally).map(([k, [hit, n]]) =>
		`${k} ${hit}/${n}`).join(', ')}`);
	for (const l of lost.slice(0, 12)) // synthetic people
		console.log(`  lost ${l}`);
	figure('registry_recall', 'share', Math.round(share * 1e4) / 1e4, 0.99,
		share >= 0.99, sum(1));
}

async function bench() {
	await dictionaries();
	const people = await sample(SAMPLE);
	const op = await Person.in('op1');
	const want = (name) => !WANTED.size || WANTED.has(name);

	for (let i = 0; i < 300; i++) // statements are prepared once a worker
		await ask(op, query(people, pick(KINDS), 1 + below(15)));
	if (want('registry_search_p99_ms'))
		await alone(op, people);
	if (want('registry_search_c50_p99_ms'))
		await crowd(op, people);
	if (want('registry_recall'))
		await recall(op, people);
	agent.destroy();
}

try {
	await bench();
} finally {
	await pages.close();
}
