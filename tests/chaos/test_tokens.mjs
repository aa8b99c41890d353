#!/usr/bin/env node
// Who may speak with the plugin, and for how long (D9): a raw WebSocket client
// with every wrong key there is, and sessions that end.
// limit: 240 s

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import WebSocket from 'ws';
import { deadline, inNamespace, run, test } from '../lab/run.mjs';
import { named, processes } from '../lab/proc.mjs';
import { Desk, HOTLINE, HZ } from '../e2e/desk.mjs';

inNamespace();

const PLUGIN = 'janus.plugin.otklik';
const desk = await Desk.open();
const { phone, stack } = desk;
const secret = readFileSync(path.join(stack.state,
	'secrets/janus_token_secret'), 'utf8').trim();
let op, cookie;

// A token as cgi/token.c makes them, with what is to be wrong about it.
function forge(text, key = secret) {
	return `${text}:${createHmac('sha1', key).update(text)
		.digest('base64')}`;
}

const now = () => Math.floor(Date.now() / 1000);

// Janus' protocol, without janus.js.
class Raw {
	events = [];
	waiting = new Map();

	static async open(headers = { Cookie: cookie }) {
		const raw = new Raw();

		raw.socket = new WebSocket('wss://localhost:8443/janus',
			'janus-protocol', { rejectUnauthorized: false, headers });
		raw.socket.on('message', (m) => raw.hear(JSON.parse(m)));
		await deadline(once(raw.socket, 'open'), 30000, 'a WebSocket');
		return raw;
	}

	hear(msg) {
		const asked = this.waiting.get(msg.transaction);

		this.waiting.delete(msg.transaction);
		if (asked && msg.janus !== 'ack')
			return asked(msg);
		this.events.push(msg);
		this.socket.emit('event', msg);
	}

	async until(test, what) {
		const end = Date.now() + 30000;

		while (!this.events.some(test))
			await deadline(once(this.socket, 'event'), end - Date.now(),
				what);
	}

	ask(msg) {
		const transaction = randomUUID();
		const answer = new Promise((done) =>
			this.waiting.set(transaction, done));

		this.socket.send(JSON.stringify({ token: this.token,
			session_id: this.session, handle_id: this.handle, ...msg,
			transaction }));
		return deadline(answer, 30000, msg.janus);
	}

	async attach(token) {
		this.token = token;
		const made = await this.ask({ janus: 'create',
			session_id: undefined, handle_id: undefined });

		assert.equal(made.janus, 'success', JSON.stringify(made));
		this.session = made.data.id;
		const got = await this.ask({ janus: 'attach', plugin: PLUGIN,
			handle_id: undefined });

		assert.equal(got.janus, 'success', JSON.stringify(got));
		this.handle = got.data.id;
	}

	async say(body) {
		const answer = await this.ask({ janus: 'message', body });

		return answer.plugindata?.data ?? answer;
	}

	// Janus knows the session no more. It is asked for by its own name for
	// that, so nothing else tells when.
	async gone(session) {
		const end = Date.now() + 10000;
		let answer;

		do {
			answer = await this.ask({ janus: 'claim', session_id: session,
				handle_id: undefined });
			assert.ok(Date.now() < end, JSON.stringify(answer));
		} while (answer.error?.code !== 458);
	}

	hello(token) {
		return this.say({ request: 'hello', token, page: randomUUID(),
			takeover: false });
	}

	close() {
		this.socket.terminate();
	}
}

const grant = () => op.eval(async () => (await fetch('/api/phone')).json());

// The number of the session that a page of Chromium is about to open.
function sessionOf(page) {
	return deadline(new Promise((done) => page.on('websocket', (ws) =>
		ws.on('framereceived', ({ payload }) => {
			const { janus, data, session_id: known } = JSON.parse(payload);

			if (janus === 'success' && !known)
				done(data.id);
		}))), 20000, 'a session of Janus');
}

async function cookies() {
	const all = await op.context.cookies();

	return all.map((c) => `${c.name}=${c.value}`).join('; ');
}

test('without a session of the web nobody gets as far as Janus', async () => {
	op = await desk.sit('op1');
	cookie = await cookies();
	for (const headers of [{}, { Cookie: 'otklik_session=00' },
		{ Cookie: cookie.replace(/session=.{8}/, 'session=AAAAAAAA') }]) {
		const socket = new WebSocket('wss://localhost:8443/janus',
			'janus-protocol', { rejectUnauthorized: false, headers });
		const [err] = await once(socket, 'error');

		assert.match(err.message, /401/);
	}
});

