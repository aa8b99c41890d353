#!/usr/bin/env node
// Calls from and to sipp, which counts every message that should not be there.

import assert from 'node:assert/strict';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { ROOT, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Echo } from './ua.mjs';

inNamespace();

const echo = await Echo.start({ t1: 100 });

finally_(async () => assert.equal((await echo.close()).how, 0));

// Ends well only if each of its calls went through as the scenario says.
function sipp(scenario, ...options) {
	return started(scenario, ...options).done;
}

function started(scenario, ...options) {
	const errors = path.join(process.env.TMPDIR, 'sipp.err');
	const child = spawn('sipp', ['127.0.0.1:5060', '-i', '127.0.0.1',
		'-p', '5080', '-sf', path.join(ROOT, 'tests/sip', scenario),
		'-nostdin', '-s', '78652000000', '-timeout', '50s', '-timeout_error',
		'-trace_err', '-error_file', errors, ...options],
	{ stdio: ['ignore', 'pipe', 'pipe'] });
	let shown = '';

	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (data) => { shown += data; });
	const done = new Promise((yes) => child.on('close', yes))
		.then((status) => {
			if (status === 0)
				return;
			try {
				shown += readFileSync(errors, 'utf8');
			} catch (err) {
				shown += err.message; // it had nothing to say
			}
			throw new Error(`sipp ${scenario}: ${status}\n${
				shown.slice(-4000)}`);
		});

	return { done, child };
}

async function settings(values) {
	await echo.set({ ring: -1, answer: 0, after: -1, ...values });
	await echo.stats(); // has obeyed
	echo.forget();
	return echo.lines.length;
}

// Every dialog since line `from` has ended, once, with the status.
async function allEnded(from, calls, status = '200') {
	await echo.idle();
	const ended = echo.lines.slice(from).filter((l) => l.startsWith('ENDED'))
		.map((l) => l.split(' '));

	assert.equal(ended.length, calls);
	assert.equal(new Set(ended.map(([, id]) => id)).size, calls);
	assert.deepEqual([...new Set(ended.map((e) => e[2]))], [status]);
}

for (const [name, transport] of [['UDP', 'u1'], ['TCP', 't1']]) {
	test(`one call, held and taken back, over ${name}`, async () => {
		const from = await settings({ ring: 0, answer: 50 });

		await sipp('caller.xml', '-m', '1', '-t', transport);
		await allEnded(from, 1);
		assert.ok(echo.lines.slice(from).some((l) =>
			/^REOFFER .*\[a=sendonly\]/.test(l)));
	});

	test(`late offer, hung up by us, over ${name}`, async () => {
		const from = await settings({ after: 50 });

		await sipp('late.xml', '-m', '1', '-t', transport);
		await allEnded(from, 1);
	});

	test(`50 calls a second for 5 s over ${name}`, async () => {
		const from = await settings({ ring: 0, answer: 20 });

		await sipp('caller.xml', '-r', '50', '-m', '250', '-l', '500',
			'-t', transport);
		await allEnded(from, 250);
	});
}

test('20 outgoing calls', async () => {
	const from = await settings({ after: 100 });
	const callee = started('callee.xml'); // OPTIONS count as its calls, too

	// the peer is there as soon as it answers OPTIONS
	while ((await echo.event('TRUNK', { ms: 20000 })).status !== 200)
		continue;
	for (let i = 0; i < 20; i++)
		echo.say(`call 7999000000${i} +78652000000`);
	for (let i = 0; i < 20; i++)
		await echo.event('ENDED');
	await echo.idle();
	callee.child.kill('SIGUSR1'); // finish what is open, then end
	await callee.done;
	await allEnded(from, 20);
});

await run();
