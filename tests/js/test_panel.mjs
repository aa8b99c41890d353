#!/usr/bin/env node
// The panel is a pure function: every phase, every control.

import assert from 'node:assert/strict';
import test from 'node:test';

import { ON, can, empty, mark, phase, reduce, view }
	from '../../static/js/phone/panel.js';
import { NOW, state, states } from './states.mjs';
import { words } from './words.mjs';

const up = (server, more = {}) => reduce({ ...empty(), link: 'UP', ...more },
	{ type: 'state', state: server, at: NOW });
const PLACE = { lang: 'ru', zone: 'Europe/Moscow' };
const see = (server, now = NOW, more) => view(up(server, more), now, words, PLACE);
const working = (v) => Object.keys(ON).filter((k) => v.on[k]).sort();

// what a person may press in each situation, written out by hand
const EXPECT = {
	inactive: 'start',
	free: 'break dial finish raise',
	ring: 'answer raise reject',
	ringTransfer: 'answer raise reject',
	talk: 'break consult dtmf emergency finish hangup hold mute raise transfer',
	muted: 'break consult dtmf emergency finish hangup hold mute raise ' +
		'transfer',
	hold: 'break consult emergency finish hangup mute raise transfer unhold',
	consultDial: 'back break complete emergency finish hangup mute raise',
	consult: 'back break complete emergency finish hangup mute raise',
	advice: 'break finish hangup mute raise',
	transfer: 'back emergency finish hangup raise',
	emergencyDial: 'break dtmf finish hangup hold mute raise',
	emergency: 'break dtmf finish hangup leave mute raise',
	emergencyFailed: 'break consult dtmf emergency finish hangup hold mute ' +
		'raise transfer',
	dial: 'finish hangup raise',
	out: 'break consult dtmf emergency finish hangup hold mute raise transfer',
	ringInternal: 'answer raise reject',
	internal: 'break finish hangup hold mute raise',
	internalPeer: 'break finish hangup mute raise',
	wrapup: 'break dial extend finish nontarget raise ready',
	break: 'dial finish raise resume',
	missed: 'dial finish raise resume',
	reconnecting: 'finish',
	regain: 'finish raise',
	elsewhere: 'takeover',
	micLost: 'break consult dtmf emergency finish hangup hold mute raise ' +
		'start transfer',
	hidden: 'answer raise reject',
	ringBack: 'answer raise reject take',
};

for (const [name, controls] of Object.entries(EXPECT)) {
	test(`K-4.0.9 in ${name} exactly the right controls work`, () => {
		assert.deepEqual(working(see(states[name])), controls.split(' '));
	});
}

test('K-3.0.3 before «Начало работы» nothing else works', () => {
	assert.deepEqual(working(see(states.inactive)), ['start']);
});

test('every canned state is expected', () => {
	assert.deepEqual(Object.keys(states).sort(), Object.keys(EXPECT).sort());
});

test('K-3.0.8 without a connection nothing works, and M29 says why', () => {
	for (const server of Object.values(states)) {
		const v = view({ ...up(server), link: 'LOST' }, NOW, words, PLACE);

		assert.deepEqual(working(v).filter((k) => k !== 'takeover'), []);
		assert.equal(v.text.message, words.M29);
	}
});

test('before the first state every control is disabled', () => {
	const v = view(empty(), NOW, words, PLACE);

	assert.deepEqual(working(v), []);
	assert.equal(v.text.status, 'Не активен');
	assert.equal(v.show.start, true);
});

test('K-3.0.5 status is the word of K-3.0.5, kept while the connection returns', () => {
	assert.equal(see(states.inactive).text.status, 'Не активен');
	for (const name of ['free', 'talk', 'break', 'reconnecting', 'wrapup'])
		assert.equal(see(states[name]).text.status, 'Активен');
	assert.equal(see(states.reconnecting).text.message, words.M29);
});

test('a person without a telephone cannot start', () => {
	const server = state({ state: 'INACTIVE', leg: 'none' });

	server.user.phone = false;
	assert.equal(can(up(server), 'start'), false);
});

test('«Начало работы» cannot be pressed twice', () => {
	const facts = reduce(up(states.inactive),
		{ type: 'starting', starting: true });

	assert.equal(can(facts, 'start'), false);
});

