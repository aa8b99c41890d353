#!/usr/bin/env node
// Calls over real SIP against the whole stack, nobody at work: each is set up
// (INVITE, 200, ACK) and ended (BYE, 200); then callers who stay in the queue.
// figures: calls_per_s waiting_caller_kib
//
// BENCH_SECONDS (10) of calls, LANES at once; a single failure fails the
// figure. Memory is what the Janus process has to itself (private pages)
// before and with WAITING callers who wait; its threads are printed with it.

import { readFileSync, readdirSync } from 'node:fs';
import { inNamespace, run, test, lasts } from '../lab/run.mjs';
import { Phone } from '../lab/phone.mjs';
import { Stack } from '../lab/stack.mjs';

inNamespace();

const HOTLINE = '+78652000000';
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const LANES = 24;
const WAITING = 150;

const phone = await Phone.open();
const stack = await Stack.open();
const janus = () => stack.pid('janus');
const threads = () => readdirSync(`/proc/${janus()}/task`).map((t) =>
	readFileSync(`/proc/${janus()}/task/${t}/comm`, 'utf8').trim());
const kib = () => [...readFileSync(`/proc/${janus()}/smaps_rollup`, 'utf8')
	.matchAll(/^Private_\w+: +(\d+) kB/gm)]
	.reduce((sum, m) => sum + Number(m[1]), 0);

function figure(name, unit, ours, target, holds, n) {
	console.log(JSON.stringify({ name, unit, ours, rival: null,
		rival_value: null, ratio: null, target, holds, n }));
}

// First: later ones live in what earlier calls have given back.
test('waiting callers', async () => {
	const calls = [];
	const wait = async (n) => {
		while (calls.length < n) {
			const call = await phone.call(HOTLINE, { tone: null });

			calls.push(call);
			await call.answered;
		}
		await lasts(15000); // every greeting is over, the journal written
	};

	await wait(10); // what the first ones make once and for all
	const before = kib();
	const few = threads();

	await wait(10 + WAITING);
	const ours = Math.round((kib() - before) / WAITING * 10) / 10;

	console.log(`threads of Janus: ${few.length} with 10 calls, ` +
		`${threads().length} with ${10 + WAITING}: ` +
		[...new Set(few.map((t) => t.replace(/[ -]?\d+$/, '')))].join(', '));
	figure('waiting_caller_kib', 'KiB', ours, 64, ours <= 64, WAITING);
	await Promise.all(calls.map((c) => c.hangup()));
}, { limit: 180000 });

test('calls a second', async () => {
	const end = performance.now() + SECONDS * 1000;
	const begun = performance.now();
	let done = 0, failed = 0;

	await Promise.all(Array.from({ length: LANES }, async () => {
		while (performance.now() < end) {
			try {
				const call = await phone.call(HOTLINE, { tone: null });

				await call.answered;
				await call.hangup();
				done++;
			} catch (err) {
				console.log(err.message);
				failed++;
			}
		}
	}));
	const rate = Math.round(done / (performance.now() - begun) * 10000) / 10;

	console.log(`${done} calls, ${failed} failed`);
	figure('calls_per_s', '1/s', rate, 50, rate >= 50 && !failed, done);
}, { limit: (SECONDS + 60) * 1000 });

await run();
await stack.close();
await phone.close();
