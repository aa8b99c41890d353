#!/usr/bin/env node
// What ClearSilver would let through unescaped is refused here. Prints what is
// wrong with the templates; `make check` runs it, test_lint.mjs tests it.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)),
	'../../templates');

export function files(dir) {
	return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
		e.isDirectory() ? files(path.join(dir, e.name))
			: e.name.endsWith('.cs') ? [path.join(dir, e.name)] : []);
}

const TAG = /<\?cs\s*([\s\S]*?)\?>/g;
// attributes whose value is an address
const URLS = 'href|src|action|formaction|poster|hx-get|hx-post|hx-put|data-draft';

// -> the list of what is wrong with one template's text
export function lint(text) {
	const bad = [];
	const tags = [...text.matchAll(TAG)].map((m) => m[1].trim());

	for (const t of tags) {
		if (t.startsWith('#'))
			continue;
		if (/^(uvar|evar|lvar|alt|linclude|escape)\b/.test(t))
			bad.push(`<?cs ${t}`);
		if (/\bstring\.(slice|length)\b/.test(t))
			bad.push(`counts bytes, not letters: <?cs ${t}`);
		if (/^(var|name)\s*:?\s*$/.test(t))
			bad.push(`no argument: <?cs ${t}`);
		if (/^loop\b/.test(t))
			bad.push(`a loop without a limit: <?cs ${t}`);
	}
	const plain = text.replace(/<\?cs\s*#[\s\S]*?\?>/g, '');

	for (const m of plain.matchAll(/<(script|style)\b[^>]*>([\s\S]*?)<\/\1>/g))
		if (m[2].trim())
			bad.push(`inline <${m[1]}>`);
	// a tag of ours inside a word of HTML stands for one character
	const html = plain.replace(TAG, '\u0001');

	for (const m of html.matchAll(/\son[a-z]+\s*=/gi))
		bad.push(`event attribute:${m[0]}`);
	for (const m of html.matchAll(/\sstyle\s*=/gi))
		bad.push(`inline style:${m[0]}`);
	for (const m of html.matchAll(/[\w-]+=\u0001/g))
		bad.push(`unquoted attribute: ${m[0].slice(0, -1)}`);
	for (const m of html.matchAll(/[\w-]+='[^']*\u0001/g))
		bad.push(`single quotes: ${m[0].slice(0, 20)}`);
	for (const m of plain.matchAll(new RegExp(
		`\\s(?:${URLS})="\\s*<\\?cs\\s*([\\s\\S]*?)\\?>`, 'g')))
		if (!/^var:\s*url_(validate|escape)\(/.test(m[1].trim()))
			bad.push(`address begins with a variable: ${m[0].trim()}`);
	return bad;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
	for (const f of files(ROOT))
		for (const bad of lint(readFileSync(f, 'utf8'))) {
			console.log(`${path.relative(ROOT, f)}: ${bad}`);
			process.exitCode = 1;
		}
