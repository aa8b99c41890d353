#!/usr/bin/env node
// B3-32: session timers (RFC 4028) against sipp, which takes nothing that its
// scenario does not say: who called × how the peer refreshes × who refreshes ×
// 422 either way, changes in the middle, refusals. All calls at once, seconds
// for half hours: 24 s asked for, 9 s the least. Of 9 s a refresh of ours comes
// after 4.5 s, and the end 6 s after the last one.

import assert from 'node:assert/strict';
import { inNamespace, finally_, run, test } from '../lab/run.mjs';
import * as lab from '../lab/sipp.mjs';
import { Echo } from './ua.mjs';

inNamespace();

// ---- pieces of scenarios, from the peer's side ----

const ALLOW = { UPDATE: ['Allow: INVITE, ACK, BYE, CANCEL, UPDATE'],
	INVITE: ['Allow: INVITE, ACK, BYE, CANCEL'] };
const expires = (s, who) => [`Session-Expires: ${s}${
	who ? `;refresher=${who}` : ''}`];
const knows = ['Supported: timer'];

// They call: our 2xx names an interval, who refreshes, and Require: timer only
// for one who must.
const call = (head, s, who) => [
	{ send: 'INVITE', head },
	{ want: 200, has: { 'Session-Expires': `^ *${s} *; *refresher=${who}`,
		...(who === 'uac' ? { Require: 'timer' } : {}) },
	not: who === 'uas' ? 'Require: *timer' : undefined },
	{ send: 'ACK' },
];
// We call.
const called = (head) => [
	{ want: 'INVITE', has: { 'Session-Expires': '^ *24 *$', 'Min-SE': '^ *9',
		Supported: 'timer' } },
	{ send: 200, head },
	{ want: 'ACK' },
];
const over = [{ send: 'BYE' }, { want: 200 }];
const expired = [
	{ want: 'BYE', has: { Reason: 'cause=408' } },
	{ send: 200 },
];

// We refresh, seen from them. by: what is expected of us
const ours = (by, s, { head = expires(s, 'uac'), status = 200 } = {}) => [
	{ want: by, has: { 'Session-Expires': `^ *${s} *; *refresher=uac` } },
	{ send: status, head },
	...(by === 'INVITE' ? [{ want: 'ACK' }] : []),
];
// They refresh. who: what the request says; then: what our 2xx must
const theirs = (by, s, { who = 'uac', then = who, gets = s,
	says = knows } = {}) => [
	{ wait: 1000 },
	{ send: by, head: [...says, ...(s ? expires(s, who) : [])] },
	{ want: 200, has: { 'Session-Expires':
		`^ *${gets} *; *refresher=${then}` },
	not: then === 'uas' ? 'Require: *timer' : undefined },
	...(by === 'INVITE' ? [{ send: 'ACK' }] : []),
];
const twice = (steps) => [...steps, ...steps];

// ---- the table ----

const cases = []; // name, callee: who sipp is, steps, ended: status for us

function add(name, callee, steps, ended = 200) {
	cases.push({ name, callee, steps, ended });
}

// A session with timer, of whoever called. we: we are to refresh
function up(callee, by, we, s = 9) {
	return callee ? called([...ALLOW[by], ...knows, 'Require: timer',
		...expires(s, we ? 'uac' : 'uas')]) :
		call([...ALLOW[by], ...knows, ...expires(s, we ? 'uas' : 'uac')], s,
			we ? 'uas' : 'uac');
}

