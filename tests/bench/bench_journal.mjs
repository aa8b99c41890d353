#!/usr/bin/env node
// A page of 50 rows of the journal out of a million appeals, over HTTP with
// its durable log row: every kind of user, every set of the filters of K-4.0.7
// drawn at random, values of one appeal (something is found) or of several
// (mostly nothing is, and that has to be found out).
// The second figure: words of the descriptions, one to three of one appeal or
// of several, over all there are and over the active ones.
// figures: journal_p99_ms journal_fulltext_p99_ms

import { inNamespace } from '../lab/run.mjs';
import { Person } from '../http/pages.mjs';
import { agent, ask, at, bed, below, figure, pick, processors, round,
	wanted }
	from './journal_bed.mjs';

inNamespace();

const QUESTIONS = Number(process.env.BENCH_QUESTIONS ?? 3000);
const TARGET_MS = 25, TEXT_MS = 500;
const STATUS = ['', '', 'ALL', 'CLOSED', 'IN_PROGRESS', 'DEFERRED',
	'UNDER_REVIEW', 'MINE', 'RETURNED', 'SOON', 'OVERDUE'];
const COLUMNS = ['number', 'name', 'type', 'form', 'theme', 'channel', 'phone',
	'enp', 'assignee', 'mo', 'insurer', 'due', 'from', 'to'];

const pages = await bed();

async function sample() {
	const [[last]] = await pages.sql('SELECT MAX(id) FROM appeal');
	const ids = Array.from({ length: 2000 }, () => 1 + below(Number(last)));
	const rows = await pages.sql(`SELECT number, surname, given_name, type,
		form, theme_code, channel, phone, enp, assignee_id, mo_id, insurer_id,
		due_date, DATE(registered_at) FROM appeal WHERE id IN (${ids})
		AND number IS NOT NULL ORDER BY RAND(26)`);

	return rows.map(([number, surname, given, type, form, theme, channel,
		phone, enp, assignee, mo, insurer, due, day]) => ({ number,
		name: below(2) ? `${surname} ${given}` : surname.slice(0, 1 + below(8)),
		type, form, theme, channel, phone, enp, assignee, mo, insurer, due,
		from: day, to: day }));
}

// Each of the filters in one of four questions; strangers: each from another.
function question(rows) {
	const strangers = below(3) === 0;
	const one = pick(rows);
	const q = { status: pick(STATUS) };

	for (const c of COLUMNS) {
		const value = (strangers ? pick(rows) : one)[c];

		if (below(c === 'number' || c === 'enp' || c === 'phone' ? 12 : 4) ||
			!value || value === 'NULL')
			continue;
		q[c] = value;
	}
	return q;
}

// otklik-jobs puts a million descriptions into its index in minutes, once.
async function texts() {
	await pages.jobsUntilNone('SELECT COUNT(*) FROM text_todo',
		{ within: 3600e3 });
	await pages.sql('SELECT COUNT(*) FROM appeal_stem');
}

async function descriptions() {
	const [[last]] = await pages.sql('SELECT MAX(id) FROM appeal');
	const ids = Array.from({ length: 500 }, () => 1 + below(Number(last)));

	return (await pages.sql(`SELECT description FROM appeal
		WHERE id IN (${ids}) AND description <> ''`)).map(([text]) =>
		text.split(/[^А-Яа-яЁё0-9]+/).filter((w) => w.length > 3));
}

function search(rows) {
	const one = pick(rows), strangers = below(3) === 0;

	return { status: pick(['', 'ALL', 'ALL']),
		text: Array.from({ length: 1 + below(3) }, () =>
			pick(strangers ? pick(rows) : one)).join(' ') };
}

async function bench() {
	const people = [];

	for (const login of ['op1', 'spec1', 'admin', 'super1', 'rep1', 'rep22'])
		people.push(await Person.in(login));
	const rows = await sample();

	if (wanted('journal_p99_ms'))
		await measure('journal_p99_ms', TARGET_MS, people, QUESTIONS,
			() => question(rows));
	if (wanted('journal_fulltext_p99_ms')) {
		await texts();
		const found = await descriptions();

		await measure('journal_fulltext_p99_ms', TEXT_MS, people,
			QUESTIONS / 3, () => search(found));
	}
	agent.destroy();
}

async function measure(name, target, people, n, next) {
	const all = [], dear = [];

	for (let i = 0; i < 200; i++)
		await ask(pick(people), next());
	for (let i = 0; i < n; i++) {
		const who = i % people.length;
		const q = next();
		const before = processors(pages);
		const { ms } = await ask(people[who], q);

		all.push(ms);
		dear.push([processors(pages) - before, who, q]);
	}
	all.sort((a, b) => a - b);
	dear.sort((a, b) => b[0] - a[0]);
	const cpu = dear.map(([t]) => t).reverse();

	console.log(`p50 ${round(at(all, 0.5))} ms, max ${round(all.at(-1))}; ` +
		`processor time p50 ${round(at(cpu, 0.5))}, ` +
		`p99 ${round(at(cpu, 0.99))}, max ${round(cpu.at(-1))}`);
	for (const [t, who, q] of dear.slice(0, 5)) // synthetic people
		console.log(`  ${round(t)} ms: user ${who} ${JSON.stringify(q)}`);
	figure(name, 'ms', round(at(all, 0.99)), target,
		at(all, 0.99) <= target, all.length);
}

try {
	await bench();
} finally {
	await pages.close();
}
