// The runner: cases one after another, `ok`/`not ok` lines, exit status.
//
//   import { test, run } from '../lab/run.mjs';
//   test('the name states the behaviour', async () => { … });
//   await run();                      // { lab: true }: in a namespace
//
// TEST_ONLY=word runs the cases whose name contains it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const ROOT = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const BUILD = path.join(ROOT, 'build');

// How long a thing that must happen is waited for: longer than any pause of a
// busy machine. How long things take is measured in tests/bench.
export const PATIENCE = 30000;

const cases = [];
const closers = [];
const tellers = [];

export function test(name, body, { limit = 120000 } = {}) {
	cases.push({ name, body, limit });
}

// Runs when everything is over, last registered first, also after a failure.
export function finally_(close) {
	closers.push(close);
}

// Called with the name of each case that failed, to say what was seen.
export function onFailure(tell) {
	tellers.push(tell);
}

// Call before anything is started: the whole test file runs again inside.
export function inNamespace() {
	if (process.env.OTKLIK_LAB_NS === 'ready')
		return;
	const done = spawnSync(path.join(ROOT, 'tests/lab/ns.sh'),
		[process.execPath, ...process.execArgv, ...process.argv.slice(1)],
		{ stdio: 'inherit' });

	if (done.error)
		throw done.error;
	process.exit(done.status ?? 1);
}

export function deadline(promise, ms, what) {
	let timer;
	const late = new Promise((_, no) => {
		const err = new Error(`not within ${ms} ms: ${what}`);

		timer = setTimeout(() => no(err), ms);
	});

	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// A pause of the scenario itself (a talk that lasts, a phone that rings on);
// never a way to wait for something to have happened.
export const lasts = (ms) => new Promise((done) => setTimeout(done, ms));

async function one({ name, body, limit }) {
	const start = Date.now();

	try {
		await deadline(body(), limit, name);
		console.log(`ok ${name} (${Date.now() - start} ms)`);
		return true;
	} catch (err) {
		console.log(`not ok ${name}`);
		for (const line of String(err?.stack ?? err).split('\n'))
			console.log(`# ${line}`);
		for (const tell of tellers)
			await deadline(Promise.resolve(tell(name)), 20000, 'telling')
				.catch((late) => console.log(`# ${late}`));
		return false;
	}
}

export async function run() {
	const only = process.env.TEST_ONLY;
	let failed = 0;

	for (const c of cases)
		if (!only || c.name.includes(only))
			failed += (await one(c)) ? 0 : 1;
	for (const close of closers.reverse()) {
		try {
			await deadline(Promise.resolve(close()), 90000, 'clean-up');
		} catch (err) {
			failed++;
			console.log(`not ok clean-up\n# ${err?.stack ?? err}`);
		}
	}
	process.exit(failed ? 1 : 0);
}