for (const by of ['UPDATE', 'INVITE']) {
	// they call
	for (const who of ['uas', ''])
		add(`called, timer, refresher ${who || 'absent'}: we do, by ${by}`, false,
			[...call([...ALLOW[by], ...knows, ...expires(9, who)], 9, 'uas'),
				...twice(ours(by, 9)), ...over]);
	add(`called, timer, refresher uac: they do, by ${by}, till they stop`, false,
		[...call([...ALLOW[by], ...knows, ...expires(9, 'uac')], 9, 'uac'),
			...twice(theirs(by, 9)), ...expired], 408);
	add(`called, no timer: we refresh by ${by}`, false,
		[...call(ALLOW[by], 24, 'uas'),
			...ours(by, 24, { head: [] }), ...over]);
	add(`called, no timer, a proxy has put one in: we refresh by ${by}`, false,
		[...call([...ALLOW[by], ...expires(9)], 9, 'uas'),
			...ours(by, 9), ...over]);

	// we call
	for (const who of ['uac', ''])
		add(`calling, timer, refresher ${who || 'absent'}: we do, by ${by}`, true,
			[...called([...ALLOW[by], ...expires(9, who)]),
				...twice(ours(by, 9)), ...over]);
	add(`calling, timer, refresher uas: they do, by ${by}, till they stop`, true,
		[...called([...ALLOW[by], ...knows, ...expires(9, 'uas')]),
			...twice(theirs(by, 9)), ...expired], 408);
	add(`calling, no timer: we refresh by ${by}`, true,
		[...called(ALLOW[by]),
			...ours(by, 24, { head: [] }), ...over]);

	// either
	for (const callee of [false, true]) {
		const way = callee ? 'calling' : 'called';

		add(`${way}: too short a refresh by ${by} gets 422, a longer 200`, callee,
			[...up(callee, by, false),
				{ send: by, head: [...knows, ...expires(8, 'uac')] },
				{ want: 422, has: { 'Min-SE': '^ *9' } },
				...(by === 'INVITE' ? [{ send: 'ACK' }] : []),
				...theirs(by, 9), ...over]);
		add(`${way}: 422 to our ${by} is heeded`, callee,
			[...up(callee, by, true),
				...ours(by, 9, { head: ['Min-SE: 11'], status: 422 }),
				{ want: by, has: { 'Session-Expires': '^ *11 *; *refresher=uac',
					'Min-SE': '^ *11' } },
				{ send: 200, head: expires(11, 'uac') },
				...(by === 'INVITE' ? [{ want: 'ACK' }] : []),
				...over]);
		add(`${way}: they take it over by ${by}, and stop`, callee,
			[...up(callee, by, true), ...ours(by, 9), ...theirs(by, 9),
				...expired], 408);
		add(`${way}: they hand it to us by ${by}, with another interval`, callee,
			[...up(callee, by, false),
				...theirs(by, 10, { who: 'uas' }), ...ours(by, 10), ...over]);
		add(`${way}: ${by} without a word of timers leaves it with them`,
			callee, [...up(callee, by, false),
				...theirs(by, 0, { then: 'uac', gets: 9 }), ...expired], 408);
		add(`${way}: ${by} of one who knows no timers any more: we refresh`,
			callee, [...up(callee, by, false),
				...theirs(by, 0, { then: 'uas', gets: 9, says: [] }),
				...ours(by, 9), ...over]);
		add(`${way}: the 2xx to our ${by} hands it to them, who stop`, callee,
			[...up(callee, by, true),
				...ours(by, 9, { head: expires(10, 'uas') }), ...expired], 408);
		add(`${way}: 491 to our ${by}, which comes again`, callee,
			[...up(callee, by, true, 24),
				...ours(by, 24, { head: [], status: 491 }), ...ours(by, 24),
				...over]);
	}
}

for (const callee of [false, true]) {
	const way = callee ? 'calling' : 'called';

	for (const status of [405, 501, 500, 503, 400, 488])
		add(`${way}: ${status} to UPDATE: re-INVITE at once, and from now on`,
			callee, [...up(callee, 'UPDATE', true),
				...ours('UPDATE', 9, { head: [], status }),
				...twice(ours('INVITE', 9)), ...over]);
	for (const status of [500, 503, 405, 480, 603]) {
		add(`${way}: ${status} to re-INVITE: it comes again, the call goes on`,
			callee, [...up(callee, 'INVITE', true, 24),
				...ours('INVITE', 24, { head: [], status }),
				...ours('INVITE', 24), ...over]);
		add(`${way}: ${status} to re-INVITE without a timer: it lives`,
			callee, [...(callee ? called(ALLOW.INVITE) :
				call(ALLOW.INVITE, 24, 'uas')),
			...twice(ours('INVITE', 24, { head: [], status })), ...over]);
	}
	for (const status of [481, 408])
		add(`${way}: ${status} to UPDATE: BYE`, callee,
			[...up(callee, 'UPDATE', true),
				...ours('UPDATE', 9, { head: [], status }), ...expired], 408);
	add(`${way}: every refresh is refused: BYE before the end`, callee,
		[...up(callee, 'INVITE', true, 24),
			...twice(ours('INVITE', 24, { head: [], status: 488 })),
			...expired], 408);
}

add('called: too short an interval gets 422, a longer one 200', false,
	[{ send: 'INVITE', head: [...ALLOW.UPDATE, ...knows, ...expires(8)] },
		{ want: 422, has: { 'Min-SE': '^ *9' } },
		{ send: 'ACK' },
		...call([...ALLOW.UPDATE, ...knows, ...expires(9, 'uas'), 'Min-SE: 9'],
			9, 'uas'),
		...ours('UPDATE', 9), ...over]);
