#!/usr/bin/env node
// What a browser is sent for the workspace with 50 rows of the demo: the first
// time with all its styles, scripts and pictures, then the page alone (the
// rest is kept). Compressed, as nginx sends it; bodies without headers.
// figures: page_first_kb page_next_kb

import { gunzipSync } from 'node:zlib';
import { inNamespace } from '../lab/run.mjs';
import { Pages, Person } from '../http/pages.mjs';

inNamespace();

const FIRST_KB = 300, NEXT_KB = 30;
const REFERENCES = /(?:src|href)="([^"#?]+)|from '([^']+)'|import\('([^']+)'\)|url\(["']?([^"')]+)/g;

const pages = await Pages.open();

// -> [bytes sent, text]
async function load(person, where) {
	const res = await person.get(where, { 'accept-encoding': 'gzip' });
	const packed = res.headers['content-encoding'] === 'gzip';

	if (res.status !== 200)
		throw new Error(`${where}: ${res.status}`);
	return [res.bytes.length,
		packed ? gunzipSync(res.bytes).toString() : res.text];
}

function figure(name, bytes, target, n) {
	const wanted = process.argv.slice(2);
	const ours = Math.round(bytes / 102.4) / 10;

	if (!wanted.length || wanted.includes(name))
		console.log(JSON.stringify({ name, unit: 'KB', ours, rival: null,
			rival_value: null, ratio: null, target, holds: ours <= target,
			n }));
}

async function bench() {
	const op = await Person.in('op1');
	const [page, html] = await load(op, '/');
	const seen = new Map();
	const todo = [['/', html]];

	while (todo.length) {
		const [from, text] = todo.pop();

		for (const found of text.matchAll(REFERENCES)) {
			const where = new URL(found.slice(1).find(Boolean),
				`http://x${from}`).pathname;

			if (!where.startsWith('/static/') || seen.has(where))
				continue;
			const [bytes, body] = await load(op, where);

			seen.set(where, bytes);
			if (/\.(js|css)$/.test(where))
				todo.push([where, body]);
		}
	}
	const rest = [...seen.values()].reduce((a, b) => a + b, 0);

	for (const [where, bytes] of [...seen].sort((a, b) => b[1] - a[1])
		.slice(0, 6))
		console.log(`${where} ${bytes}`);
	figure('page_first_kb', page + rest, FIRST_KB, seen.size + 1);
	figure('page_next_kb', page, NEXT_KB, 1);
}

try {
	await bench();
} finally {
	await pages.close();
}
