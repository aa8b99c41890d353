#!/usr/bin/env node
// What happens to an appeal between people: asked for, refused, passed on, and
// two at it at once. limit: 180 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Appeals, day, invalid } from './appeals.mjs';
import { Pages } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const cases = new Appeals(pages);
const { people, id, org } = cases;
const row = (a, columns) => cases.row(a, columns);

test('each role signs in', () => cases.signIn(['op1', 'op2', 'spec1', 'rep1',
	'rep21', 'rep22', 'admin', 'super1']));

// ---- K-5.2.1.6: a letter that lies ------------------------------------------

test('K-5.2.1.6 a letter sent to another organization after seven days warns',
	async () => {
		const warns = async (a) => /позже семи дней со дня регистрации/.test(
			(await people.spec1.get(`/appeal/${a}`)).text);
		const letter = (days) => cases.appeal('spec1', { form: "'Письменная'",
			insurer_id: org.rep21,
			registered_at: `UTC_TIMESTAMP(3) - INTERVAL ${days} DAY` });
		const hand = (a, from, to, days) => pages.sql(`INSERT INTO forwarding
			(appeal_id, from_user, to_user, at) SELECT id, ${from}, ${to},
			registered_at + INTERVAL ${days} DAY FROM appeal WHERE id = ${a}`);
		const [late, kept] = [await letter(8), await letter(20)];

		for (const [a, to] of [[late, 'op1'], [kept, 'rep21']])
			assert.equal(await warns(a), false, to);
		assert.equal((await cases.card('spec1', late, { do: 'forward',
			form: 'Письменная', received_on: day(-8).split('-').reverse()
				.join('.'), forward_to: id.rep21 })).status, 303);
		assert.equal(await warns(late), true);

		// in seven days, among its own people, and back: no warning
		await hand(kept, id.spec1, id.rep21, 7);
		await hand(kept, id.spec1, id.op1, 9);
		await hand(kept, id.rep21, id.spec1, 12);
		assert.equal(await warns(kept), false);
		await hand(kept, id.spec1, id.rep1, 13);
		assert.equal(await warns(kept), true);
		// a result that names another organization, with its date
		const sent = await letter(20);

		await pages.sql(`UPDATE appeal SET result_code = 'FORWARDED_EXTERNAL',
			result_date = DATE(registered_at) + INTERVAL 9 DAY
			WHERE id = ${sent}`);
		assert.equal(await warns(sent), true);
		assert.equal(await warns(await letter(20)), false);
	});

// ---- K-5.1.8.11: with a live call ---------------------------------------------

let calls = 0;

// A call that `from` had and, if he is named, `to` has now.
async function call(from, to) {
	const c = `01970000-0000-7000-8000-${String(++calls).padStart(12, '0')}`;

	await pages.sql(`INSERT INTO call_record (id, direction, caller, user_id,
		started_at) VALUES ('${c}', 'IN', '+79001234567',
		${id[to ?? from]}, NOW(3)); INSERT INTO call_event (call_id, seq, at,
		kind, user_id, data) VALUES ('${c}', 1, NOW(3), 'CONNECT', ${id[from]},
		'{}')${to ? `, ('${c}', 2, NOW(3), 'HANDOVER', ${id[to]},
		'{"from":${id[from]}}')` : ''}`);
	return c;
}

