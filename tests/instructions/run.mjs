#!/usr/bin/env node
// The regression gate: instructions of one operation under callgrind, against
// recorded.tsv. More than 10 % away, either way, fails (a gain is recorded,
// too: `make instructions-record`).
//
//   tests/instructions/run.mjs [--record]
//
// A program calls CALLGRIND_ZERO_STATS, works, calls CALLGRIND_DUMP_STATS and
// prints "name operations", once a figure; of several with one name the least
// counts. Summed is what instructions cost
// by themselves, wherever they are but in the C library and its loader (which
// choose by the processor and differ between machines) and in tests/: our
// code, and the libraries it calls. Each program's comment says what runs
// between the two marks.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync }
	from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const RECORDED = path.join(HERE, 'recorded.tsv');
const LIMIT = 0.10;
// Only inside these, where the rest of the process also works meanwhile.
const INSIDE = { relay: ['cc_media_web_rtp', 'port_read_rtp'] };
const SYSTEM = /\/(lib(c|m|pthread)|(ld-linux|vgpreload)[^/]*)[.-][^/]*$/;

// Sums the self cost in a file of callgrind. Names are given once, as
// "fn=(3) name", and then by their number; cost lines are "line cost", where
// a line may be relative or "*"; the line after "calls=" is what was called.
export function ours(text) {
	const names = { ob: [], fl: [] };
	let object = '', file = '', called = false, sum = 0;
	const resolve = (list, value) => {
		const [, id, name] = value.match(/^\((\d+)\)(?: (.*))?$/);

		if (name !== undefined)
			list[id] = name;
		return list[id] ?? '';
	};

	for (const line of text.split('\n')) {
		const [, key, value] = line.match(/^(\w+)=(\(.*)$/) ?? [];

		if (key === 'ob')
			object = resolve(names.ob, value);
		else if (key === 'fl' || key === 'fi' || key === 'fe')
			file = resolve(names.fl, value);
		else if (key === 'cob')
			resolve(names.ob, value);
		else if (key === 'cfi' || key === 'cfl')
			resolve(names.fl, value);
		else if (line.startsWith('calls='))
			called = true;
		else if (/^\d+ \d+$/.test(line)) {
			// wherever it was compiled: a cache may hand out objects
			const test = /(^|\/)tests\/\w+\/[^/]+$/.test(file);

			if (!called && !test && !SYSTEM.test(object))
				sum += Number(line.split(' ')[1]);
			called = false;
		}
	}
	return sum;
}

async function measure(program, root) {
	const name = path.basename(program);
	const dir = mkdtempSync(path.join(tmpdir(), 'otklik-callgrind-'));

	try {
		const { stdout } = await promisify(execFile)('valgrind', [
			'--tool=callgrind', '--quiet', '--compress-pos=no',
			`--callgrind-out-file=${dir}/out`,
			...(INSIDE[name] ?? []).map((f) => `--toggle-collect=${f}`),
			path.resolve(program)], { cwd: root });
		const figures = stdout.trim().split('\n').map((l) => l.split(' '));
		// out.1, out.2 …; what comes at the program's end is out.
		const dumps = readdirSync(dir)
			.filter((f) => /^out\.\d+$/.test(f)).length;

		if (dumps !== figures.length)
			throw new Error(`${name}: ${dumps} dumps, said:\n${stdout}`);
		const least = new Map();

		figures.forEach(([figure, n], i) => least.set(figure, Math.min(
			least.get(figure) ?? Infinity, Math.round(ours(
				readFileSync(`${dir}/out.${i + 1}`, 'utf8')) / n))));
		return [...least];
	} finally {
		rmSync(dir, { recursive: true });
	}
}

function recorded() {
	return Object.fromEntries(readFileSync(RECORDED, 'utf8').split('\n')
		.filter((l) => l && !l.startsWith('#')).map((l) => l.split('\t')));
}

async function main() {
	const args = process.argv.slice(2);
	const root = path.resolve(HERE, '../..');
	const programs = readdirSync(HERE).filter((f) => f.endsWith('.c'))
		.map((f) => path.join('build/tests/instructions', path.parse(f).name));
	const now = (await Promise.all(
		programs.map((p) => measure(p, root)))).flat();
	let failed = 0;

	if (args.includes('--record')) {
		writeFileSync(RECORDED, '# Instructions of one operation; ' +
			'written by `make instructions-record`.\n' +
			now.map(([f, n]) => `${f}\t${n}\n`).join(''));
		process.stdout.write(readFileSync(RECORDED, 'utf8'));
		return 0;
	}
	const before = recorded();

	for (const f of new Set([...Object.keys(before), ...now.map(([k]) => k)])) {
		const n = now.find(([k]) => k === f)?.[1];
		const change = n / before[f] - 1;
		const ok = Math.abs(change) <= LIMIT;

		failed += ok ? 0 : 1;
		console.log(`${ok ? 'ok    ' : 'FAILED'} ${f}: ${n ?? 'not measured'}` +
			` instructions, recorded ${before[f] ?? 'none'}` +
			(Number.isFinite(change) ?
				` (${change < 0 ? '' : '+'}${(change * 100).toFixed(1)} %)` : ''));
	}
	return failed ? 1 : 0;
}

process.exit(await main());
