#!/usr/bin/env node
// Themes and scenarios found by words of operators, each of which has the code
// it is about (tests/unit/theme_queries.tsv), over HTTP: nginx, a worker,
// MariaDB. The delivered texts and synonyms. A theme is sought within its type,
// as in the card; it is found when it is among the first ten.
// figures: scenario_recall scenario_search_p99_ms

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { named } from '../lab/proc.mjs';
import { ROOT, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from '../http/pages.mjs';

inNamespace();

const SHOWN = 10, ROUNDS = 10;
const RECALL = 0.93, TARGET_MS = 2;
const TYPES = { ZH: 'Жалоба', KN: 'Консультация', ZV: 'Заявление',
	PR: 'Предложение', BL: 'Благодарность' };

const pages = await Pages.open({ workers: 1 });

finally_(() => pages.close());

const queries = readFileSync(path.join(ROOT, 'tests/unit/theme_queries.tsv'),
	'utf8').trim().split('\n').map((line) => line.split('\t'));

// Processor time so far of the worker and the database, ms: what the rest of
// the machine does is not in it.
const used = () => [...named('mariadbd'), ...named('otklik-pages')]
	.flatMap(({ pid }) => readdirSync(`/proc/${pid}/task`).map((task) =>
		Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8')
			.split(' ')[0])))
	.reduce((sum, ns) => sum + ns / 1e6, 0);

const address = ([code, q]) => code.startsWith('SC')
	? `/api/scenarios?${new URLSearchParams({ q })}`
	: `/api/themes?${new URLSearchParams({ q, type: TYPES[code.slice(0, 2)] })}`;
const at = (list, p) => [...list].sort((a, b) => a - b)[
	Math.ceil(list.length * p) - 1];
const round = (x) => Math.round(x * 1000) / 1000;

function figure(name, unit, ours, target, holds, n) {
	console.log(JSON.stringify({ name, unit, ours, rival: null,
		rival_value: null, ratio: null, target, holds, n }));
}

test('themes and scenarios', async () => {
	const op = await Person.in('op1');
	const cpu = [], whole = [], places = [];

	for (let i = 0; i <= ROUNDS; i++)
		for (const query of queries) {
			const before = used(), begun = performance.now();
			const { text } = await op.get(address(query));

			if (i) { // the first ones read the tables
				whole.push(performance.now() - begun);
				cpu.push(used() - before);
			} else {
				places.push(JSON.parse(text).findIndex((t) =>
					t.code === query[0]));
			}
		}
	const hits = places.filter((p) => p >= 0 && p < SHOWN).length;
	const first = places.filter((p) => p === 0).length;
	const p99 = round(at(cpu, 0.99));

	queries.filter((_, i) => places[i] < 0 || places[i] >= SHOWN).forEach(
		(q) => console.log(`missed: ${q.join(' ')}`));
	console.log(`first of the list ${round(first / queries.length)}; ` +
		`over HTTP p50 ${round(at(whole, 0.5))} p99 ${round(at(whole, 0.99))} ` +
		`ms; processor time p50 ${round(at(cpu, 0.5))}`);
	figure('scenario_recall', '', round(hits / queries.length), RECALL,
		hits / queries.length >= RECALL, queries.length);
	figure('scenario_search_p99_ms', 'ms', p99, TARGET_MS, p99 <= TARGET_MS,
		cpu.length);
}, { limit: 300000 });

await run();