test('K-5.1.8.11 the telephone learns whom the card is about', async () => {
	const told = async () => {
		const [[kind, payload]] = await pages.sql(`SELECT kind, payload
			FROM outbox WHERE kind LIKE 'card%' ORDER BY id DESC LIMIT 1`);
		const { insurer, accused, appeal } = JSON.parse(payload);

		return [kind, String(appeal), String(insurer), String(accused)];
	};
	const c = await call('op1');
	const where = (await people.op1.post('/appeal', { call: c }))
		.headers.location;
	const a = where.match(/\d+$/)[0];
	const keep = async (fields) => assert.equal((await people.op1.json(
		`${where}/draft`, { version: (await row(a, 'version'))[0],
			...fields })).status, 204);
	const complaint = { type: 'Жалоба', theme: 'ZH-14.01',
		insurer: org.rep22, about_insurer: org.rep21 };

	assert.deepEqual(await told(), ['card_opened', a, '0', '0']);
	await keep({ insurer: org.rep21 });
	assert.deepEqual(await told(), ['card_about', a, org.rep21, '0']);
	const before = await pages.one('SELECT COUNT(*) FROM outbox');

	await keep({ insurer: org.rep21, surname: 'Пробный' });
	assert.equal(await pages.one('SELECT COUNT(*) FROM outbox'), before);
	await keep(complaint);
	assert.deepEqual(await told(), ['card_about', a, org.rep22, org.rep21]);
	assert.equal((await cases.card('op1', a, complaint)).status, 303);
	assert.deepEqual(await told(), ['card_saved', a, org.rep22, org.rep21]);
	// what the administrator has passed on is no more withheld
	assert.equal((await people.admin.post(`/appeal/${a}/review`, { do: 'pass',
		version: (await row(a, 'version'))[0] })).status, 303);
	assert.deepEqual(await told(), ['card_about', a, org.rep22, '0']);
});

test('K-5.1.8.11 an insurer confirmed with the transfer stands in the card',
	async () => {
		const goes = async (from, to, fields) => {
			const a = await cases.appeal(from, fields);

			await pages.sql(`INSERT INTO appeal_call (appeal_id, call_id)
				VALUES (${a}, '${await call(from, to)}')`);
			assert.match((await people[to].get(`/appeal/${a}`)).text,
				/data-save/);
			return row(a, 'status, insurer_id');
		};
		const draft = { status: "'DRAFT'", number: 'NULL',
			registered_at: 'NULL', due_date: 'NULL', assignee_id: 'NULL' };

		assert.deepEqual(await goes('op1', 'rep21', {}),
			['IN_PROGRESS', org.rep21]);
		assert.deepEqual(await goes('op1', 'rep21', draft),
			['DRAFT', org.rep21]);
		assert.deepEqual(await goes('op1', 'op2', {}), ['IN_PROGRESS', 'NULL']);
		// his own colleague's: nobody was asked
		assert.deepEqual(await goes('rep1', 'rep21', {}),
			['IN_PROGRESS', 'NULL']);
		assert.deepEqual(await goes('op1', 'rep21',
			{ insurer_id: org.rep21 }), ['IN_PROGRESS', org.rep21]);
	});

test('T6, T6a who has answered has the card, opened or not', async () => {
	const draft = { status: "'DRAFT'", number: 'NULL',
		registered_at: 'NULL', due_date: 'NULL', assignee_id: 'NULL' };
	const handed = async (from, to, fields = {}, ago = 10) => {
		const a = await cases.appeal(from, fields);
		const c = await call(from, to);

		await pages.sql(`UPDATE call_event SET at = NOW(3) - INTERVAL ${ago}
			SECOND WHERE call_id = '${c}'; INSERT INTO appeal_call (appeal_id,
			call_id) VALUES (${a}, '${c}')`);
		return a;
	};
	const has = async (a) => (await pages.sql(`SELECT u.login FROM appeal a
		JOIN user_account u ON u.id = IF(a.status = 'DRAFT', a.author_id,
		a.assignee_id) WHERE a.id = ${a}`)).flat()[0];
	const ours = await handed('op1', 'spec1');
	const typed = await handed('op1', 'rep21', draft);
	const kept = [await handed('op1', 'spec1', {}, 86500), // a day ago
		await handed('op1', 'spec1', { status: "'DEFERRED'" }),
		// its card has somebody else already
		await handed('op1', 'spec1', { assignee_id: id.op2 }),
		await handed('op1', 'rep21', { insurer_id: org.rep21,
			about_insurer_id: org.rep21 })];
	const before = await Promise.all(kept.map(has));

	await pages.jobsUntilNone(`SELECT COUNT(*) FROM appeal WHERE (id = ${ours}
		AND assignee_id <> ${id.spec1}) OR (id = ${typed}
		AND author_id <> ${id.rep21})`);
	assert.equal(await has(ours), 'spec1');
	assert.deepEqual(await row(typed, 'organization_id, insurer_id'),
		[org.rep21, org.rep21]);
	assert.deepEqual(await Promise.all(kept.map(has)), before);
	for (const [a, to] of [[ours, 'spec1'], [typed, 'rep21']]) {
		assert.deepEqual(await pages.sql(`SELECT from_user, to_user, live
			FROM forwarding WHERE appeal_id = ${a}`),
		[[id.op1, id[to], '1']]);
		assert.deepEqual(await pages.sql(`SELECT user_id, kind FROM notice
			WHERE appeal_id = ${a}`), [[id[to], 'FORWARD']]);
	}
	assert.deepEqual(await cases.history(ours), ['FOLLOW']);
	assert.match((await people.spec1.get(`/appeal/${ours}`)).text,
		/data-save/);
	// once is all
	assert.equal(await pages.one(`SELECT COUNT(*) FROM forwarding
		WHERE appeal_id IN (${ours}, ${typed})`), '2');
	// and who gives it back is not overruled, by jobs or by a page
	assert.equal((await cases.card('spec1', ours, { do: 'forward',
		forward_to: id.op1 })).status, 303);
	assert.equal(await has(ours), 'op1');
	const later = await handed('op1', 'spec1');

	await pages.jobsUntilNone(`SELECT COUNT(*) FROM appeal
		WHERE id = ${later} AND assignee_id <> ${id.spec1}`);
	await people.spec1.get(`/appeal/${ours}`);
	assert.equal(await has(ours), 'op1');
});

