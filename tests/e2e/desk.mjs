// What the browser tests share: the product in a namespace, the telephone on
// its trunk, and operators at their desks.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Browser } from '../lab/browser.mjs';
import { Phone } from '../lab/phone.mjs';
import { Stack } from '../lab/stack.mjs';
import { finally_, onFailure } from '../lab/run.mjs';
import { HZ, tonePrompts } from '../lab/sounds.mjs';
import { readWav, spans, windows } from '../lab/tone.mjs';

export { HZ };

export const HOTLINE = '+78652000000';

export const ENGINES = (process.env.ENGINE ?? 'chromium,firefox').split(',');

export class Desk {
	browsers = [];

	// speech: true keeps the real prompts; with OTKLIK_SIM=1 the simulated
	// network stands where our telephone does otherwise.
	static async open({ speech = false, env = {},
		state = mkdtempSync(path.join(os.tmpdir(), 'state-')) } = {}) {
		const desk = new Desk();

		if (!speech)
			tonePrompts(state);
		if (env.OTKLIK_SIM !== '1') {
			desk.phone = await Phone.open();
			finally_(() => desk.phone.close());
		}
		desk.stack = await Stack.open({ state, env });
		finally_(() => desk.stack.close());
		// the shifts of the demonstration are over by now
		desk.since = new Date().toISOString().replace(/[TZ]/g, ' ').trim();
		finally_(() => desk.leave());
		onFailure(async (name) => {
			await desk.tell(name);
			await desk.calm();
		});
		return desk;
	}

	async leave() {
		for (const b of this.browsers.splice(0))
			await b.close();
	}

	// After a failed case: what everyone sees, and the logs.
	async tell(name) {
		const word = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 50);