for (const who of ['uac', 'uas', ''])
	add(`calling: 422 to our INVITE is heeded, refresher ${who || 'absent'}`,
		true, [
			{ want: 'INVITE' },
			{ send: 422, head: ['Min-SE: 30'] },
			{ want: 'ACK' },
			{ want: 'INVITE', has: { 'Session-Expires': '^ *30 *$',
				'Min-SE': '^ *30' } },
			{ send: 200, head: [...ALLOW.INVITE, ...knows,
				...expires(30, who)] },
			{ want: 'ACK' },
			...(who === 'uas' ? theirs('INVITE', 30) : ours('INVITE', 30)),
			...over]);

// ---- all of them ----

const PER_STACK = 15; // a stack of ours has 16 lines, and each callee is one
const only = process.env.TEST_ONLY ?? '';
const chosen = cases.filter((c) => c.name.includes(only))
	.map((c, i) => ({ ...c, id: 100 + i, port: 6000 + 10 * i }));
const stacks = [];

async function stack() {
	const echo = await Echo.start({ t1: 50, args: ['-s', '24', '-m', '9',
		'-a', `127.0.0.${stacks.length + 1}`] });

	stacks.push(echo);
	return echo;
}

// Our side of the call: the number of its dialog.
async function dialog(echo, { callee, id }) {
	if (!callee)
		return echo.event('INVITE', { fits: (e) =>
			e.text.includes(` from:+7916000${id} `) });
	await echo.event('TRUNK', { fits: (e) => e.status === 200 &&
		e.text.includes(` trunk:${id} `) });
	echo.say(`call ${79990000000 + id} +78652000000 ${id}`);
	return echo.event('CALL');
}

// The steps of a case, as sipp's.
function scenario({ callee, id, steps }) {
	const s = callee ? lab.callee() : lab.caller({ from: `+7916000${id}` });
	let up = false, invited = false, inviting = false;

	if (callee)
		s.recv('OPTIONS', { optional: true, next: 'alive' });
	for (const { wait, want, has, not, send, head: headers } of steps) {
		if (wait) {
			s.pause(wait);
		} else if (typeof want === 'number') {
			const far = !callee && !up && want === 200;

			if (inviting)
				s.recv(100, { txn: s.last, optional: true });
			s.recv(want, { txn: s.last, has, not, far, rrs: far });
			inviting &&= want;
			up ||= far;
		} else if (want) {
			s.recv(want, { has, not, as: callee && !up && want === 'INVITE' ?
				'call' : null });
			invited = want === 'INVITE';
		} else if (typeof send === 'number') {
			s.reply(send, { headers, inside: up,
				body: invited && send === 200 ? s.sdp() : '' });
			up ||= send === 200;
		} else if (send === 'ACK') {
			s.ack({ refused: inviting > 200 });
		} else {
			inviting = send === 'INVITE';
			s.request(send, { headers, first: !up,
				body: inviting ? s.sdp() : '' });
		}
	}
	return s;
}

async function play(c, echo) {
	const peer = await lab.Sipp.start(scenario(c), { port: c.port,
		options: ['-cp', `${c.port + 10000}`, '-mp', `${c.port + 20000}`] });
	const ours = dialog(echo, c).then(({ id }) =>
		echo.event('ENDED', { id, ms: 50000 }));

	// sipp has more to say about what went wrong
	const end = await Promise.race([ours, peer.done.then(() => ours)]);

	await (c.callee ? peer.finish() : peer.done);
	assert.equal(end.status, c.ended);
}

function begin(c, echo) {
	c.played = play(c, echo);
	c.played.catch(() => {}); // its test looks at it, in its turn
}

async function beginAll() {
	const callees = chosen.filter((c) => c.callee);
	const theirs = await stack();

	for (const c of chosen.filter((c) => !c.callee))
		begin(c, theirs);
	for (let i = 0; i < callees.length; i += PER_STACK) {
		const echo = await stack();
		const some = callees.slice(i, i + PER_STACK);

		for (const c of some)
			echo.say(`trunk ${c.id} 127.0.0.1:${c.port} udp`);
		for (const c of some)
			begin(c, echo);
		echo.say('trunks now');
	}
}

for (const c of chosen)
	test(c.name, () => c.played);
finally_(() => Promise.all([Echo.killAll(), lab.Sipp.killAll()]));
finally_(async () => {
	for (const echo of stacks)
		assert.equal((await echo.close()).how, 0);
});
await beginAll();
await run();