test('after a refused microphone «Начало работы» works again', () => {
	for (const name of ['reconnecting', 'free', 'talk', 'break', 'wrapup'])
		for (const code of ['M03', 'M03a', 'M03b']) {
			const facts = reduce(up(states[name]), { type: 'mic', code });
			const v = view(facts, NOW, words, PLACE);

			assert.equal(v.on.start, true, name);
			assert.equal(v.show.start, true, name);
			assert.equal(v.text.message, words[code]);
			assert.equal(can(reduce(facts, { type: 'mic', code: null }),
				'start'), false, name);
		}
	assert.equal(see(states.micLost).on.start, true);
});

test('a lost microphone the server told of is over when it says so', () => {
	const notice = { type: 'message',
		message: { code: 'M03', kind: 'warning', text: words.M03 } };
	const ok = { type: 'state', state: states.talk, at: NOW };
	let facts = reduce(up(states.micLost), notice);

	assert.equal(reduce(facts, { ...ok, state: states.micLost })
		.message?.code, 'M03');
	facts = reduce(facts, ok);
	assert.equal(facts.message, null);
	assert.equal(view(facts, NOW, words, PLACE).text.message, '');
	// the browser's own refusal stands until there is a microphone
	facts = reduce(reduce(facts, { type: 'mic', code: 'M03' }), ok);
	assert.equal(view(facts, NOW, words, PLACE).text.message, words.M03);
});

test('the refused «Выход» is said beside M29 and goes with the talk', () => {
	const facts = reduce({ ...up(states.talk), link: 'LOST' }, { type: 'message',
		message: { code: 'M15', kind: 'danger', text: words.M15 } });

	assert.equal(view(facts, NOW, words, PLACE).text.message,
		`${words.M29}. ${words.M15}`);
	assert.equal(reduce(facts, { type: 'state', state: states.wrapup,
		at: NOW }).message, null);
});

test('in another tab only «Открыть здесь» works', () => {
	for (const [name, server] of Object.entries(states)) {
		const facts = reduce(up(server), { type: 'elsewhere',
			elsewhere: true });
		const v = view(facts, NOW, words, PLACE);

		assert.deepEqual(working(v), ['takeover'], name);
		assert.equal(v.show.elsewhere, true);
		assert.equal(v.ringing || v.guard || v.wantsTrack, false);
	}
});

test('one button holds and resumes, one mutes, one rejects and hangs up', () => {
	assert.equal(see(states.talk).text.holdLabel, 'Пауза');
	assert.equal(see(states.hold).text.holdLabel, 'Продолжить');
	assert.equal(see(states.hold).on.holdToggle, true);
	assert.equal(see(states.talk).text.muteLabel, 'Выкл. микрофон');
	assert.equal(see(states.muted).text.muteLabel, 'Вкл. микрофон');
	assert.equal(see(states.ring).text.hangupLabel, 'Отклонить');
	assert.equal(see(states.talk).text.hangupLabel, 'Сброс');
	assert.equal(see(states.ring).on.drop, true);
});

test('K-5.1.1.4 a call is «Соединение…», then timed, then «Вызов завершён»',
	() => {
		const talk = (later) => see(states.talk, NOW + later).text;

		assert.equal(see(states.regain).text.callState, 'Соединение…');
		assert.equal(talk(0).callState, 'Разговор');
		assert.deepEqual([talk(0).timer, talk(5000).timer], ['01:15', '01:20']);
		assert.equal(see(states.wrapup).text.callState, 'Вызов завершён');
	});

test('K-3.0.7 timers run on the server\'s clock', () => {
	const facts = reduce({ ...empty(), link: 'UP' },
		{ type: 'state', state: states.talk, at: NOW - 3600000 });
	const v = view(facts, NOW - 3600000 + 5000, words, PLACE);

	assert.equal(v.text.timer, '01:20'); // answered 75 s before, 5 s ago
	assert.equal(v.text.shiftTimer, '3:12:05');
});

test('K-5.1.1.1 ringing shows number, queue and the waiting time as it grows', () => {
	const v = see(states.ring, NOW + 3000);

	assert.equal(v.text.number, '+7 962 440-11-22');
	assert.equal(v.text.queue, 'Горячая линия');
	assert.equal(v.text.timer, '00:41');
	assert.equal(v.ringing, true);
});

test('K-5.0.2 a withheld number is said in words', () => {
	assert.equal(see(states.hidden).text.number, 'Номер не определён');
});

test('wrap-up counts down and warns at the end', () => {
	assert.equal(see(states.wrapup).text.timer, '00:47');
	assert.equal(see(states.wrapup).kind.timer, '');
	assert.equal(see(states.wrapup, NOW + 40000).text.timer, '00:07');
	assert.equal(see(states.wrapup, NOW + 40000).kind.timer, 'soon');
	assert.equal(see(states.wrapup, NOW + 60000).text.timer, '00:00');
});

