// The product with operators and without browsers: their telephones are
// rtpengine and a pump (legs.mjs), their pages a WebSocket.
//
//   const office = await Office.open();
//   const op = await office.operator('op1');        // FREE
//   await op.call('RING');  await op.answer();      // TALK
//   const { kinds } = await office.story('+7918…');

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Legs, Page, Pump, Rtpengine } from './legs.mjs';
import { PATIENCE, deadline, finally_, onFailure } from './run.mjs';
import { tonePrompts } from './sounds.mjs';
import { Stack } from './stack.mjs';
import { readWav } from './tone.mjs';

const PLUGIN = 'janus.plugin.otklik';
// One of these is the last step of every call.
const ENDS = ['HANGUPCALLER', 'HANGUPAGENT', 'FAIL', 'GOODBYE', 'DIALREFUSED',
	'PLACEGONE', 'INTERRUPTED'];
const FAR_PORTS = '40000-44999', PUMP_PORT = 46000;

// A telephone of ours, as its page sees it.
class Operator extends EventEmitter {
	state = null; // the last one told
	shift = null;

	// @return the first state that fits, from the present one on
	until(fits, what) {
		return this.#first('state', fits, what);
	}

	// Of «Смена сейчас» as he sees it: { calls, agents, queues } by number.
	board(fits, what) {
		return this.#first('shift', fits, what);
	}

	#first(kind, fits, what) {
		if (this[kind] && fits(this[kind]))
			return Promise.resolve(this[kind]);
		return deadline(new Promise((done) => {
			const look = (s) => {
				if (!fits(s))
					return;
				this.off(kind, look);
				done(s);
			};

			this.on(kind, look);
		}), PATIENCE, `${this.login}: ${what}`).catch((err) => {
			err.message += `; ${JSON.stringify(this[kind])}`;
			throw err;
		});
	}

	agent(state) {
		return this.until((s) => s.agent.state === state, state);
	}

	// number: of that caller
	async call(state, number = null) {
		const { call } = await this.until((s) => s.call?.state === state &&
			(number === null || s.call.number === number),
		`a call in ${state}`);

		return call;
	}

	ask(request, more = {}) {
		return this.page.request({ request, ...more });
	}

	// A button of the call he has.
	async press(request, more = {}) {
		const { call: { id, gen } } = await this.until((s) => s.call, 'a call');

		return this.ask(request, { call: id, gen, ...more });
	}

	async answer(number) {
		await this.call('RING', number);
		await this.press('answer');
		return this.call('TALK', number);
	}

	// His call is over: he is free again at once.
	async ready() {
		await this.agent('WRAPUP');
		await this.ask('ready');
	}

	rest() {
		return this.ask('break', { reason: 'SHORT' });
	}

	// Free, whatever he is doing; the next call may ring at once.
	async free() {
		for (;;) {
			const { agent, call } = await this.until((s) =>
				s.agent.state !== 'RECONNECTING', 'a leg');
			const seq = this.state.seq;

			if (['FREE', 'RINGING'].includes(agent.state))
				return;
			await this.ask(...{ TALKING: ['hangup', { call: call?.id }],
				WRAPUP: ['ready'], BREAK: ['resume'] }[agent.state])
				.catch(() => {}); // it changed meanwhile
			await this.until((s) => s.seq > seq, 'another state');
		}
	}

	dial(number) {
		return this.ask('dial', { number });
	}
}

export class Office {
	#free = 0; // streams of the pump

	static async open({ env = {}, state =
	mkdtempSync(path.join(os.tmpdir(), 'state-')) } = {}) {
		const o = new Office();

		tonePrompts(state);
		o.stack = await Stack.open({ state, env });
		finally_(() => o.stack.close());
		o.secret = readFileSync(path.join(state,
			'secrets/janus_token_secret'), 'utf8').trim();
		o.pump = Pump.open(process.env.OTKLIK_ICE_ADDR, PUMP_PORT);
		o.rtpengine = await Rtpengine.open(process.env.OTKLIK_ICE_ADDR,
			FAR_PORTS);
		o.legs = new Legs(o.rtpengine, o.pump);
		o.people = new Set();
		finally_(() => o.#leave());
		onFailure(async () => {
			for (const line of o.stack.log('janus').split('\n').slice(-12))
				console.log(`#   ${line}`);
		});
		return o;
	}

	async #leave() {
		for (const op of this.people)
			op.page.close();
		await this.rtpengine.close();
		await this.pump.close();
	}

	// As cgi/token.c signs.
	#token(fields, life) {
		const text = [Math.floor(Date.now() / 1000) + life, ...fields]
			.join(',');