// ---- T17: asked for, and no more ----------------------------------------------

test('T17 its assignee withdraws what he has asked for', async () => {
	const a = await cases.appeal('op1');

	assert.equal((await cases.card('op1', a, { do: 'withdraw' })).status, 409);
	await cases.card('op1', a, { do: 'propose', delete_reason: 'Дважды' });
	assert.match((await people.op1.get(`/appeal/${a}`)).text,
		/Отозвать предложение/);
	const form = { do: 'withdraw', version: (await row(a, 'version'))[0] };
	const [one, two] = [await cases.card('op1', a, form),
		await cases.card('op1', a, form)]; // the first answer was lost

	assert.equal(one.headers.location, `/appeal/${a}?done=WITHDRAW`);
	assert.equal(two.headers.location, one.headers.location);
	assert.match((await people.op1.get(one.headers.location)).text,
		/Предложение удалить обращение отозвано/);
	assert.deepEqual(await row(a, 'status, delete_reason, version'),
		['IN_PROGRESS', '', '3']);
	assert.deepEqual(await cases.history(a), ['PROPOSE', 'WITHDRAW']);
	assert.doesNotMatch((await people.admin.get('/review?kind=REMOVAL')).text,
		new RegExp(`data-review-row="${a}"`));
	// nothing is left for the administrator to agree to, or to refuse
	for (const what of ['delete', 'keep'])
		assert.equal((await cases.decide('admin', a, { do: what,
			comment: 'x' })).status, 409);
	assert.deepEqual(await pages.sql(`SELECT before_value, after_value FROM
		appeal_change WHERE appeal_id = ${a} AND field = 'delete_reason'
		ORDER BY id`), [['NULL', 'Дважды'], ['Дважды', 'NULL']]);
});

test('T17 the administrator refuses the removal with a comment', async () => {
	const a = await cases.appeal('op1');

	await cases.card('op1', a, { do: 'propose', delete_reason: 'Дважды' });
	assert.match((await people.admin.get(`/appeal/${a}?queue=1`)).text,
		/value="keep">Отклонить удаление/);
	assert.deepEqual(invalid(await cases.decide('admin', a, { do: 'keep' })),
		['comment']);
	for (const login of ['op1', 'super1'])
		assert.equal((await cases.decide(login, a, { do: 'keep',
			comment: 'x' })).status, 403);
	assert.equal((await cases.decide('admin', a, { do: 'keep',
		comment: 'Это другое обращение', queue: '1' })).headers.location,
	`/review?done=KEEP&number=${(await row(a, 'number'))[0]}`);
	assert.deepEqual(await row(a, 'status, delete_reason, assignee_id'),
		['IN_PROGRESS', '', id.op1]);
	assert.deepEqual(await cases.history(a), ['PROPOSE', 'KEEP']);
	assert.match((await people.op1.get(`/appeal/${a}`)).text,
		/Удаление отклонено[\s\S]*Это другое обращение/);
	assert.equal(await pages.one(`SELECT JSON_VALUE(payload, '$.event') FROM
		outbox WHERE kind = 'appeal_notice'
		AND JSON_VALUE(payload, '$.appeal') = ${a}`), 'KEEP');
});