test('Janus refuses every door token but ours of now', async () => {
	const { door, user } = await grant();
	const raw = await Raw.open();

	for (const [what, token] of Object.entries({
		none: undefined,
		empty: '',
		noise: 'x'.repeat(300),
		'a user token': user,
		'an expired one': forge(`${now() - 1},janus,${PLUGIN}`),
		'one of another secret': forge(`${now() + 60},janus,${PLUGIN}`, 'x'),
		'one with a changed time': door.replace(/^\d+/, (n) => n * 1 + 1),
	})) {
		const answer = await raw.ask({ janus: 'create', token });

		assert.equal(answer.janus, 'error', what);
		assert.equal(answer.error.code, 403, what);
	}
	raw.close();
});

test('a door token opens our plugin and nothing else', async () => {
	const { door } = await grant();
	const raw = await Raw.open();

	raw.token = door;
	const made = await raw.ask({ janus: 'create' });

	raw.session = made.data.id;
	for (const plugin of ['janus.plugin.echotest', 'janus.plugin.sip',
		'janus.plugin.videoroom', '', '../libotklik']) {
		const answer = await raw.ask({ janus: 'attach', plugin });

		assert.equal(answer.janus, 'error', plugin);
	}
	for (const janus of ['list_sessions', 'add_token', 'allow_token',
		'handle_info', 'set_log_level', 'message_plugin']) {
		const answer = await raw.ask({ janus, plugin: PLUGIN });

		assert.equal(answer.janus, 'error', janus);
	}
	// attached, but nobody until hello
	const got = await raw.ask({ janus: 'attach', plugin: PLUGIN });

	raw.handle = got.data.id;
	for (const body of [{ request: 'start' }, { request: 'sync' },
		{ request: 'ready' }, { request: 'break', reason: 'LUNCH' }])
		assert.equal((await raw.say(body)).code, 'NOT_HELLO', body.request);
	raw.close();
});

test('a user token: in time, of our making, once', async () => {
	const { door, user } = await grant();
	const raw = await Raw.open();
	const fresh = (id, life = 60) =>
		forge(`${now() + life},${PLUGIN},user=${id},nonce=${randomUUID()}`);

	await raw.attach(door);
	for (const [what, token] of Object.entries({
		'a door token': door,
		expired: fresh(1, -1),
		'of another secret': forge(`${now() + 60},${PLUGIN},user=1`, 'x'),
		'of another person by hand': user.replace(/user=\d+/, 'user=2'),
		'with a second name': user.replace(/user=(\d+)/, 'user=2,user=$1'),
		'without a name': forge(`${now() + 60},${PLUGIN}`),
		'of nobody': forge(`${now() + 60},${PLUGIN},user=0`),
	}))
		assert.equal((await raw.hello(token)).code, 'TOKEN', what);
	assert.equal((await raw.hello(fresh(99999))).code, 'FORBIDDEN');

	assert.equal((await raw.hello(user)).otklik, 'ok');
	assert.equal((await raw.hello(user)).code, 'TOKEN', 'used twice');
	const other = await Raw.open();

	await other.attach(door);
	assert.equal((await other.hello(user)).code, 'TOKEN',
		'used twice, elsewhere');
	// the handle is bound to its person
	const [{ id }] = await stack.sql('SELECT id FROM user_account WHERE ' +
		'login = \'op2\'');

	assert.equal((await raw.hello(fresh(id))).code, 'FORBIDDEN');
	assert.equal((await raw.say({ request: 'sync' })).otklik, 'ok');
	raw.close();
	other.close();
});

test('what was used before Janus began again stays used', async () => {
	const { door, user } = await grant();
	const { user: unused } = await grant();
	const [old] = named('janus');
	const before = await Raw.open();

	await before.attach(door);
	assert.equal((await before.hello(user)).otklik, 'ok');
	const { boot } = await op.state();

	process.kill(old.pid, 'SIGKILL');
	await op.until((s, was) => s.boot !== was, { arg: boot, within: 30000,
		what: 'the next Janus' });
	const raw = await Raw.open();

	await raw.attach(door);
	assert.equal((await raw.hello(user)).code, 'TOKEN');
	// nor what was made before and not used; what is made now is good
	assert.equal((await raw.hello(unused)).code, 'TOKEN');
	assert.equal((await raw.hello((await grant()).user)).otklik, 'ok');
	raw.close();
	before.close();
});

