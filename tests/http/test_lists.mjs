#!/usr/bin/env node
// The directory, the organizations, the last calls and the figures, over
// HTTP. limit: 180 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const people = {}, id = {}, org = {};
const uuid = (n) => `01940000-0000-7000-8000-${String(n).padStart(12, '0')}`;

// A day before the demo's own calls. Its seconds count from 06:00 UTC.
const DAY = '2025-03-12';
const at = (s) => `'${new Date(Date.parse(`${DAY}T06:00:00Z`) + s * 1000)
	.toISOString().replace('T', ' ').replace('Z', '')}'`;
const time = (s) => s === undefined ? 'NULL' : at(s);

async function call(n, { direction = 'IN', caller = '+79001234567',
	called = '+78652000000', queue = 1, user, queued, answered, ended,
	started = 0, reason = '', spent = {}, nonTarget, events = [] }) {
	await pages.sql(`INSERT INTO call_record (id, direction, caller, called,
		queue_id, queue_name, user_id, started_at, queued_at, answered_at,
		ended_at, end_reason, durations, non_target_kind) VALUES ('${uuid(n)}',
		'${direction}', '${caller}', '${called}', ${queue}, 'Линия',
		${user ? id[user] : 'NULL'}, ${at(started)}, ${time(queued)},
		${time(answered)}, ${time(ended)}, '${reason}',
		'${JSON.stringify(spent)}', ${nonTarget ? "'SPAM'" : 'NULL'})`);
	for (const [i, [s, kind, login]] of events.entries())
		await pages.sql(`INSERT INTO call_event (call_id, seq, at, kind,
			user_id) VALUES ('${uuid(n)}', ${i + 1}, ${at(s)}, '${kind}',
			${login ? id[login] : 'NULL'})`);
}

let events = 5000;
const state = (login, s, word) => pages.sql(`INSERT INTO agent_event (id,
	user_id, at, state) VALUES ('${uuid(events++)}', ${id[login]}, ${at(s)},
	'${word}')`);

const rows = (text, cell) => [...text.matchAll(cell)].map((m) => m[1]);
const figures = (text) => Object.fromEntries([...text.matchAll(
	/data-figure="(\w+)"[^]*?class="value">([^<]*)<[^]*?class="sum">([^<]*)</g)]
	.map(([, name, value, sum]) => [name, sum ? `${value} = ${sum}` : value]));
const report = async (login, query = '') => figures((await people[login].get(
	`/report?from=${DAY}&to=${DAY}${query}`)).text);

test('each role signs in', async () => {
	for (const login of ['op1', 'op2', 'rep1', 'spec1', 'super1', 'admin',
		'auditor', 'director', 'quality']) {
		people[login] = await Person.in(login);
		[[id[login], org[login]]] = await pages.sql(`SELECT id,
			organization_id FROM user_account WHERE login = '${login}'`);
	}
});

// ---- directory --------------------------------------------------------------

test('K-4.1.1, K-4.1.5 the directory lists all levels and nobody who is blocked', async () => {
	const names = /<th scope="row" data-find[^>]*>([^<]*)</g;
	const all = rows((await people.op1.get('/directory')).text, names);

	for (const name of ['Семёнов Илья Андреевич', 'Лебедев Андрей Борисович',
		'Морозов Дмитрий Игоревич', 'Григорьева Наталья Павловна'])
		assert.ok(all.includes(name), name);
	assert.ok(!all.includes('Тарасов Виктор Леонидович')); // no telephone
	await pages.sql(`UPDATE user_account SET blocked = 1
		WHERE login = 'rep22'`);
	const now = rows((await people.op1.get('/directory')).text, names);

	assert.deepEqual(all.filter((n) => !now.includes(n)),
		['Соколова Марина Алексеевна']);
	await pages.sql(`UPDATE user_account SET blocked = 0
		WHERE login = 'rep22'`);
});

