#!/usr/bin/env node
// «Смена сейчас»: what can be done with the chosen row, and where it may go.

import assert from 'node:assert/strict';
import test from 'node:test';

import { actions, aways, destinations, emptyBoard, merge, picked }
	from '../../static/js/board.js';

const board = merge(emptyBoard(), { full: true, now: 1, service_s: 20,
	calls: { c1: { id: 'c1', state: 'queue', act: true, queue: 1, since: 5 } },
	away: {
		o2: { id: 'o2', state: 'talk', act: true, back: false, since: 9 },
		o1: { id: 'o1', state: 'talk', act: true, back: true, since: 7 },
		h: { id: 'h', state: 'conference', act: false, back: true, since: 8 },
	},
	agents: {
		1: { id: 1, act: true, state: 'FREE', moved: 0, call: null },
		2: { id: 2, act: true, state: 'FREE', moved: 2, call: null },
		3: { id: 3, act: false, state: 'FREE', moved: 0, call: null },
	},
	queues: {
		1: { id: 1, name: 'one', open: true, closed: false },
		2: { id: 2, name: 'two', open: false, closed: false }, // nobody in it
		3: { id: 3, name: 'three', open: false, closed: true },
	},
});
const words = { ShiftOwnQueues: 'own' };
const to = (chosen) =>
	destinations(board, picked(board, chosen), words).map((q) => q.id);

test('who has nobody of ours is ended, or given back if he called', () => {
	assert.deepEqual(aways(board).map((c) => c.id), ['o1', 'h', 'o2']);
	assert.deepEqual(actions(board, 'away:o1'),
		{ release: true, requeue: true, move: false, rest: false });
	assert.equal(actions(board, 'away:o2').requeue, false);
	// nobody cuts a call that a service is in
	assert.equal(actions(board, 'away:h').release, false);
	assert.equal(picked(board, 'away:gone'), null);
});

test('an operator moves to any line in service, and back to his own', () => {
	assert.equal(actions(board, 'agent:1').move, true);
	assert.equal(actions(board, 'agent:3').move, false);
	assert.deepEqual(to('agent:1'), [1, 2]);
	assert.deepEqual(to('agent:2'), [0, 1]);
	// a citizen only to where somebody serves
	assert.deepEqual(to('call:c1'), []);
});