test('«Выход» in another tab ends page and handle at once', async () => {
	await desk.activate(op);
	const first = op.page;
	const raw = await Raw.open();
	const { door, user } = await grant();

	await raw.attach(door);
	assert.equal((await raw.hello(user)).otklik, 'ok');
	const second = await op.tab();
	const session = sessionOf(second);

	await op.goto(`${stack.url}/`);
	await op.sees('Телефон открыт в другом окне');
	const from = performance.now();

	await op.press('Выход');
	await raw.until((m) => m.plugindata?.data.event === 'closed' &&
		m.plugindata.data.reason === 'LOGOUT', 'closed');
	const told = performance.now() - from;

	await first.waitForURL('**/login');
	await second.waitForURL('**/login');
	console.log(`# told after ${told.toFixed(0)} ms`);
	await raw.until((m) => m.janus === 'timeout' || m.janus === 'detached',
		'the end of the handle');
	// a page ends its session in Janus itself
	await raw.gone(await session);
	// the WebSocket and the door token live on, to no use
	assert.equal((await raw.say({ request: 'sync' })).error?.code, 459);
	await raw.attach(door);
	assert.equal((await raw.say({ request: 'sync' })).code, 'NOT_HELLO');
	assert.equal((await raw.hello(user)).code, 'TOKEN');
	raw.close();
	const [row] = await desk.shifts('op1', (rows) => rows[0]?.reason);

	assert.equal(row.reason, 'LOGOUT');
	await first.close();
	op.page = second;
	await desk.away(op);
});

test('«Выход» in another tab in a talk: the citizen goes to op2', async () => {
	op = await desk.active('op1');
	const op2 = await desk.active('op2');

	await op2.press('Перерыв');
	await op2.click('menuitem', 'Обед');
	await op2.agent('BREAK');
	const call = await desk.talk(op, { from: '+79180000061' });
	const from = performance.now();
	const first = op.page;

	await op.tab();
	await op.goto(`${stack.url}/`);
	await op.press('Выход');
	await first.waitForURL('**/login');
	await call.media.hears(HZ.music);
	await op2.press('Закончить перерыв');
	await op2.callState('RING');
	await op2.press('Ответить');
	await desk.hearEachOther(call, op2);
	const silence = call.media.longestSilence(from);

	assert.ok(silence < 500, `${silence} ms of silence`);
	await desk.end(call, op2);
	await op2.press('Завершить');
	await desk.away(op2);
	await desk.away(op);
});

test('a session that has run out: the page says so, asks for no more',
	async () => {
		op = await desk.sit('op1');
		await stack.sql('UPDATE web_session s JOIN user_account u ON ' +
			'u.id = s.user_id SET s.created_at = NOW(3) - INTERVAL 30 DAY ' +
			'WHERE u.login = \'op1\'');
		assert.equal(await op.eval(async () =>
			(await fetch('/api/phone', { redirect: 'manual' })).status), 401);
		const cut = processes().find((p) => p.name === 'nginx' &&
			p.args[0].startsWith('nginx: master'));

		process.kill(cut.pid, 'SIGKILL');
		await op.sees('Вход завершён. Войдите ещё раз', { within: 30000 });
		await op.goto(`${stack.url}/`);
		assert.match(op.page.url(), /\/login/);
		await desk.away(op);
	});

test('a blocked employee is out, also when nobody wakes the plugin', async () => {
	op = await desk.active('op2');
	const [{ id }] = await stack.sql('SELECT id FROM user_account WHERE ' +
		'login = \'op2\'');

	await stack.sql(`UPDATE user_account SET blocked = 1 WHERE id = ${id};` +
		'INSERT INTO outbox (kind, payload) VALUES (\'user_changed\', ' +
		`'{"user": ${id}}')`);
	await op.page.waitForURL('**/login');
	await op.login('op2');
	await op.sees('Учётная запись заблокирована. Обратитесь');
	const call = await phone.call(HOTLINE, { from: '+79180000062' });

	await call.answered;
	await call.hangup();
	await desk.away(op);
});

await run();