test('one does not call oneself, and without a telephone nobody', async () => {
	const mine = (await people.op1.get('/directory')).text;

	assert.match(mine, /data-dial="1002"/);
	assert.match(mine, /data-transfer-to="1002"/);
	assert.doesNotMatch(mine, /data-dial="1001"/);
	assert.doesNotMatch((await people.quality.get('/directory')).text,
		/data-dial=/);
});

test('an organization has its six columns and telephones to dial', async () => {
	const { text } = await people.op1.get('/directory/organizations');

	assert.deepEqual(rows(text, /<th scope="col">([^<]*)</g),
		['Краткое наименование', 'Полное наименование', 'Адреса', 'Телефоны',
			'Часы работы', 'Сайт']);
	assert.equal(String(rows(text, /<tr tabindex="-1" (data)/g).length),
		await pages.one('SELECT COUNT(*) FROM organization'));
	assert.match(text, /data-dial="\+78652000003"/);
	// hours come apart between their parts only
	assert.match(text, /"hours-part">пн–пт 9:00–18:00,<\/span> <span class="hours-part">сб 10:00–14:00<\/span>/);
});

test('a turn of the page by htmx brings the same rows', async () => {
	const { text } = await people.op1.get('/directory', { 'hx-request': 'true',
		'hx-target': 'page' });

	assert.doesNotMatch(text, /<html/);
	assert.match(text, /data-dial="1002"/);
});

// ---- last calls -------------------------------------------------------------

test('the demo is a centre at work: its shifts fit its calls', async () => {
	const day = (ago) => new Date(Date.now() - ago * 86400000)
		.toISOString().slice(0, 10);
	const all = figures((await people.admin.get(
		`/report?from=${day(20)}&to=${day(1)}`)).text);
	const number = (name) => parseFloat(all[name].replace(',', '.'));

	assert.ok(number('Handled') > 50);
	assert.ok(number('Occupancy') > 0.5 && number('Occupancy') < 60);
	assert.ok(number('CallsPerHour') > 0.1 && number('CallsPerHour') < 30);
	assert.ok(number('Shrinkage') > 1 && number('Shrinkage') < 20);
	assert.notEqual(all.Acw, '0:00');
});

test('K-4.0.11 fifty calls and no more', async () => {
	const { text } = await people.op1.get('/calls');

	assert.equal(rows(text, /(data-became)/g).length, 50);
	// the demo's calls go: those below are of an earlier day
	await pages.sql(`DELETE FROM call_event WHERE call_id IN (SELECT id FROM
		call_record WHERE node = 'demo'); DELETE FROM call_record WHERE
		node = 'demo'`);
});

