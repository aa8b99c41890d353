// The product's ClearSilver templates as PHP: what a PHP page of the same look
// would be, written by no one by hand, so that it stays the same page. Covers
// what the templates use: var, name, if, each, def, call, set, include.
// A value is an array's leaf; a template's macro is a function.

import { readFileSync } from 'node:fs';
import path from 'node:path';

const WORDS = /\s*(?:("[^"]*")|(\d+)|(&&|\|\||==|!=|[!?(),])|([A-Za-z_][\w.]*))/y;

function words(text) {
	const out = [];

	WORDS.lastIndex = 0;
	for (;;) {
		const at = WORDS.lastIndex;
		const m = WORDS.exec(text);

		if (!m) {
			if (text.slice(at).trim())
				throw new Error(`not understood: ${text}`);
			return out;
		}
		out.push(m[0].trim());
	}
}

export class Compiler {
	constructor(root) {
		this.root = root;
		this.scopes = [new Set()];
		this.functions = [];
		this.names = 0;
	}

	// "row.Fio" -> $row['Fio'], where row is of an each or a macro, and
	// "row.Status.Mark" -> $row['Status.Mark'], beside $row['Status'];
	// everything else stands in the page's data.
	place(name) {
		const [first, ...rest] = name.split('.');
		const local = this.scopes.some((s) => s.has(first));
		const keys = local ? rest.join('.').split(/\.?\b(\d+)\b\.?/)
			.filter(Boolean) : [first, ...rest];

		return (local ? `$${first}` : '$D') +
			keys.map((k) => /^\d+$/.test(k) ? `[${k}]` : `['${k}']`).join('');
	}

	expression(text) {
		const list = words(text);
		let out = '';

		for (let i = 0; i < list.length; i++) {
			const w = list[i];

			if (w === '?')
				out += `isset(${this.place(list[++i])})`;
			else if (w === 'url_escape' && list[i + 1] === '(') {
				out += `rawurlencode(${this.place(list[i + 2])} ?? '')`;
				i += 3;
			} else if (/^[A-Za-z_]/.test(w))
				out += `(${this.place(w)} ?? '')`;
			else
				out += w === '==' || w === '!=' ? ` ${w}= ` : ` ${w} `;
		}
		return out.trim();
	}

	// A macro gets values and lists alike.
	args(text) {
		return words(text).filter((w) => w !== ',').map((w) =>
			/^[A-Za-z_]/.test(w) ? `${this.place(w)} ?? ''` : w).join(', ');
	}

	file(name) {
		return this.text(readFileSync(path.join(this.root, name), 'utf8'));
	}

	text(source) {
		const parts = source.split(/(<\?cs[\s\S]*?\?>)/);
		const saved = [];
		let out = '';

		for (const part of parts) {
			const [, end, what, rest] = part.match(
				/^<\?cs\s+(\/)?(#|\w+):?([\s\S]*?)\?>$/) ?? [];
			const arg = rest?.trim() ?? '';

			if (!what) {
				out += part;
			} else if (end) {
				if (what === 'if')
					out += '<?php } ?>';
				if (what === 'each') {
					this.scopes.pop();
					out += '<?php } ?>';
				}
				if (what === 'def') {
					this.scopes.pop();
					this.functions.push(`${out}<?php } ?>`);
					out = saved.pop();
				}
			} else if (what === 'var') {
				out += arg.startsWith('url_escape') ?
					`<?= ${this.expression(arg)} ?>` :
					`<?= htmlspecialchars(${this.expression(arg)}) ?>`;
			} else if (what === 'name') {
				out += `<?= $key_${arg} ?>`;
			} else if (what === 'if') {
				out += `<?php if (${this.expression(arg)}) { ?>`;
			} else if (what === 'elif') {
				out += `<?php } elseif (${this.expression(arg)}) { ?>`;
			} else if (what === 'else') {
				out += '<?php } else { ?>';
			} else if (what === 'each') {
				const [one, list] = arg.split('=').map((s) => s.trim());
				const from = this.place(list);

				this.scopes.push(new Set([one]));
				out += `<?php foreach (${from} ?? [] as $key_${one} => ` +
					`$${one}) { ?>`;
			} else if (what === 'def') {
				const [, name, list] = arg.match(/^(\w+)\((.*)\)$/);
				const params = list.split(',').map((p) => p.trim())
					.filter(Boolean);

				saved.push(out);
				this.scopes.push(new Set(params));
				out = `<?php function cs_${name}(${params.map((p) =>
					`$${p}`).join(', ')}) { global $D; ?>`;
			} else if (what === 'call') {
				const [, name, list] = arg.match(/^(\w+)\(([\s\S]*)\)$/);

				out += `<?php cs_${name}(${this.args(list)}); ?>`;
			} else if (what === 'set') {
				const [to, value] = arg.split('=').map((s) => s.trim());

				out += `<?php ${this.place(to)} = ${this.expression(value)}; ?>`;
			} else if (what === 'include') {
				out += this.file(arg.replaceAll('"', ''));
			} else if (what !== '#') {
				throw new Error(`not understood: ${part}`);
			}
		}
		return out;
	}

	// Functions first. PHP takes the line break after a closing tag away.
	page(name) {
		const body = this.file(name);

		return [...this.functions, body].join('')
			.replace(/\?>\n/g, '?>\n\n');
	}
}

const quoted = (s) => /^\d+$/.test(s) ? s : `'${s.replace(/[\\']/g, '\\$&')}'`;

export const array = (tree) => `[\n${Object.entries(tree).map(([k, v]) =>
	`${quoted(k)} => ${typeof v === 'string' ? `'${
		v.replace(/[\\']/g, '\\$&')}'` : array(v)},\n`).join('')}]`;

// HDF, as far as the texts use it -> a tree.
export function texts(file) {
	const root = {};
	const open = [root];
	// a name may have both a text and names below it
	const at = (name) => name.split('.').reduce((node, key) => {
		if (typeof node[key] !== 'object')
			node[key] = node[key] === undefined ? {} : { '': node[key] };
		return node[key];
	}, open.at(-1));

	for (const line of readFileSync(file, 'utf8').split('\n')) {
		const [, name] = line.match(/^\s*([\w.]+)\s*\{$/) ?? [];
		const [, above, key, value] = line.match(/^\s*(?:([\w.]+)\.)?(\w+)\s*=\s?(.*)$/) ?? [];

		if (name)
			open.push(at(name));
		else if (key)
			(above ? at(above) : open.at(-1))[key] = value;
		else if (line.trim() === '}')
			open.pop();
	}
	return root;
}
