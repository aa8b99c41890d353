#!/usr/bin/env node
// Numbers, times, back-off, colleagues, refusals, drafts.

import assert from 'node:assert/strict';
import test from 'node:test';

import { trunkWord } from '../../static/js/board.js';
import { body } from '../../static/js/draft.js';
import { next } from '../../static/js/flow.js';
import { delay } from '../../static/js/phone/backoff.js';
import { clock, duration, fill, left, phone, place }
	from '../../static/js/phone/format.js';
import { loopback, refusal } from '../../static/js/phone/leg.js';
import { keep, recall } from '../../static/js/phone/memory.js';
import { candidates, fold, initials, keyword, merge, presenceKey, target }
	from '../../static/js/phone/people.js';
import { step } from '../../static/js/pick.js';
import { people } from './states.mjs';

test('durations never go below zero and grow hours when needed', () => {
	assert.equal(duration(-5), '00:00');
	assert.equal(duration(65999), '01:05');
	assert.equal(duration(3665000), '1:01:05');
	assert.equal(left(46100), '00:47');
	assert.equal(left(-1), '00:00');
});

test('the clock is the region\'s, wherever the browser is', () => {
	const noon = Date.UTC(2026, 10, 24, 9, 5, 7);
	const page = (zone) => place({ lang: 'ru', dataset: { zone } });

	assert.equal(clock(noon, page('Europe/Moscow')), '12:05');
	assert.equal(clock(noon, page('Asia/Vladivostok')), '19:05');
	assert.equal(clock(noon, page('Europe/Moscow'), '2-digit'), '12:05:07');
	assert.deepEqual(page('Nowhere/At_all'), { lang: 'ru', zone: undefined });
	assert.deepEqual(page(''), { lang: 'ru', zone: undefined });
});

test('Russian numbers are grouped, all others stay as they came', () => {
	assert.equal(phone('+79624401122'), '+7 962 440-11-22');
	assert.equal(phone('89624401122'), '+7 962 440-11-22');
	assert.equal(phone('112'), '112');
	assert.equal(phone('+4930123456'), '+4930123456');
	assert.equal(phone(''), '');
	assert.equal(phone(null), '');
});

test('places are filled, unknown ones stay visible', () => {
	assert.equal(fill('{n} из {of}', { n: 3 }), '3 из {of}');
});

test('back-off grows to five seconds and is spread', () => {
	const most = [0, 1, 2, 3, 4, 5, 50].map((n) => delay(n, 1));

	assert.deepEqual(most, [300, 600, 1200, 2400, 4800, 5000, 5000]);
	assert.equal(delay(4, 0), 2880);
});

test('presence words of the protocol', () => {
	assert.equal(presenceKey('FREE'), 'Free');
	for (const s of ['TALKING', 'RINGING', 'WRAPUP'])
		assert.equal(presenceKey(s), 'Talks');
	for (const s of ['BREAK', 'UNAVAILABLE', 'x'])
		assert.equal(presenceKey(s), 'Away');
});

const users = merge(new Map(), { users: people, full: true });

test('a full event replaces presence, a delta changes it', () => {
	const delta = merge(users, { full: false,
		users: [{ id: 9, state: 'TALKING' }] });

	assert.equal(delta.get(9).state, 'TALKING');
	assert.equal(delta.get(9).name, 'Петров С. И.');
	assert.equal(delta.size, people.length);
	assert.equal(merge(delta, { full: true, users: [people[0]] }).size, 1);
});

test('colleagues: oneself is left out, free ones stand first', () => {
	const list = candidates(users, [], [{ queue: 1, name: 'Горячая линия' }],
		'', 7);

	assert.deepEqual(list.map((p) => p.to),
		['2001', '1002', '2002', '2101', 'queue:1']);
});

test('what is typed is words, folded: ё is е, case and spaces do not matter',
	() => {
		assert.deepEqual(keyword('  СемЁн   Полын 11 '),
			['семен', 'полын', '11']);
		assert.deepEqual(keyword(' '), []);
		assert.ok(keyword('ёл полы').every((w) =>
			fold('Елкина Анна СМО «Полынь-Полис» 1101').includes(w)));
	});

test('K-4.1.2 the field finds by number, name and organization, ё as е', () => {
	const find = (q) => candidates(users, [], [], q, 7).map((p) => p.to);

	assert.deepEqual(find('елк'), ['2101']);
	assert.deepEqual(find('200'), ['2001', '2002']);
	assert.deepEqual(find('тфомс смир'), ['1002']);
	assert.deepEqual(find('никого'), []);
});

test('live presence wins over the directory', () => {
	const list = candidates(users, [{ id: 9, extension: '2001',
		name: 'Петров С. И.' }, { id: 20, extension: '2201',
		name: 'Яковлев' }], [], '', 7);

	assert.equal(list.find((p) => p.id === 9).presence, 'Free');
	assert.equal(list.find((p) => p.id === 20).presence, 'Away');
});