test('last calls are one\'s own: had, missed, refused, dialled', async () => {
	await call(1, { user: 'op1', queued: 10, answered: 20, ended: 95,
		reason: 'COMPLETECALLER', spent: { greeting: 10000, queue: 4000,
			ring: 6000, talk: 75000 },
		events: [[14, 'OFFER', 'op1'], [20, 'CONNECT', 'op1'],
			[20, 'RINGTAKEN', 'op2']] }); // it rang at both
	await call(2, { user: 'op2', queued: 10, answered: 70, ended: 130,
		spent: { greeting: 10000, queue: 60000, talk: 60000 },
		events: [[20, 'OFFER', 'op1'], [40, 'RINGNOANSWER', 'op1'],
			[41, 'OFFER', 'op2'], [70, 'CONNECT', 'op2']] });
	await call(3, { user: 'op2', queued: 10, answered: 32, ended: 62,
		spent: { greeting: 10000, queue: 22000, talk: 30000 },
		nonTarget: true,
		events: [[20, 'OFFER', 'op1'], [21, 'REJECT', 'op1'],
			[22, 'OFFER', 'op2'], [32, 'CONNECT', 'op2']] });
	await call(4, { direction: 'OUT', caller: '1001', user: 'op1',
		called: '+79007654321', queue: 'NULL', started: 200, ended: 230 });
	await call(5, { direction: 'INT', caller: '2001', called: '1001',
		queue: 'NULL', user: 'spec1', started: 300, ended: 320,
		events: [[300, 'OFFER', 'op1'], [320, 'RINGCANCELED', 'op1']] });
	const list = async (login) => {
		const { text } = await people[login].get('/calls');

		return [...text.matchAll(
			/data-call="([^"]+)" data-became="(\w+)" data-number="([^"]*)"/g)]
			.filter((m) => m[1].startsWith('01940000'))
			.map((m) => `${Number(m[1].slice(-12))} ${m[2]} ${m[3]}`);
	};

	assert.deepEqual((await list('op1')).sort(), [
		'1 Talked +79001234567', '2 Missed +79001234567',
		'3 Refused +79001234567', '4 NoAnswer +79007654321',
		'5 Missed 2001']);
	assert.deepEqual((await list('op2')).sort(),
		['2 Talked +79001234567', '3 Talked +79001234567']);
	assert.deepEqual(await list('spec1'), ['5 NoAnswer 1001']);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'LIST' AND object_type = 'call' AND
		user_id = ${id.op1}`), '2');
});

test('the number a line gives makes no colleague of a caller', async () => {
	await call(77, { caller: '2001', user: 'op1', queued: 10, answered: 20,
		ended: 95, events: [[20, 'CONNECT', 'op1']] });
	const { text } = await people.op1.get('/calls');
	const row = text.split('<tr ').find((t) => t.includes(uuid(77)));
	const surname = await pages.one(`SELECT surname FROM user_account
		WHERE extension = '2001'`);

	assert.ok(surname && !row.includes(surname));
	await pages.sql(`DELETE FROM call_event WHERE call_id = '${uuid(77)}';
		DELETE FROM call_record WHERE id = '${uuid(77)}'`);
});

test('a call of one\'s own opens its card, and only a card one may see',
	async () => {
		await pages.sql(`INSERT INTO appeal (id, number, status, type,
			theme_code, author_id, assignee_id, organization_id, registered_at)
			VALUES (90001, '26-99-900001', 'IN_PROGRESS', 'Консультация',
			'KN-01.01', ${id.op1}, ${id.op1}, ${org.op1}, ${at(90)});
			INSERT INTO appeal (id, status, author_id) VALUES (90002, 'DRAFT',
			${id.spec1}); INSERT INTO appeal_call (appeal_id, call_id) VALUES
			(90001, '${uuid(1)}'), (90002, '${uuid(1)}')`);
		const { text } = await people.op1.get('/calls');
		const row = text.split('<tr ').find((t) => t.includes(uuid(1)));

		assert.match(row, /href="\/appeal\/90001"/);
		assert.match(row, /name="call" value="01940000/);
		// of a missed one only the number goes on
		assert.match(text.split('<tr ').find((t) => t.includes(uuid(2))),
			/name="call" value=""/);
	});

test('K-6.2.1 every telephone in journal, history of calls and last calls has ' +
	'«Позвонить»', async () => {
	await pages.sql(`UPDATE appeal SET phone = '+79001234567' WHERE id = 90001;
		INSERT INTO appeal_call (appeal_id, call_id) VALUES
		(90001, '${uuid(4)}')`);
	const digits = (s) => s?.match(/\+7[\d ()-]+/)?.[0].replace(/[ ()-]/g, '');
	// What stands in each part and is dialled there.
	const parts = (text, cut) => text.split(cut).slice(1).map((part) => {
		const [, dials, about = null] = part.match(
			/data-dial="([^"]*)"(?: data-dial-appeal="(\d+)")?/) ?? [];

		return { part, shown: digits(part.replace(/<[^>]*>/g, ' ')), dials,
			about };
	}).filter((p) => p.shown);
	const { op1, director } = people;
	const journal = parts((await op1.get('/?status=ALL')).text,
		/<tr(?=[^>]* data-appeal=)/);
	const card = parts((await op1.get('/appeal/90001')).text,
		'<div class="linked-call').map((p) => [p.shown, p.dials, p.about]);
	const calls = parts((await op1.get('/calls')).text,
		/<tr(?=[^>]* data-call=)/);

	assert.ok(journal.length > 10, `${journal.length} rows with a number`);
	for (const p of journal) {
		assert.equal(p.dials, p.shown);
		assert.equal(p.about, p.part.match(/data-appeal="(\d+)"/)[1]);
	}
	assert.deepEqual(card.sort(), [['+79001234567', '+79001234567', '90001'],
		['+79007654321', '+79007654321', '90001']]);
	assert.ok(calls.length >= 4, `${calls.length} calls with a number`);
	for (const p of calls)
		assert.equal(p.dials, p.shown);
	// who may not see a number is not handed it by the button
	assert.doesNotMatch((await director.get('/?status=ALL')).text,
		/data-dial="\+7/);
	await pages.sql(`DELETE FROM appeal_call WHERE appeal_id = 90001 AND
		call_id = '${uuid(4)}'`);
});

// ---- figures ----------------------------------------------------------------

test('the figures of a day are those reckoned by hand', async () => {
	await call(6, { queued: 10, ended: 13, reason: 'ABANDON',
		spent: { greeting: 10000, queue: 3000 } });
	await call(7, { queued: 10, ended: 40, reason: 'ABANDON',
		spent: { greeting: 10000, queue: 30000 } });
	await call(8, { ended: 3, reason: 'ABANDONGREETING',
		spent: { greeting: 3000 } });
	await state('op1', -100, 'FREE');
	await state('op1', 20, 'TALKING');
	await state('op1', 95, 'WRAPUP');
	await state('op1', 125, 'FREE');
	await state('op1', 500, 'INACTIVE');
	const all = await report('admin');

	assert.deepEqual(all, {
		Inbound: '6', Greeting: '1', GreetingShort: '1', Offered: '5',
		Answered: '3', Abandoned: '2', AbandonedShort: '1', Dropped: '0',
		Waiting: '0', AbandonRate: '40,0 % = 2 / 5', Sl: '25,0 % = 1 / 4',
		SlAnswered: '33,3 % = 1 / 3', SlAbandoned: '40,0 % = 2 / 5',
		Asa: '0:31 = 1:32 / 3', Handled: '3', Aht: '1:05 = 3:15 / 3',
		Acw: '0:30', TransferRate: '0,0 % = 0 / 3',
		Registration: '50,0 % = 1 / 2',
		Occupancy: '17,5 % = 1:45 / 10:00',
		Utilisation: '100,0 % = 10:00 / 10:00',
		CallsPerHour: '18,0 = 3 / 10:00', Adherence: '—',
		Shrinkage: '0,0 % = 0:00 / 10:00', Fcr: '—', Deferred: '—',
		InTerm: '—' });
	assert.equal((await report('admin', '&t=30')).SlAnswered,
		'66,7 % = 2 / 3');
});

test('the times of the callers are the calls, to the second', async () => {
	const { text } = await people.admin.get(`/report?from=${DAY}&to=${DAY}`);
	const [sum] = rows(text, /data-states-sum>([^<]*)</g);

	assert.equal(sum, rows(text, /data-states-calls>([^<]*)</g)[0]);
	assert.equal(sum, '5:43');
	const seconds = (t) => t.split(':').reduce((a, p) => a * 60 + Number(p), 0);

	assert.equal(rows(text, /data-state>[^]*?class="value">([^<]*)</g)
		.reduce((a, t) => a + seconds(t), 0), seconds(sum));
});

test('an operator sees his own figures, and is refused another\'s', async () => {
	const own = await report('op1');

	assert.equal(own.Handled, '1');
	assert.equal(own.Aht, '1:45 = 1:45 / 1');
	assert.equal(own.Offered, undefined);
	const { status } = await people.op1.get(
		`/report?from=${DAY}&to=${DAY}&user=${id.op2}`);

	assert.equal(status, 403);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'DENY' AND object_type = 'report' AND
		user_id = ${id.op1}`), '1');
});

