#!/usr/bin/env node
// The demo's two lines: the operator known by his address and the one we
// register at, both of the simulated network (tests/fake).
// limit: 300 s

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT, deadline, finally_, inNamespace, run, test }
	from '../lab/run.mjs';
import { alawEncode, sine, wav } from '../lab/tone.mjs';
import { header } from '../lab/sip.mjs';
import { Call, Ua } from '../sip/ua.mjs';
import { Desk, HZ } from './desk.mjs';

inNamespace();

const NUMBERS = { 1: '+78652000000', 2: '+78652000002' };
const NETWORK = 1600; // what the network's people say
const voices = mkdtempSync(path.join(os.tmpdir(), 'voices-'));

for (const name of ['112', '103', 'anyone', 'early'])
	writeFileSync(path.join(voices, `${name}.al`),
		Uint8Array.from(sine(NETWORK, 10), (x) => alawEncode(x * 32767)));
writeFileSync(path.join(voices, 'citizen.wav'), wav([sine(HZ.citizen, 10)]));

const env = { OTKLIK_SIM: '1', OTKLIK_VOICES: voices };
const desk = await Desk.open({ env });
const { stack } = desk;

const healthz = async () => JSON.parse((await promisify(execFile)('curl',
	['-sk', `${stack.url}/healthz`])).stdout);

// Of /metrics: { name: value }, a line's under name{trunk="id"}.
async function metrics() {
	const { stdout } = await promisify(execFile)('curl',
		['-sk', `${stack.url}/metrics`]);

	return Object.fromEntries(stdout.split('\n')
		.filter((l) => l && !l.startsWith('#'))
		.map((l) => [l.slice(0, l.lastIndexOf(' ')),
			Number(l.slice(l.lastIndexOf(' ') + 1))]));
}

// The states of the lines as the plugin has last stored them.
async function lines(test) {
	const [{ body }] = await stack.row('SELECT body FROM node_status',
		([row]) => row && test(JSON.parse(row.body).trunks
			.map((t) => t.state)));

	return JSON.parse(body).trunks;
}