test('the sender has a track from ring to the end, and only then', () => {
	const sends = Object.keys(states)
		.filter((name) => see(states[name]).wantsTrack);

	assert.deepEqual(sends.sort(), Object.keys(states).filter((name) =>
		!['inactive', 'free', 'wrapup', 'break', 'missed', 'reconnecting',
			'elsewhere'].includes(name)).sort());
});

test('only a talk guards against closing the page', () => {
	for (const name of ['talk', 'hold', 'consult', 'transfer', 'regain'])
		assert.equal(see(states[name]).guard, true, name);
	for (const name of ['free', 'ring', 'wrapup', 'break', 'inactive'])
		assert.equal(see(states[name]).guard, false, name);
});

test('112: dial, talk, no answer each say what to do', () => {
	assert.equal(see(states.emergencyDial).text.message, words.M18);
	assert.equal(see(states.emergency).text.message, words.M18);
	assert.equal(see(states.emergency).show.leave, true);
	assert.equal(see(states.emergencyFailed).text.message, words.M17);
});

test('a lost microphone is said over everything but a lost connection', () => {
	assert.equal(see(states.micLost).text.message, words.M03);
});

test('the reason of a break after two misses is shown', () => {
	const v = see(states.missed);

	assert.match(v.text.work, /пропущены вызовы/);
	assert.equal(v.text.message, words.BreakMissedLong);
});

test('digits sent belong to one call', () => {
	let facts = up(states.talk);

	facts = reduce(facts, { type: 'digits', digits: '12' });
	facts = reduce(facts, { type: 'digits', digits: '#' });
	assert.equal(facts.digits, '12#');
	facts = reduce(facts, { type: 'state', state: states.hold, at: NOW });
	assert.equal(facts.digits, '12#');
	facts = reduce(facts, { type: 'state', state: states.free, at: NOW });
	assert.equal(facts.digits, '');
});

test('the same state again changes nothing', () => {
	const once = up(states.talk);
	const twice = reduce(once, { type: 'state', state: states.talk, at: NOW });

	assert.deepEqual(view(twice, NOW, words, PLACE),
		view(once, NOW, words, PLACE));
});

test('a message is cleared only by its own code', () => {
	const message = { code: 'M03', kind: 'danger', text: 'x' };
	const facts = reduce(up(states.free), { type: 'message', message });

	assert.equal(reduce(facts, { type: 'clear', code: 'M15' }).message, message);
	assert.equal(reduce(facts, { type: 'clear', code: 'M03' }).message, null);
	assert.equal(reduce(facts, { type: 'clear' }).message, null);
});

test('a ring beside the talk of a colleague is a ring', () => {
	const server = state({ state: 'RINGING' },
		{ state: 'RING', role: 'consulted' });

	assert.equal(phase(up(server)), 'RING');
});

test('a call-back may be taken without a call', () => {
	const v = see(states.ringBack);

	assert.equal(v.text.callState, 'Обратный вызов');
	assert.equal(v.show.take, true);
	assert.equal(v.on.take, true);
	assert.equal(v.on.answer, true);
	assert.equal(see(states.ring).show.take, false);
	assert.equal(see(states.ring).on.take, false);
});

test('outbound calls work when the server says so', () => {
	const server = state();

	assert.equal(can(up(server), 'dial'), true);
	server.user.dial = false;
	assert.equal(can(up(server), 'dial'), false);
});

test('a call of ours says how it stands', () => {
	assert.equal(see(states.dial).text.callState, 'Идут гудки');
	assert.equal(see(states.dial).text.timer, '00:05');
	assert.equal(see(states.dial).text.hangupLabel, 'Сброс');
	assert.equal(see(states.dial).wantsTrack, true);
	assert.equal(see(states.dial).ringing, false);
	assert.equal(see(states.out).text.waited, '');
	assert.equal(see(states.ringInternal).text.callState,
		'Вас вызывает сотрудник');
	assert.equal(see(states.ringInternal).ringing, true);
});

test('the worse figure gives the network\'s mark', () => {
	assert.equal(mark({}), 'Good');
	assert.equal(mark({ loss: 0.02 }), 'Fair');
	assert.equal(mark({ jitter: 80 }), 'Bad');
	assert.equal(mark({ loss: 0.02, mos: 2.9 }), 'Bad');
	assert.equal(mark({ rtt: 350 }), 'Fair');
});