test('an insurer\'s staff figures are its own', async () => {
	// op1's call handed to the insurer's representative is still op1's
	assert.equal((await report('rep1')).Handled, '0');
	await pages.sql(`INSERT INTO user_account (login, password_hash, surname,
		given_name, organization_id, extension) SELECT 'super2',
		password_hash, 'Чужая', 'Вера', ${org.rep1}, '9201' FROM user_account
		WHERE login = 'super1'; INSERT INTO user_role (user_id, role) SELECT id,
		'SUPERVISOR' FROM user_account WHERE login = 'super2'`);
	people.super2 = await Person.in('super2');
	const theirs = await report('super2');

	assert.equal(theirs.Offered, '0'); // the queue is the fund's
	assert.equal(theirs.Handled, '0');
	for (const query of [`user=${id.op1}`, 'queue=1'])
		assert.equal((await people.super2.get(
			`/report?from=${DAY}&to=${DAY}&${query}`)).status, 403, query);
	assert.doesNotMatch((await people.super2.get('/report')).text,
		/Иванова А\. П\./);
	const fund = await report('super1');

	assert.equal(fund.Offered, '5');
	assert.equal(fund.Handled, '3');
});

test('an operator or a queue leaves the figures that it has', async () => {
	const one = await report('super1', `&user=${id.op2}`);

	assert.equal(one.Handled, '2');
	assert.equal(one.Sl, undefined);
	assert.equal(one.Registration, '0,0 % = 0 / 1');
	const queue = await report('super1', '&queue=1');

	assert.equal(queue.Offered, '5');
	assert.equal(queue.Occupancy, undefined);
	assert.equal((await people.super1.get(
		'/report?queue=77&from=2025-03-12&to=2025-03-12')).status, 403);
});