// A citizen of the simulated network. say: what it prints
function citizen(...args) {
	const child = spawn(path.join(ROOT, 'tests/fake/pstn'), ['call', '--wav',
		path.join(voices, 'citizen.wav'), ...args],
	{ cwd: ROOT, env: { ...stack.env }, stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';

	finally_(() => child.kill());
	child.stdout.on('data', (d) => {
		text += d;
		child.emit('said');
	});
	return { over: once(child, 'exit'),
		says: (pattern) => deadline((async () => {
			while (!pattern.test(text))
				await once(child, 'said');
		})(), 30000, `${pattern} from the citizen: ${text}`) };
}

const supervised = (what, name) => execFileSync('sv',
	[what, path.join(stack.state, 'sv', name)]);

async function dial(op, number) {
	await op.fill('Введите номер', number);
	await op.press('Вызов');
	await op.callState('TALK');
	await op.ear.hears(NETWORK);
	await op.press('Сброс');
	await desk.free(op);
	const [row] = await stack.row('SELECT trunk_id, end_reason FROM ' +
		`call_record WHERE direction = 'OUT' AND called = '${
			number.replace(/^8/, '+7')}' AND ended_at IS NOT NULL`,
	(rows) => rows.length === 1);

	assert.equal(row.end_reason, 'COMPLETEAGENT');
	return Number(row.trunk_id);
}

test('both are up: in the node\'s row, in /healthz and in /metrics',
	async () => {
		const [one, two] = await lines((all) => all.join() === 'up,up');
		const all = await metrics();

		assert.deepEqual([one.id, two.id], [1, 2]);
		assert.equal((await healthz()).trunk, 'up');
		for (const line of [one, two]) {
			assert.equal(all[`otklik_trunk_state{trunk="${line.id}"}`], 1);
			assert.equal(all[`otklik_trunk_since_seconds{trunk="${line.id}"}`],
				Math.floor(line.since / 1000));
			assert.ok(Math.abs(Date.now() - line.since) < 300000, line.since);
			assert.equal(line.status, 200);
		}
		for (const what of ['invites', 'foreign', 'bad_contact', 'malformed'])
			assert.equal(all[`otklik_sip_${what}_total`], 0, what);
	});

test('the network listens at its own address only', () => {
	const open = execFileSync('ss', ['-Hlntup'], { encoding: 'utf8' })
		.split('\n').filter((l) => /"(sipp|kamailio)"/.test(l))
		.map((l) => l.split(/\s+/)[4]);

	for (const at of ['127.0.0.1:5080', '127.0.0.1:5082', '127.0.0.1:5083'])
		assert.ok(open.includes(at), `${at} of ${open}`);
	assert.deepEqual(open.filter((at) => !at.startsWith('127.0.0.1:')), []);
	// another one on this machine, of other ports, meets none of these
	assert.deepEqual(open.map((at) => Number(at.split(':')[1]))
		.filter((port) => ![5080, 5082, 5083, 6080, 6082, 6083, 6085]
			.includes(port) && (port < 8888 || port > 8947)), []);
});

test('the registrar takes nobody without the password (SHA-256)', async () => {
	const ua = await Ua.open({ port: 5099,
		peer: { host: '127.0.0.1', port: 5082 } });

	for (const [method, status, name] of [['REGISTER', 401, 'www-authenticate'],
		['INVITE', 407, 'proxy-authenticate']]) {
		const call = new Call(ua, { number: '89624401122' });
		const res = await call.response(call.request(method));

		assert.equal(res.status, status);
		assert.match(header(res, name), /algorithm=SHA-256/);
	}
	ua.close();
});

const op = await desk.active('op1');

for (const line of [1, 2]) {
	test(`a citizen who calls by line ${line} is answered`, async () => {
		const from = `+7900000000${line}`;
		const calls = citizen('--from', from, '--to', NUMBERS[line]);

		await calls.says(/^answered$/m);
		await op.callState('RING');
		await op.press('Ответить');
		await op.callState('TALK');
		await op.ear.hears(HZ.citizen);
		await op.press('Сброс');
		await desk.free(op);
		await calls.over;
		const row = await desk.journal(from);

		assert.equal(row.called, NUMBERS[line]);
		assert.equal(Number(row.trunk_id), line);
		// the plugin says so every few seconds
		await stack.row('SELECT body FROM node_status', ([node]) =>
			JSON.parse(node.body).sip.invites === line);
		assert.equal((await metrics()).otklik_sip_invites_total, line);
	});
}

test('a call goes out by line 1 while it lives', async () => {
	assert.equal(await dial(op, '89624401122'), 1);
});

// B3-38: the wallboard
test('without line 1 it goes out by line 2, which stays registered',
	async () => {
		const boss = await desk.sit('super1');
		const was = (await lines((all) => all.join() === 'up,up'))[1].since;

		await boss.click('link', 'Смена сейчас');
		await boss.wait('return [...document.querySelectorAll(".trunk")]' +
			'.every((t) => t.dataset.state === "up") &&' +
			' document.querySelectorAll(".trunk").length === 2', 30000,
		'two lines that work');
		supervised('down', 'pstn');
		assert.equal(await dial(op, '89624401133'), 2);
		const [one, two] = await lines((all) => all.join() === 'down,up');

		assert.equal(two.since, was, 'line 2 never wavered');
		assert.ok(one.since > was && one.status !== 200);
		assert.notEqual(one.reason, '');
		const all = await metrics();

		assert.equal(all['otklik_trunk_state{trunk="1"}'], 0);
		assert.equal(all['otklik_trunk_state{trunk="2"}'], 1);
		assert.equal((await healthz()).trunk, 'up', 'one is enough');
		await boss.sees('не отвечает');
		await boss.sees('Линия не отвечает');
		await desk.away(boss);
		const calls = citizen('--from', '+79000000003', '--to', NUMBERS[2],
			'--seconds', '3');

		await calls.says(/^answered$/m);
		await calls.over;
		assert.equal(Number((await desk.journal('+79000000003')).trunk_id), 2);
		supervised('up', 'pstn');
		await lines((states) => states.join() === 'up,up');
		assert.equal(await dial(op, '89624401144'), 1);
	});

test('the password that is wrong now is a line that says so', async () => {
	const change = (secret) => stack.sql('UPDATE trunk_secret SET secret = ' +
		`'${secret}'; INSERT INTO outbox (kind, payload) VALUES ` +
		'(\'directory\', \'{}\')');

	await change('other');
	const [, two] = await lines((all) => all.join() === 'up,down');

	assert.equal(two.status, 401);
	await change('Demo-2026!');
	await lines((all) => all.join() === 'up,up');
});

test('a start without the network, or without the demo, has no such line',
	async () => {
		const settings = (...more) => execFileSync(
			path.join(ROOT, 'cgi/dist/otklik-run'), ['--settings'],
			{ cwd: ROOT, encoding: 'utf8', env: { ...stack.env,
				...Object.fromEntries(more) } });
		const migrate = (at, ...more) => execFileSync(
			path.join(ROOT, 'build/db/otklik-migrate'), more,
			{ cwd: ROOT, env: { ...stack.env, OTKLIK_SIM_LINE: at } });
		const row = () => stack.sql('SELECT enabled, peer_host FROM trunk ' +
			'WHERE kind = \'REGISTER\'');
		const secret = (word) => stack.sql(
			`UPDATE trunk_secret SET secret = '${word}'`);

		assert.match(settings(), /^OTKLIK_SIM_LINE=127\.0\.0\.1:5082$/m);
		for (const without of ['OTKLIK_SIM', 'OTKLIK_DEMO'])
			assert.match(settings([without, '0']), /^OTKLIK_SIM_LINE=$/m);
		migrate('', '--demo');
		assert.deepEqual(await row(),
			[{ enabled: '0', peer_host: '127.0.0.1:5082' }]);
		migrate('127.0.0.1:6082', '--demo');
		assert.deepEqual(await row(),
			[{ enabled: '1', peer_host: '127.0.0.1:6082' }]);
		// it has become somebody's own: no start takes that away
		await secret('own');
		migrate('');
		assert.equal((await row())[0].enabled, '1');
		await secret('Demo-2026!');
		migrate('');
		assert.equal((await row())[0].enabled, '0');
	});

await run();
