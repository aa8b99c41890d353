#!/usr/bin/env node
// Templates are code that sees citizens' words: what ClearSilver would let
// through unescaped is refused here, and the two catalogues must agree.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, files, lint } from './lint.mjs';

// HDF: "a.b = c", "a {", "}"
function catalogue(lang) {
	const keys = new Map();
	const at = [];

	for (const line of readFileSync(path.join(ROOT, 'lang', `${lang}.hdf`),
		'utf8').split('\n').map((l) => l.trim())) {
		const open = line.match(/^([\w.]+)\s*\{$/);
		const set = line.match(/^([\w.]+)\s*=\s*(.*)$/);

		if (!line || line.startsWith('#'))
			continue;
		if (open)
			at.push(open[1]);
		else if (line === '}')
			at.pop();
		else if (set)
			keys.set([...at, set[1]].join('.'), set[2]);
		else
			throw new Error(`${lang}.hdf: ${line}`);
	}
	assert.equal(at.length, 0, `${lang}.hdf: an open brace`);
	return keys;
}

const ru = catalogue('ru');
const en = catalogue('en');

test('every template passes the rules', () => {
	for (const f of files(ROOT))
		assert.deepEqual(lint(readFileSync(f, 'utf8')), [],
			path.relative(ROOT, f));
});

test('the rules see what they are for', () => {
	const samples = [
		'<?cs uvar:x ?>', '<?cs evar:x ?>', '<?cs linclude:x ?>',
		'<?cs escape:"none" ?>', '<?cs alt:x ?>', '<?cs var ?>',
		'<?cs var:string.slice(x, 0, 1) ?>', '<?cs loop:i = #1, #9 ?>',
		'<script>alert(1)</script>', '<style>p{}</style>',
		'<p onclick="x">', '<p style="x">', '<p class=<?cs var:x ?>>',
		"<p class='<?cs var:x ?>'>", '<a href="<?cs var:x ?>">',
		'<a hx-get="<?cs var:x ?>">', '<img src="<?cs var:x ?>/a">',
	];

	for (const s of samples)
		assert.equal(lint(s).length > 0, true, s);
	for (const s of ['<a href="/x/<?cs var:url_escape(x) ?>">',
		'<a href="<?cs var:url_validate(x) ?>">', '<p class="<?cs var:x ?>">',
		'<?cs # uvar: and escape: are never used ?>',
		'<script src="/a.js" defer></script>'])
		assert.deepEqual(lint(s), [], s);
});

test('both languages have the same keys, none empty', () => {
	assert.deepEqual([...en.keys()].filter((k) => !ru.has(k)), []);
	assert.deepEqual([...ru.keys()].filter((k) => !en.has(k)), []);
	for (const [name, keys] of [['ru', ru], ['en', en]])
		for (const [k, v] of keys)
			assert.notEqual(v, '', `${name}: ${k}`);
});

test('every text a template asks for is there', () => {
	const branches = new Set([...ru.keys()].flatMap((k) =>
		k.split('.').map((_, i, all) => all.slice(0, i + 1).join('.'))));

	for (const f of files(ROOT))
		for (const m of readFileSync(f, 'utf8').matchAll(
			/\bLang(?:\.\w+)+/g))
			assert.ok(branches.has(m[0]),
				`${path.relative(ROOT, f)}: ${m[0]}`);
});

test('every text the program asks for is there', () => {
	const cgi = path.resolve(ROOT, '../cgi');

	for (const f of readdirSync(cgi).filter((n) => n.endsWith('.c')))
		for (const m of readFileSync(path.join(cgi, f), 'utf8').matchAll(
			/"((?:Msg|Card|Journal|Filter|Invalid|Call)\.\w+)"/g))
			if (!/view_set/.test(m.input.slice(m.index - 40, m.index)))
				assert.ok(ru.has(`Lang.${m[1]}`), `${f}: ${m[1]}`);
});

// All sheets are loaded on every page, so a class that two of them describe
// is one that spoils the other's page.
test('a class is described in one style sheet only', () => {
	const css = path.resolve(ROOT, '../static/css');
	const home = new Map();

	for (const f of readdirSync(css).filter((n) => n.endsWith('.css')))
		for (const [, name] of readFileSync(path.join(css, f), 'utf8')
			.matchAll(/^\.([\w-]+) \{/gm)) {
			assert.equal(home.get(name) ?? f, f, `.${name}`);
			home.set(name, f);
		}
});