test('a period that is none is refused, and every opening is logged',
	async () => {
		for (const query of ['from=2025-03-12&to=2025-03-11', 't=0', 'user=x',
			'from=2025-01-01&to=2025-12-31'])
			assert.equal((await people.super1.get(`/report?${query}`)).status,
				422, query);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'VIEW' AND object_type = 'report' AND
			user_id = ${id.super1} AND JSON_VALUE(params, '$.queue') = 1`),
		'1');
	});

test('who opens the page of the shift stands in the log', async () => {
	const opened = () => pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'VIEW' AND object_type = 'shift' AND result = 'OK' AND
		user_id = ${id.super1}`);

	assert.equal((await people.super1.get('/shift')).status, 200);
	assert.equal(await opened(), '1');
	assert.equal((await people.op1.get('/shift')).status, 403);
});

test('appeals: solved at once, in term, called back in time', async () => {
	await pages.sql(`INSERT INTO appeal (id, number, status, type, theme_code,
		phone, author_id, assignee_id, organization_id, registered_at,
		closed_at, due_date) VALUES
		(90003, '26-99-900003', 'CLOSED', 'Консультация', 'KN-01.01',
		'+79000000001', ${id.op1}, ${id.op1}, ${org.op1}, ${at(0)}, ${at(60)},
		'${DAY}'),
		(90004, '26-99-900004', 'CLOSED', 'Консультация', 'KN-01.01',
		'+79000000001', ${id.op1}, ${id.op1}, ${org.op1}, ${at(600)},
		${at(660)}, '2025-03-11');
		INSERT INTO appeal_history (appeal_id, at, event, to_status) VALUES
		(90001, ${at(10)}, 'DEFER', 'DEFERRED'),
		(90003, ${at(10)}, 'DEFER', 'DEFERRED')`);
	await call(9, { direction: 'OUT', caller: '1001', user: 'op1',
		called: '+79000000001', queue: 'NULL', started: 3600, ended: 3700 });
	await pages.sql(`INSERT INTO appeal_call (appeal_id, call_id) VALUES
		(90003, '${uuid(9)}')`);
	const all = await report('director');

	assert.equal(all.Fcr, '50,0 % = 1 / 2');
	assert.equal(all.InTerm, '50,0 % = 1 / 2');
	assert.equal(all.Deferred, '50,0 % = 1 / 2');
});

// ---- what was not dialled ----------------------------------------------------