		return `${text}:${crypto.createHmac('sha1', this.secret).update(text)
			.digest('base64')}`;
	}

	// At his desk, his shift begun. legs: whose browser is his.
	async operator(login, { legs = this.legs } = {}) {
		const op = await this.#employee(login);

		op.legs = legs;
		await this.sit(op);
		return op;
	}

	// Who looks at «Смена сейчас».
	async watcher(login) {
		const who = await this.#employee(login);

		await this.watch(who);
		return who;
	}

	// With a new page; what changes is put into what he has.
	async watch(who) {
		await this.#hello(who);
		who.shift = null;
		who.page.on('event', ({ event, full, ...body }) => {
			if (event !== 'shift')
				return;
			who.shift = Object.fromEntries(['calls', 'agents', 'queues']
				.map((part) => [part, Object.fromEntries(Object.entries({
					...!full && who.shift?.[part], ...body[part] })
					.filter(([, row]) => row))]));
			who.emit('shift', who.shift);
		});
		await who.ask('watch', { on: true });
		await who.board(() => true, 'the board');
	}

	async #employee(login) {
		const [{ id }] = await this.stack.sql('SELECT id FROM user_account ' +
			`WHERE login = '${login}'`);
		const op = Object.assign(new Operator(), { login, id: Number(id) });

		this.people.add(op);
		return op;
	}

	async #hello(op) {
		op.state = null;
		op.page = await Page.open(
			`ws+unix://${this.stack.state}/run/janus.sock:/`, PLUGIN,
			this.#token(['janus', PLUGIN], 3600));
		op.page.on('event', (data) => {
			if (data.event !== 'state')
				return;
			op.state = data;
			op.emit('state', data);
		});
		// 61: a second more than its life, since Janus takes none that may be
		// older than itself
		await op.ask('hello', { page: crypto.randomUUID(), takeover: false,
			token: this.#token([PLUGIN, `user=${op.id}`,
				`nonce=${crypto.randomBytes(8).toString('hex')}`], 61) });
	}

	// With a new page: his first one, or after the last was closed.
	async sit(op) {
		await this.#hello(op);
		await op.ask('start', { takeover: false });
		const { jsep } = await op.page.until((m) => m.jsep?.type === 'offer',
			'an offer for the leg');

		op.stream = this.#free++;
		await op.page.request({ request: 'leg' }, await op.legs.answer(
			op.stream, await op.page.whole(jsep)));
		await this.pump.go();
		await op.until((s) => s.agent.leg === 'up', 'a leg');
	}

	// So much sound has come to his ear from here on.
	hears(op, ms) {
		return this.pump.hears(op.stream, ms);
	}

	change(statement) {
		return this.stack.change(statement);
	}

	set(name, value) {
		return this.stack.set(name, value);
	}

	// With that setting for so long only.
	async during(name, value, body) {
		const [was] = await this.stack.sql('SELECT value FROM setting WHERE ' +
			`name = '${name}'`);

		await this.set(name, value);
		try {
			return await body();
		} finally {
			await this.set(name, was.value);
		}
	}

	// What is written of the call from or to that number, once it is over and
	// nothing of it is on its way: the row, its events, their kinds.
	async story(number, { within = PATIENCE } = {}) {
		const [row] = await this.stack.row('SELECT * FROM call_record WHERE ' +
			`'${number}' IN (caller, called) ORDER BY started_at DESC LIMIT 1`,
		([r]) => r?.ended_at, { within });
		const events = await this.stack.row('SELECT e.seq, e.kind, ' +
			'e.user_id, e.at, e.data FROM call_event e WHERE e.call_id = ' +
			`'${row.id}' ORDER BY e.seq`, (list) => list.some((e) =>
			ENDS.includes(e.kind)), { within });

		events.forEach((e, i) => {
			assert.equal(Number(e.seq), i + 1, 'events without a gap');
			e.data = e.data && JSON.parse(e.data.replace(/\\\\/g, '\\'));
		});
		return { row, events, kinds: events.map((e) => e.kind) };
	}

	// What was recorded of a call that is over: who is outside left, what he
	// heard right.
	async recording(id) {
		const [rec] = await this.stack.row('SELECT r.path, e.samples FROM ' +
			'recording r JOIN recording_end e ON e.recording_id = r.id WHERE ' +
			`r.call_id = '${id}' AND r.kind = 'CALL'`,
		(rows) => rows.length === 1);
		const { channels: [left, right] } = readWav(readFileSync(
			path.join(this.stack.state, 'rec', rec.path)));

		assert.equal(left.length, Number(rec.samples));
		return { left, right };
	}
}

// These stand among the others in that order.
export function inOrder(kinds, ...want) {
	let at = 0;

	for (const kind of kinds)
		at += kind === want[at] ? 1 : 0;
	assert.equal(at, want.length, `${want.join(' ')} in ${kinds.join(' ')}`);
}
