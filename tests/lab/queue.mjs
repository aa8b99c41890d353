// A queue under test: its row and its operators, and citizens of sipp in its
// line.
//
//   const queue = new Queue(office, '+7918002');   // how their numbers begin
//   const c = await queue.waits();                 // stands in the line
//   await c.leave();

import assert from 'node:assert/strict';
import { Sipp, caller, is } from './sipp.mjs';

// ms; a span may be short by the rounding of both ends
export const time = (at) => Date.parse(`${at.replace(' ', 'T')}Z`);

// One citizen: a sipp of his own. He waits until he leaves or is hung up on.
class Citizen {
	event(kind, test = (rows) => rows.length > 0) {
		return this.office.stack.row('SELECT e.at, e.data, e.user_id FROM ' +
			'call_event e JOIN call_record c ON c.id = e.call_id WHERE ' +
			`c.caller = '${this.from}' AND e.kind = '${kind}' ` +
			'ORDER BY e.at', test);
	}

	async leave() {
		if (this.over)
			return;
		this.over = true;
		await this.peer.go();
		await this.peer.done;
	}

	// We have hung up on him.
	async dismissed() {
		this.over = true;
		await this.peer.done;
		assert.equal(this.peer.all(is('in', 'BYE')).length, 1);
	}

	story() {
		return this.office.story(this.from);
	}
}

export class Queue {
	#citizens = [];
	#serial = 0;
	#ports = 0;

	constructor(office, prefix) {
		Object.assign(this, { office, prefix });
	}

	number() {
		return `${this.prefix}${1000 + ++this.#serial}`;
	}

	// keys: what he presses once he is let go
	async calls({ from = this.number(), to, media, keys = '' } = {}) {
		const c = Object.assign(new Citizen(),
			{ office: this.office, from, media });
		const s = caller({ from, media, ...to && { number: to } }).invite();

		for (const key of keys)
			s.wait().request('INFO', { txn: `key${key}`,
				type: 'application/dtmf-relay',
				body: `Signal=${key}\nDuration=160\n` })
				.recv(200, { txn: `key${key}` });
		s.wait({ optional: true, next: 'leaves' }).byed()
			.step('<nop next="gone"/>').label('leaves').bye().label('gone')
			.pause(1);
		c.peer = await Sipp.start(s, { port: 5100 + ++this.#ports });
		this.#citizens.push(c);
		await c.peer.got(is('out', 'ACK'), 'ACK');
		return c;
	}

	// … and stands in the line. nth: for how often he has
	async waits(options) {
		const c = await this.calls(options);

		await c.event('ENTERQUEUE', (rows) =>
			rows.length === (options?.nth ?? 1));
		return c;
	}

	// He hears the busy tone, and no greeting.
	async refuses() {
		const from = this.number();

		await (await Sipp.start(caller({ from }).invite({ status: 486 }))).done;
		const { kinds } = await this.office.story(from);

		assert.ok(!kinds.includes('ACCEPT'), 'before the greeting');
	}

	async clear() {
		for (const c of this.#citizens.splice(0))
			await c.leave().catch(() => {}); // gone by himself
		await Sipp.killAll();
	}

	set(what, id = 1) {
		return this.office.change(`UPDATE queue SET ${what} WHERE id = ${id}`);
	}

	// Statements that make queues as they are now.
	async asIs() {
		const rows = await this.office.stack.sql('SELECT * FROM queue');
		const value = (v) => v === null ? 'NULL' : `'${v}'`;

		return rows.map((r) => `UPDATE queue SET ${Object.entries(r)
			.filter(([k]) => k !== 'id').map(([k, v]) => `${k} = ${value(v)}`)
			.join(', ')} WHERE id = ${r.id}`).join('; ');
	}
}

// Statements that make these the operators of the queue.
export const members = (queue, ...ops) => 'DELETE FROM queue_member WHERE ' +
	`queue_id = ${queue}; ` + ops.map((op, i) => 'INSERT INTO queue_member ' +
	`(queue_id, user_id, position) VALUES (${queue}, ${op.id}, ${i + 1})`)
	.join('; ');

export async function rests(...ops) {
	for (const op of ops) {
		await op.rest();
		await op.agent('BREAK');
	}
}

// Whom of these an operator's telephone rings for.
export const rings = async (op) => (await op.call('RING')).number;