test('refused dials: who, what, why; of one\'s scope, numbers not for all',
	async () => {
		const seen = async (login) => {
			const { text } = await people[login].get('/report/refused');

			return { total: Number(/data-dials>(\d+)</.exec(text)[1]),
				cut: /показаны первые \d+/.exec(text)?.[0],
				rows: [...text.matchAll(/<tr data-refused>(.*?)<\/tr>/g)]
					.map((m) => m[1].replace(/<[^>]*>/g, ' ')
						.replace(/\s+/g, ' ').trim().slice(17)) };
		};

		assert.deepEqual(await seen('super1'),
			{ total: 0, cut: undefined, rows: [] });
		for (const [n, user, called, why, more, minutes] of [
			[901, 'op1', '+79035550111', 'FORBIDDEN', null, 1],
			[902, 'op1', '+79035550112', 'LIMIT', 7, 2],
			[903, 'rep1', '810442071234567', 'FORBIDDEN', null, 3],
			[904, 'op2', '+79035550113', 'BUSY', null, 4],
			[905, 'op2', '+79035550114', 'FORBIDDEN', null, 31 * 24 * 60]])
			await pages.sql(`INSERT INTO call_record (id, direction, caller,
				called, user_id, started_at, ended_at, end_reason) VALUES
				('${uuid(n)}', 'OUT', '1001', '${called}', ${id[user]},
				UTC_TIMESTAMP(3) - INTERVAL ${minutes} MINUTE,
				UTC_TIMESTAMP(3), '${why}'); INSERT INTO call_event (call_id,
				seq, at, kind, data) VALUES ('${uuid(n)}', 1,
				UTC_TIMESTAMP(3), 'FAIL', '${JSON.stringify({ why,
	...more && { more } })}')`);
		const all = ['+7 (903) 555-01-11 Номер запрещён',
			'+7 (903) 555-01-12 Превышен предел и ещё 7',
			'810442071234567 Номер запрещён'];
		const fits = ({ rows }, want) => {
			assert.equal(rows.length, want.length, rows.join('; '));
			for (const [i, w] of want.entries())
				assert.ok(rows[i].endsWith(w), `${rows[i]}: ${w}`);
		};

		for (const login of ['admin', 'auditor'])
			fits(await seen(login), all);
		const fund = await seen('super1');

		assert.equal(fund.total, org.super1 === org.rep1 ? 10 : 9);
		fits(await seen('op1'), all.slice(0, 2));
		fits(await seen('rep1'), all.slice(2));
		fits(await seen('op2'), []);
		for (const login of ['director', 'quality']) {
			const { rows } = await seen(login);

			assert.equal(rows.length, 2, login);
			for (const row of rows)
				assert.match(row, /•••/);
		}
		assert.equal((await seen('super2')).total, 1); // its representative's
		assert.match((await people.super1.get('/shift')).text,
			/href="\/report\/refused"/);
		assert.equal(await pages.one(`SELECT COUNT(*) > 0 FROM access_log WHERE
			object_type = 'refused' AND user_id = ${id.auditor}`), '1');
		// a telephone gone mad: the newest 2000 of all, the sum of each
		await pages.sql(`INSERT INTO call_record (id, direction, caller, called,
			user_id, started_at, ended_at, end_reason) SELECT
			CONCAT('01940000-0000-7000-8000-', LPAD(10000 + seq, 12, '0')),
			'OUT', '1002', '+79035550115', ${id.op2}, UTC_TIMESTAMP(3) -
			INTERVAL 1 HOUR, UTC_TIMESTAMP(3), 'LIMIT' FROM seq_1_to_2000`);
		const { total, rows, cut } = await seen('auditor');

		assert.equal(rows.length, 2000);
		assert.equal(total, 2010);
		assert.equal(cut, 'показаны первые 2000');
		for (const [i, w] of all.entries())
			assert.ok(rows[i].endsWith(w), rows[i]);
		const own = await seen('op2');

		assert.equal(own.rows.length, 2000);
		assert.equal(own.total, 2000);
		assert.equal(own.cut, undefined);
	});

await run();
