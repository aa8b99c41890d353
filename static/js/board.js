// board.js - «Смена сейчас» as pure functions: events in, rows out.

import { duration, phone as pretty } from './phone/format.js';
import { initials } from './phone/people.js';

const PARTS = ['calls', 'away', 'agents', 'queues', 'trunks', 'alerts'];
const DOWN = ['INACTIVE']; // who is not at work stands last

export function emptyBoard() {
	return { known: false, now: 0, service_s: 20,
		...Object.fromEntries(PARTS.map((p) => [p, {}])) };
}

// An event has each part by id; null is gone. `full` replaces everything.
export function merge(board, event) {
	const next = { known: true, now: event.now, service_s: event.service_s };

	for (const part of PARTS) {
		const items = event.full ? {} : { ...board[part] };

		for (const [id, item] of Object.entries(event[part] ?? {}))
			if (item === null)
				delete items[id];
			else
				items[id] = item;
		next[part] = items;
	}
	return next;
}

// Who has waited longest stands first.
export function waiting(board) {
	return Object.values(board.calls)
		.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
}

// Citizens without an operator of ours: handed outside, or with a service.
export function aways(board) {
	return Object.values(board.away)
		.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
}

export function operators(board) {
	const away = (a) => DOWN.includes(a.state) ? 1 : 0;

	return Object.values(board.agents).sort((a, b) => away(a) - away(b) ||
		a.name.localeCompare(b.name, 'ru') || a.id - b.id);
}

export function alerts(board) {
	return Object.values(board.alerts)
		.sort((a, b) => b.urgent - a.urgent || b.at - a.at);
}

// Zero denominators show «—», never 0 % (DOMAIN 9.1).
export function share(part, whole) {
	return whole ? `${Math.round(part / whole * 100)} %` : '—';
}

export function figures(board, at) {
	const calls = waiting(board);
	const people = Object.values(board.agents);
	const sum = (key) => Object.values(board.queues)
		.reduce((n, q) => n + q[key], 0);
	const count = (...states) =>
		people.filter((a) => states.includes(a.state)).length;
	const working = people.length - count('INACTIVE');

	return {
		waiting: String(calls.length),
		longest: calls.length ? duration(at - calls[0].since) : '—',
		free: `${count('FREE')} / ${working}`,
		talking: String(count('TALKING')),
		pause: String(count('BREAK')),
		// of those whose wait is over, one way or the other
		level: share(sum('within'), sum('answered') + sum('abandoned')),
		offered: String(sum('offered')),
		answered: String(sum('answered')),
		abandoned: String(sum('abandoned')),
		kind: {
			waiting: calls.some((c) => c.long) ? 'bad'
				: calls.length > count('FREE') ? 'warn' : '',
			free: calls.length && !count('FREE') ? 'warn' : '',
		},
	};
}

export function number(text, words) {
	return pretty(text) || words.NumberHidden;
}

export function person(a) {
	return a ? `${a.extension} ${initials(a.name)}`.trim() : '';
}

export function stateWord(agent, words) {
	return words[`Shift${agent.state}`] ?? agent.state;
}

// What a line does, and where that can be said, why it does nothing.
export function trunkWord(trunk, words) {
	// without addresses and ports
	const why = `ShiftTrunk_${(trunk.reason ?? '').replace(/[\d.:]+/g, '')
		.replace(/\W+/g, '_')}`;

	return trunk.state === 'down' && words[why] ||
		words[`ShiftTrunk_${trunk.state}`];
}

// Why he is on a break, or that he will be.
export function whyWord(agent, words) {
	if (!agent.reason)
		return agent.mic ? '' : words.ShiftNoMic;
	if (agent.state !== 'BREAK')
		return words.ShiftThenBreak;
	return words[`Break${agent.reason}`] ?? words.BreakOther;
}

// The row that is chosen: { kind, item }, or null.
export function picked(board, chosen) {
	const [kind, id] = (chosen ?? '').split(':');
	const item = { call: board.calls, away: board.away,
		agent: board.agents }[kind]?.[id];

	return item ? { kind, item } : null;
}

// Where it could go: a call to a line that serves, an operator to any that is
// in service; who was moved today, also back to his own (id 0).
export function destinations(board, { kind, item }, words) {
	const queues = Object.values(board.queues);

	if (kind !== 'agent')
		return queues.filter((q) => q.open && q.id !== item.queue);
	return [...item.moved ? [{ id: 0, name: words.ShiftOwnQueues }] : [],
		...queues.filter((q) => !q.closed && q.id !== item.moved)];
}

// What can be done with what is chosen: { release, requeue, move, rest }.
export function actions(board, chosen) {
	const none = { release: false, requeue: false, move: false, rest: false };
	const { kind, item } = picked(board, chosen) ?? {};

	if (kind === 'call')
		return { ...none, release: item.act, move: item.act,
			requeue: item.act && item.state === 'ring' };
	if (kind === 'away')
		return { ...none, release: item.act, requeue: item.act && item.back };
	if (!kind)
		return none;
	const agent = item;
	const talk = agent.call;

	return { ...none,
		release: !!talk?.act && !talk.emergency,
		requeue: !!talk?.act && talk.direction === 'in',
		move: agent.act,
		rest: agent.act && !['INACTIVE', 'BREAK'].includes(agent.state) &&
			!agent.reason };
}