// ---- two at it at once --------------------------------------------------------

const TYPED = { do: 'close', surname: 'Набранная', result: 'CONSULTED',
	measures: 'Набрано только здесь', answer_kind: 'INTERIM',
	answer_channel: 'POST', answer_text: 'И это тоже', version: 1 };

test('K-6.1.10 who is too late has his words beside the card of now',
	async () => {
		const a = await cases.appeal('op1');

		assert.equal((await people.super1.post(`/appeal/${a}/reassign`, {
			version: 1, do: 'reassign', reassign_to: id.op2,
			comment: 'Отпуск' })).status, 303);
		const res = await cases.card('op1', a, TYPED);

		assert.equal(res.status, 409);
		assert.match(res.text, /Карточка изменена другим пользователем/);
		const [shown, kept] = [res.text.match(/<form class="card-form[\s\S]*/),
			res.text.match(/data-kept-text>[\s\S]*?<\/section>/)].map((m) => m[0]);

		for (const text of ['Набранная', 'Набрано только здесь', 'И это тоже'])
			assert.ok(kept.includes(text), text);
		assert.doesNotMatch(kept, /\+79001234567/); // that is stored
		assert.match(shown, /name="surname" value="Пробный"[^>]* readonly/);
		assert.deepEqual(await row(a, 'surname, status, assignee_id'),
			['Пробный', 'IN_PROGRESS', id.op2]);
		// it shows the card, so it stands in the log
		assert.deepEqual((await pages.sql(`SELECT action FROM access_log WHERE
			user_id = ${id.op1} AND object_type = 'appeal'
			AND object_id = '${a}'`)).flat(), ['VIEW']);
	});

test('K-6.1.10 … and without the card, if that is no more his to read',
	async () => {
		const a = await cases.appeal('rep1', { author_id: id.rep22 });

		await pages.sql(`UPDATE appeal SET assignee_id = ${id.rep22},
			organization_id = ${org.rep22}, description = 'Чужое',
			version = 2 WHERE id = ${a}`);
		const res = await cases.card('rep1', a, TYPED);

		assert.equal(res.status, 404);
		for (const text of ['Набранная', 'Набрано только здесь'])
			assert.ok(res.text.includes(text), text);
		assert.doesNotMatch(res.text, /Чужое/);
	});

// ---- passed on -----------------------------------------------------------------

test('K-5.1.8.4 a written appeal is passed on without a call back', async () => {
	const a = await cases.appeal('op1', { form: "'Письменная'" });
	const form = { do: 'forward', forward_to: id.spec1 };
	const res = await cases.card('op1', a, { ...form, call_back: '1' });

	assert.equal(res.status, 422);
	assert.deepEqual(invalid(res), ['call_back']);
	assert.match(res.text, /передаётся без отсроченного ответа/);
	// becoming written with the same press is no way round it
	const b = await cases.appeal('op1');

	assert.deepEqual(invalid(await cases.card('op1', b, { ...form,
		form: 'Письменная', call_back: '1' })), ['form', 'call_back']);
	assert.equal((await cases.card('op1', a, form)).status, 303);
	assert.deepEqual(await row(a, 'status, assignee_id'),
		['IN_PROGRESS', id.spec1]);
	// one that is deferred already knows no other way (T7b)
	const c = await cases.appeal('op1', { form: "'Письменная'",
		status: "'DEFERRED'" });

	assert.equal((await cases.card('op1', c, { ...form, call_back: '1' }))
		.status, 303);
});

test('K-6.0.3 only somebody of his organization stands in', async () => {
	const arrange = (fields) => people.admin.post('/substitutions', {
		from: day(0), to: day(3), ...fields });
	const outside = await arrange({ absent: id.rep1, by: id.op2 });

	assert.deepEqual(invalid(outside), ['by']);
	assert.match(outside.text, /Замещает сотрудник той же организации/);
	// an arrangement of before the rule, or of before he moved
	await pages.sql(`INSERT INTO substitution (absent_id, by_id, from_day,
		to_day) VALUES (${id.spec1}, ${id.rep22}, '${day(0)}', '${day(3)}')`);
	const a = await cases.appeal('op1');

	await cases.card('op1', a, { do: 'forward', forward_to: id.spec1 });
	assert.deepEqual(await row(a, 'assignee_id'), [id.spec1]);
	await pages.sql('DELETE FROM substitution');
});

test('K-6.0.3 a return goes to the absent himself', async () => {
	await pages.sql(`INSERT INTO substitution (absent_id, by_id, from_day,
		to_day) VALUES (${id.op1}, ${id.op2}, '${day(0)}', '${day(3)}')`);
	for (const to of ['', id.op1]) {
		const a = await cases.appeal('op1', { status: "'UNDER_REVIEW'",
			review_kind: "'CLOSE'", review_at: 'NOW(3)',
			result_code: "'CONSULTED'" });

		assert.equal((await cases.decide('admin', a, { do: 'return',
			comment: 'Мало', return_to: to })).status, 303);
		assert.deepEqual(await row(a, 'status, assignee_id'),
			['IN_PROGRESS', id.op1], to);
	}
	// new work does not
	const b = await cases.appeal('spec1');

	await cases.card('spec1', b, { do: 'forward', forward_to: id.op1 });
	assert.deepEqual(await row(b, 'assignee_id'), [id.op2]);
	await pages.sql('DELETE FROM substitution');
});

// ---- long lists ----------------------------------------------------------------

test('lists that are cut say so', async () => {
	const a = await cases.appeal('op1', { form: "'Письменная'" });
	const fill = (n, table, columns, values) => pages.sql(`INSERT INTO ${table}
		(appeal_id, user_id, at, ${columns}) SELECT ${a}, ${id.op1}, NOW(3),
		${values} FROM seq_1_to_${n}`);
	const text = async () => (await people.op1.get(`/appeal/${a}`)).text;

	await fill(100, 'appeal_answer', 'kind, channel, answered_on, text',
		`'INTERIM', 'POST', '${day(0)}', 'Промежуточный'`);
	await fill(200, 'appeal_history', 'event, from_status, to_status',
		"'UPDATE', 'IN_PROGRESS', 'IN_PROGRESS'");
	assert.doesNotMatch(await text(), /показаны первые/);
	await fill(1, 'appeal_answer', 'kind, channel, answered_on, text',
		`'FINAL', 'POST', '${day(0)}', 'Последний'`);
	await fill(1, 'appeal_history', 'event, from_status, to_status',
		"'UPDATE', 'IN_PROGRESS', 'IN_PROGRESS'");
	const cut = await text();

	assert.match(cut, /показаны первые 100[^\d]/);
	assert.match(cut, /показаны первые 200[^\d]/);
	assert.doesNotMatch(cut, /Последний/);
	// the guard looks at all of them
	assert.equal((await cases.card('op1', a, { do: 'close',
		result: 'CONSULTED', measures: 'x' })).status, 303);
});

test('who marks more than fifty is told that the rest waits', async () => {
	const body = new URLSearchParams({ csrf: people.admin.csrf });

	for (let n = 0; n < 53; n++)
		body.append('pick', `${900000 + n}-1`);
	const res = await people.admin.send('/review', body);

	assert.equal(res.status, 200);
	assert.match(res.text, /Утверждено: 0/);
	assert.match(res.text, /утверждаются первые 50 отмеченных, осталось: 3/);
});

await run();