test('the list shows initials, whatever form the name came in', () => {
	assert.equal(initials('Морозов Дмитрий Иванович'), 'Морозов Д. И.');
	assert.equal(initials('Морозов Д. И.'), 'Морозов Д. И.');
	assert.equal(initials('Горячая линия'), 'Горячая линия');
});

test('what is typed becomes a target, or the message of K-5.1.8.7', () => {
	const list = candidates(users, [], [{ queue: 1, name: 'Горячая линия' }],
		'', 7);

	assert.deepEqual(target(' 2001 ', list), { to: '2001' });
	assert.deepEqual(target('9999', list), { to: '9999' }); // server decides
	assert.deepEqual(target('8 (962) 440-11-22', list), { to: '89624401122' });
	assert.deepEqual(target('+79624401122', list), { to: '+79624401122' });
	assert.deepEqual(target('горячая линия', list), { to: 'queue:1' });
	assert.deepEqual(target('петр', [list[0]]), { to: '2001' });
	assert.deepEqual(target('петр', list), { error: 'NO_EXTENSION' });
	assert.deepEqual(target('', list), { error: 'NO_EXTENSION' });
});

test('each refusal of the browser has its own warning', () => {
	const say = (name) => refusal({ name });

	assert.equal(say('NotFoundError'), 'M03');
	assert.equal(say('OverconstrainedError'), 'M03');
	assert.equal(say('NotAllowedError'), 'M03a');
	assert.equal(say('SecurityError'), 'M03a');
	assert.equal(say('NotReadableError'), 'M03b');
	assert.equal(say('AbortError'), 'M03b');
	assert.equal(say(undefined), 'M03');
});

test('what the loudspeaker plays is no microphone', () => {
	assert.equal(loopback({ label: 'Monitor of Null Output' }), true);
	assert.equal(loopback({ label: 'Монитор Встроенное аудио' }), true);
	assert.equal(loopback({ label: 'Headset' }), false);
	assert.equal(loopback({ label: '' }), false);
});

test('a draft is the card without the fields that only serve the page', () => {
	assert.equal(body([['csrf', 'x'], ['version', '3'], ['q', 'прик'],
		['description', 'Текст']]),
	'{"version":"3","description":"Текст"}');
	assert.equal(body([['past', '5'], ['past', '7'], ['email', '']]),
		'{"past":"5 7","email":""}');
});

test('what a tab did is remembered once, for ten minutes, and not over another',
	() => {
		const kept = new Map();
		const store = { getItem: (k) => kept.get(k) ?? null,
			setItem: (k, v) => kept.set(k, v),
			removeItem: (k) => kept.delete(k) };
		const later = (ms, taken = 0) => {
			keep(store, 'x', { boot: 5 }, 1000);
			return recall(store, 'x', 1000 + ms, taken)?.boot;
		};

		assert.equal(later(1), 5);
		assert.equal(recall(store, 'x', 1001, 0), null);
		assert.equal(later(600000), 5);
		assert.equal(later(600001), undefined);
		assert.equal(later(500, 1200), undefined);
		assert.equal(later(500, 900), 5);
		kept.set('x', 'nonsense');
		assert.equal(recall(store, 'x', 0, 0), null);
	});

test('a line says why it is down where there are words for it', () => {
	const words = { ShiftTrunk_up: 'works', ShiftTrunk_down: 'down',
		ShiftTrunk_Certificate_of_unknown_CA: 'nobody knows',
		ShiftTrunk_Inner_port_Address_already_in_use: 'taken' };
	const word = (state, reason) => trunkWord({ state, reason }, words);

	assert.equal(word('down', 'Certificate of unknown CA'), 'nobody knows');
	assert.equal(word('down', 'Connection refused'), 'down');
	assert.equal(word('down',
		'Inner port 127.203.0.1:5061: Address already in use'), 'taken');
	assert.equal(word('down', undefined), 'down');
	assert.equal(word('up', 'Certificate of unknown CA'), 'works');
});

test('K-5.1.4.4: arrows walk through the list, and begin anew in a new one', () => {
	assert.equal(step('ArrowDown', -1, 3, false), 0);
	assert.equal(step('ArrowDown', 0, 3, false), 1);
	assert.equal(step('ArrowDown', 2, 3, false), 2);
	assert.equal(step('ArrowUp', 0, 3, false), 0);
	assert.equal(step('ArrowDown', 2, 3, true), 0);
	assert.equal(step('ArrowUp', -1, 3, true), 2);
	assert.equal(step('Enter', 2, 3, true), 0);
	assert.equal(step('ArrowDown', -1, 0, true), -1);
});

test('each answer of the card says which field comes next', () => {
	assert.deepEqual(next('/appeal'), ['#r-surname', '#type']);
	assert.match(next('/registry')[0], /attach/);
	assert.deepEqual(next('/appeal/12/person'), ['#type']);
	assert.match(next('/appeal/12')[0], /is-invalid/);
	assert.deepEqual(next('/appeal/12/draft'), []);
	assert.deepEqual(next('/'), []);
});