		for (const b of this.browsers) {
			await b.shot(`failed-${word}-${b.name}`).catch(() => {});
			const state = await b.state().catch((err) => err.message);

			console.log(`# ${b.name}: ${JSON.stringify(state)}`);
			console.log(`# ${b.name}: ${b.problems.join('; ')}`);
		}
		for (const line of this.stack.logs().split('\n'))
			console.log(`#   ${line}`);
	}

	// The next case starts from telephones at rest.
	async calm() {
		await Promise.all([...this.phone?.calls.values() ?? []].map((c) =>
			c.hangup()));
		for (const b of this.browsers) {
			await b.until((s) => !s.call || s.call.state === 'ENDED',
				{ within: 5000 }).catch((err) => console.log(`# ${err}`));
			if ((await b.state())?.agent.state === 'WRAPUP')
				await b.press('Готов');
		}
	}

	// Signed in, the workspace on the screen, the telephone connected.
	async sit(user, { engine = 'chromium', ...options } = {}) {
		const b = await Browser.open({ name: user, engine,
			hz: HZ[user.replace(/\d+$/, '')] ?? HZ[user], ...options });

		this.browsers.push(b);
		await b.goto(`${this.stack.url}/`);
		await b.login(user);
		await b.agent('INACTIVE');
		return b;
	}

	async activate(op) {
		await op.press('Начало работы');
		await op.until((s) => s.agent.state === 'FREE' && s.agent.leg === 'up',
			{ what: 'FREE with a leg' });
	}

	async active(user, options) {
		const op = await this.sit(user, options);

		await this.activate(op);
		return op;
	}

	async away(op) {
		this.browsers.splice(this.browsers.indexOf(op), 1);
		await op.close();
	}

	// A citizen rings through to op, who answers; both hear each other.
	async talk(op, { tone = HZ.citizen, from = '+79180000001' } = {}) {
		const call = await this.phone.call(HOTLINE, { tone, from });

		await call.answered;
		await op.callState('RING');
		await op.press('Ответить');
		await op.callState('TALK');
		await this.hearEachOther(call, op, tone);
		return call;
	}

	hearEachOther(call, op, tone = HZ.citizen) {
		return Promise.all([call.media.hears(op.hz), op.ear.hears(tone)]);
	}

	// The end of a talk by the citizen, and the operator free again.
	async end(call, op) {
		await call.hangup();
		await this.free(op);
	}

	async free(op) {
		await op.agent('WRAPUP');
		await op.press('Готов');
		await op.agent('FREE');
	}

	change(statement) {
		return this.stack.change(statement);
	}

	set(name, value) {
		return this.stack.set(name, value);
	}

	strategy(queue, rule) {
		return this.change(`UPDATE queue SET strategy = '${rule}' WHERE ` +
			`id = ${queue}`);
	}

	// Who was cut off is given up now, and not in a minute.
	async giveUp(user) {
		await this.set('phone.give_up_s', 1);
		await this.shifts(user, (rows) => rows.every((r) => r.ended_at));
		await this.set('phone.give_up_s', 60);
	}

	// The shifts of a user in this test, oldest first.
	shifts(user, test) {
		return this.stack.row('SELECT a.started_at, e.ended_at, e.reason ' +
			'FROM attendance a LEFT JOIN attendance_end e ON ' +
			'e.attendance_id = a.id JOIN user_account u ON u.id = a.user_id ' +
			`WHERE u.login = '${user}' AND a.started_at >= '${this.since}' ` +
			'ORDER BY a.started_at', test);
	}

	// The journal's row of a call, found by the citizen's number.
	async journal(from, test = (r) => r.ended_at) {
		const [row] = await this.stack.row(
			'SELECT * FROM call_record WHERE direction = \'IN\' AND caller = ' +
			`'${from}' ORDER BY started_at DESC LIMIT 1`,
			(rows) => rows.length > 0 && test(rows[0]));

		return row;
	}

	// The recording of that call when it is over: the citizen left, what he
	// heard right. spans(side, hz, …): where these tones all are, in ms from
	// the start.
	async recording(from) {
		const { id } = await this.journal(from);
		const [rec] = await this.stack.row('SELECT r.path, e.samples FROM ' +
			'recording r JOIN recording_end e ON e.recording_id = r.id ' +
			`WHERE r.call_id = '${id}' AND r.kind = 'CALL'`,
		(rows) => rows.length === 1);
		const { channels: [left, right] } = readWav(readFileSync(
			path.join(this.stack.state, 'rec', rec.path)));

		assert.equal(left.length, Number(rec.samples));
		return { left, right, spans: (side, ...tones) => spans(
			windows(side, tones), (w) => tones.every((hz) =>
				w.tones[hz] >= 0.02), { least: 300 }) };
	}

	// An event of that call, in the evidence.
	event(from, kind, options) {
		return this.stack.row('SELECT e.at FROM call_event e JOIN ' +
			'call_record c ON c.id = e.call_id WHERE c.direction = \'IN\' ' +
			`AND c.caller = '${from}' AND e.kind = '${kind}'`,
		(rows) => rows.length > 0, options);
	}
}

// Do a span of these and a span of those share that many ms?
export function meet(some, others, ms = 300) {
	return some.some((a) => others.some((b) =>
		Math.min(a.to, b.to) - Math.max(a.from, b.from) >= ms));
}

// These tones and not those, at one moment.
export function hears(media, yes, no = []) {
	return media.until((w) => yes.every((hz) => w.tones[hz] > 0.02) &&
		no.every((hz) => w.tones[hz] < 0.01),
	{ tones: [...yes, ...no], ms: 300,
		what: `${yes} Hz and not ${no.join(', ') || 'anything else'}` });
}

// From here on the citizen's line is never dead for long: told by what this
// returns, before the call ends.
export function unbroken(call) {
	const from = performance.now();

	return () => {
		const ms = call.media.longestSilence(from);

		assert.ok(ms < 500, `${ms} ms of dead silence`);
	};
}

// Nothing wrong in the console of any page. Chromium puts there that rows of a
// call were still to come (503): the page asks again by itself.
export function clean(op) {
	assert.deepEqual(op.problems.filter((p) =>
		!/ 503 .*\/appeal(\/\d+\?call=1)?$/.test(p)), []);
}
