#!/usr/bin/env node
// What stands around the telephone is killed: workers of the pages, jobs,
// nginx. Sound passes none of them.
// limit: 240 s

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE, inNamespace, lasts, run, test } from '../lab/run.mjs';
import { named, processes } from '../lab/proc.mjs';
import { Desk, HOTLINE, HZ } from '../e2e/desk.mjs';

inNamespace();

const desk = await Desk.open();
const { phone, stack } = desk;
const sv = (what) => promisify(execFile)('sv', ['-w', '30', what,
	path.join(stack.state, 'sv/nginx')]);
let op;

const workers = () => processes().filter((p) =>
	p.args[0].endsWith('otklik-pages')).map((p) => p.pid);
const master = () => processes().find((p) => p.name === 'nginx' &&
	p.args[0].startsWith('nginx: master'))?.pid;

async function soon(look, within, what) {
	const end = performance.now() + within;

	while (!look()) {
		assert.ok(performance.now() < end, what);
		await new Promise((go) => setTimeout(go, 20));
	}
}

test('a killed worker costs one request at most, the next works', async () => {
	op = await desk.active('op1');
	const old = workers();

	assert.equal(old.length, 3); // two for pages, one for bulk
	await op.eval(() => {
		const ask = async () => {
			while (window.answers.length < 250) {
				const answer = await fetch('/api/directory?q=');

				await answer.arrayBuffer();
				window.answers.push(answer.status);
			}
		};

		window.answers = [];
		window.asking = Promise.all([ask(), ask(), ask(), ask()]);
	});
	for (const [i, pid] of old.entries()) {
		// under use: four requests wait for two workers
		await op.wait(`return window.answers.length > ${20 + 30 * i}`, PATIENCE,
			'answers');
		process.kill(pid, 'SIGKILL');
	}
	const answers = await op.eval(async () => {
		await window.asking;
		return window.answers;
	});
	const bad = answers.filter((status) => status !== 200);

	console.log(`# ${bad.length} of ${answers.length} lost (${bad})`);
	assert.ok(bad.length <= old.length, `${bad}`);
	assert.ok(bad.every((status) => status === 502), `${bad}`);
	assert.ok(answers.slice(-100).every((status) => status === 200));
	await soon(() => workers().length === 3, PATIENCE, 'three workers again');
	assert.ok(workers().every((pid) => !old.includes(pid)));
	assert.equal((await op.state()).agent.state, 'FREE');
});

test('killed jobs come back and find what was lost meanwhile', async () => {
	const [old] = named('otklik-jobs');

	process.kill(old.pid, 'SIGSTOP'); // so it is certainly not its work
	await op.press('Перерыв');
	await op.click('menuitem', 'Короткий перерыв');
	const call = await phone.call(HOTLINE, { from: '+79180000051' });

	await call.answered;
	await desk.journal('+79180000051', (r) => r.state === 'queue');
	await call.hangup();
	const { id } = await desk.journal('+79180000051');

	process.kill(old.pid, 'SIGKILL');
	const [appeal] = await stack.row('SELECT a.status, a.phone FROM appeal a ' +
		'JOIN appeal_call c ON c.appeal_id = a.id ' +
		`WHERE c.call_id = '${id}'`, (rows) => rows.length > 0);

	assert.equal(appeal.status, 'DEFERRED');
	assert.equal(appeal.phone, '+79180000051');
	assert.notEqual(named('otklik-jobs')[0].pid, old.pid);
	await op.press('Закончить перерыв');
	await op.agent('FREE');
});

test('nginx killed and kept down in a talk: no sound is lost, the page is back',
	async () => {
		const call = await desk.talk(op, { from: '+79180000052' });
		const from = performance.now();
		const old = master();

		process.kill(old, 'SIGKILL');
		await sv('down'); // long enough to be heard, if anything were
		await op.sees('Связь восстанавливается');
		const { seq } = await op.state();

		await lasts(3000);
		await desk.hearEachOther(call, op);
		await sv('up');

		await op.until((s, was) => s.seq > was && s.agent.state === 'TALKING',
			{ arg: seq, what: 'a state after the loss' });
		await op.wait('return !document.querySelector(\'#phone\').innerText' +
			'.includes(\'Связь восстанавливается\')', PATIENCE, 'M29 gone');
		console.log('# back after ' +
			`${(performance.now() - from).toFixed(0)} ms`);
		assert.notEqual(master(), old);
		await desk.hearEachOther(call, op);
		const out = call.media.longestSilence(from);
		const heard = op.ear.longestSilence(from);

		assert.ok(out < 500, `citizen: ${out} ms of silence`);
		assert.ok(heard < 1000, `operator: ${heard} ms of silence`);
		await op.press('Пауза'); // buttons work over the new connection
		await call.media.hears(HZ.music);
		await op.press('Продолжить');
		await desk.hearEachOther(call, op);
		await op.press('Сброс');
		await call.ended;
		await desk.free(op);
		await op.press('Завершить');
		await desk.away(op);
	});

await run();
