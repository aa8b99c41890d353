#!/usr/bin/env node
// The life of an appeal over HTTP: closed, returned, extended, forwarded,
// removed; who may, what is asked for, what is written. limit: 240 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Appeals, day, invalid } from './appeals.mjs';
import { Pages } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const PEOPLE = ['op1', 'op2', 'spec1', 'rep1', 'rep21', 'rep22', 'admin',
	'admin2', 'super1', 'auditor'];
let made = 0;

const cases = new Appeals(pages);
const { people, id, org } = cases;
const row = (a, columns) => cases.row(a, columns);
const status = async (a) => (await row(a, 'status'))[0];
const history = (a) => cases.history(a);
const outbox = (a, kind) => pages.one(`SELECT COUNT(*) FROM outbox WHERE
	kind = '${kind}' AND JSON_VALUE(payload, '$.appeal') = ${a}`);
const appeal = (login, fields) => cases.appeal(login, fields);
const card = (...args) => cases.card(...args);
const decide = (...args) => cases.decide(...args);

test('each role signs in', async () => {
	await cases.signIn(PEOPLE);
});

// ---- closing ----------------------------------------------------------------

test('K-6.1.2 closing needs result and comment, and saves nothing without',
	async () => {
		const a = await appeal('op1');
		const res = await card('op1', a, { do: 'close',
			surname: 'Изменённый', result: '', measures: '' });

		assert.equal(res.status, 422);
		assert.deepEqual(invalid(res).sort(), ['measures', 'result']);
		assert.match(res.text, /Заполните поле «Результат обращения»/);
		assert.match(res.text, /Заполните поле «Комментарий»/);
		assert.match(res.text, /value="Изменённый"/); // nothing typed is lost
		assert.deepEqual(await row(a, 'status, version, surname'),
			['IN_PROGRESS', '1', 'Пробный']);
		assert.deepEqual(await history(a), []);
	});

test('K-6.1.3 closing sends it to the administrator, once however often',
	async () => {
		const a = await appeal('op1');
		const form = { do: 'close', result: 'CONSULTED',
			measures: 'Разъяснён порядок', version: 1 };
		const [one, two] = [await card('op1', a, form),
			await card('op1', a, form)]; // the first answer was lost

		assert.equal(one.status, 303);
		assert.equal(two.headers.location, one.headers.location);
		assert.match((await people.op1.get(one.headers.location)).text,
			/направлено администратору контакт-центра для проверки/);
		assert.deepEqual(await row(a, 'status, review_kind, result_code, ' +
			'measures, version'), ['UNDER_REVIEW', 'CLOSE', 'CONSULTED',
			'Разъяснён порядок', '2']);
		assert.deepEqual(await history(a), ['CLOSE']);
		assert.equal(await outbox(a, 'appeal_changed'), '1');
		// with other words it is no repetition
		assert.equal((await card('op1', a, { ...form, measures: 'Другое' }))
			.status, 409);
		// K-6.1.9: read only, for him and for all
		for (const login of ['op1', 'spec1'])
			assert.equal((await card(login, a, { do: 'save' })).status, 403);
		assert.doesNotMatch((await people.op1.get(`/appeal/${a}`)).text,
			/name="do"/);
	});

test('K-6.1.7, K-6.1.8 a complaint needs its kind: M12; the refund is asked for ZH-15',
	async () => {
		const a = await appeal('op1', { type: "'Жалоба'",
			theme_code: "'ZH-15.01'", mo_id: await pages.one(
				"SELECT MIN(id) FROM organization WHERE kind = 'MO'") });
		const form = { do: 'close', result: 'COMPLAINT_REVIEWED',
			measures: 'Проверено', refund: 'много',
			mo: (await row(a, 'mo_id'))[0] };
		const res = await card('op1', a, form);

		assert.deepEqual(invalid(res).sort(), ['justified', 'refund']);
		assert.match(res.text, /Не указан тип жалобы/);
		assert.equal((await card('op1', a, { ...form, justified: '1.1',
			refund: '1234,5' })).status, 303);
		assert.deepEqual(await row(a, 'justified, refund_amount'),
			['1.1', '1234.50']);
	});

test('a result of another type is refused, its own fields are asked for',
	async () => {
		const a = await appeal('op1');

		assert.deepEqual(invalid(await card('op1', a, { do: 'close',
			result: 'GRATITUDE_PASSED', measures: 'x' })), ['result']);
		assert.deepEqual(invalid(await card('op1', a, { do: 'close',
			result: 'FORWARDED_EXTERNAL', measures: 'x' })).sort(),
		['direction', 'letter_date', 'letter_number', 'to_organization']);
		assert.equal((await card('op1', a, { do: 'close',
			result: 'FORWARDED_EXTERNAL', measures: 'x', direction: 'MO',
			letter_date: day(0), letter_number: '15-2',
			to_organization: 'Больница' })).status, 303);
		assert.deepEqual(await row(a, `result_note, result_reference,
			result_date, result_kind`), ['Больница', '15-2', day(0), 'MO']);
	});

test('K-6.1.11 a written appeal is not closed without a final answer',
	async () => {
		const a = await appeal('spec1', { form: "'Письменная'" });
		const form = { do: 'close', result: 'CONSULTED', measures: 'x' };

		assert.deepEqual(invalid(await card('spec1', a, form)),
			['answer_kind']);
		assert.deepEqual(invalid(await card('spec1', a, { ...form,
			answer_kind: 'FINAL' })).sort(), ['answer_channel',
			'answer_text']);
		assert.equal((await card('spec1', a, { ...form, answer_kind: 'FINAL',
			answer_channel: 'POST', answer_number: '77',
			answer_text: 'Отвечаем' })).status, 303);
		assert.deepEqual(await pages.sql(`SELECT kind, channel, answered_on,
			out_number, text, user_id FROM appeal_answer
			WHERE appeal_id = ${a}`), [['FINAL', 'POST', day(0), '77',
			'Отвечаем', id.spec1]]);
		// art. 11
		const b = await appeal('spec1', { form: "'Письменная'" });

		assert.equal((await card('spec1', b, { ...form,
			answer_kind: 'NO_ANSWER' })).status, 303);
	});

test('K-6.1.12 «Сохранить и закрыть обращение» is T2 and T8 or nothing',
	async () => {
		const made = await people.op1.post('/appeal', {});
		const a = made.headers.location.match(/\d+/)[0];
		const form = { do: 'close', type: 'Консультация', theme: 'KN-01.01',
			result: 'CONSULTED', measures: 'Разъяснено' };

		assert.match((await people.op1.get(`/appeal/${a}`)).text,
			/Сохранить и закрыть обращение/);
		assert.deepEqual(invalid(await card('op1', a, { ...form, theme: '',
			measures: '' })).sort(), ['measures', 'theme']);
		assert.deepEqual(await row(a, 'status, number, version'),
			['DRAFT', 'NULL', '1']);
		assert.equal((await card('op1', a, form)).status, 303);
		assert.equal(await status(a), 'UNDER_REVIEW');
		assert.match((await row(a, 'number'))[0], /^26-\d\d-\d{6}$/);
		assert.deepEqual(await history(a), ['SAVE', 'CLOSE']);
		assert.deepEqual((await pages.sql(`SELECT action FROM access_log WHERE
			object_type = 'appeal' AND object_id = '${a}' AND action IN
			('SAVE', 'CLOSE') ORDER BY id`)).flat(), ['SAVE', 'CLOSE']);
	});

test('K-6.2.4 «не удалось связаться» after three days without an answer',
	async () => {
		const a = await appeal('op1');
		const form = { do: 'close', result: 'NO_CONTACT', measures: 'x' };
		const attempt = (n, text) => pages.sql(`INSERT INTO appeal_history
			(appeal_id, at, user_id, event, from_status, to_status, comment)
			VALUES (${a}, NOW(3) - INTERVAL ${n} DAY, ${id.op1}, 'ATTEMPT',
			'IN_PROGRESS', 'IN_PROGRESS', '${text}')`);

		await attempt(1, 'Нет ответа');
		await attempt(1, 'Занято');
		await attempt(2, 'Нет ответа');
		await attempt(3, 'Дозвон');
		assert.deepEqual(invalid(await card('op1', a, form)), ['result']);
		await attempt(4, 'Неверный номер');
		assert.equal((await card('op1', a, form)).status, 303);
	});

test('K-6.1.10 a second saver loses nothing and overwrites nothing',
	async () => {
		const a = await appeal('op1');

		assert.equal((await card('op1', a, { do: 'save', surname: 'Первый',
			description: 'Первое' })).status, 303);
		const res = await card('op1', a, { do: 'close', version: 1,
			surname: 'Второй', description: 'Второе', result: 'CONSULTED',
			measures: 'Моё решение' });

		assert.equal(res.status, 409);
		assert.match(res.text, /Карточка изменена другим пользователем/);
		for (const text of ['Второй', 'Второе', 'Моё решение', 'Первый',
			'Первое'])
			assert.ok(res.text.includes(text), text);
		assert.match(res.text, /value="CONSULTED"[^>]* selected/);
		assert.equal(await status(a), 'IN_PROGRESS');
		assert.deepEqual(await pages.sql(`SELECT field, before_value,
			after_value FROM appeal_change WHERE appeal_id = ${a}
			ORDER BY id`), [['description', 'NULL', 'Первое'],
			['surname', 'Пробный', 'Первый']]);
	});

test('T2 an administrator names who is to consider it', async () => {
	const made = await people.admin.post('/appeal', {});
	const a = made.headers.location.match(/\d+/)[0];
	const form = { do: 'save', type: 'Консультация', theme: 'KN-01.01' };

	assert.deepEqual(invalid(await card('admin', a, form)), ['assign_to']);
	assert.equal(await status(a), 'DRAFT');
	assert.equal((await card('admin', a, { ...form, assign_to: id.spec1 }))
		.status, 303);
	assert.deepEqual(await row(a, 'status, assignee_id, author_id'),
		['IN_PROGRESS', id.spec1, id.admin]);
});

test('consultations close themselves and have working days if the fund says so',
	async () => {
		const set = (name, value) => pages.sql(`UPDATE setting
			SET value = '${value}' WHERE name = '${name}'`);
		const form = { do: 'close', type: 'Консультация', theme: 'KN-01.01',
			result: 'CONSULTED', measures: 'x' };
		const register = async () => (await people.op1.post('/appeal', {}))
			.headers.location.match(/\d+/)[0];

		await set('appeal.auto_close_consultations', 1);
		await set('deadline.consultation_workdays', 1);
		const a = await register();
		const res = await card('op1', a, form);

		assert.match((await people.op1.get(res.headers.location)).text,
			/Обращение закрыто/);
		assert.deepEqual(await row(a, 'status, closed_at IS NOT NULL, ' +
			'DAYOFWEEK(due_date) IN (1, 7), DATEDIFF(due_date, ' +
			`'${day(0)}') BETWEEN 1 AND 12`), ['CLOSED', '1', '0', '1']);
		// others are looked at
		const b = await register();

		await card('op1', b, { ...form, result: 'REVIEWED' });
		assert.equal(await status(b), 'UNDER_REVIEW');
		await set('appeal.auto_close_consultations', 0);
		await set('deadline.consultation_workdays', 0);
	});

// ---- the term ---------------------------------------------------------------

test('K-6.1.5 T10, T14 a longer term is asked for, approved, told; once',
	async () => {
		const a = await appeal('op1');
		const form = { do: 'close', result: 'EXTENDED',
			measures: 'Ждём ответ больницы' };

		for (const bad of ['', day(10), day(41)])
			assert.deepEqual(invalid(await card('op1', a, { ...form,
				new_due: bad })), ['new_due'], bad);
		assert.equal((await card('op1', a, { ...form, new_due: day(40) }))
			.status, 303);
		assert.deepEqual(await row(a, `status, review_kind, requested_due,
			due_date`), ['UNDER_REVIEW', 'EXTENSION', day(40), day(10)]);
		// T12 is not for this
		assert.equal((await decide('admin', a, { do: 'approve' })).status, 409);
		assert.equal((await decide('admin', a, { do: 'extend',
			new_due: day(20) })).status, 303);
		assert.deepEqual(await row(a, 'status, due_date, extended, ' +
			'COALESCE(result_code, "")'), ['IN_PROGRESS', day(20), '1', '']);
		assert.equal(await outbox(a, 'appeal_notice'), '1');
		const told = /Направьте обратившемуся уведомление о продлении/;

		assert.match((await people.op1.get(`/appeal/${a}`)).text, told);
		await card('op1', a, { do: 'save', answer_kind: 'EXTENSION',
			answer_channel: 'PHONE', answer_text: 'Продлено' });
		assert.doesNotMatch((await people.op1.get(`/appeal/${a}`)).text, told);
		const again = await card('op1', a, { ...form, new_due: day(25) });

		assert.deepEqual(invalid(again), ['new_due']);
		assert.match(again.text, /Срок уже продлевался/);
	});

test('T15 a refused extension changes no term', async () => {
	const a = await appeal('op1');

	await card('op1', a, { do: 'close', result: 'EXTENDED', measures: 'Ждём',
		new_due: day(15) });
	assert.equal((await decide('admin', a, { do: 'return',
		comment: 'Успеете' })).status, 303);
	assert.deepEqual(await row(a, `status, due_date, extended, returns,
		COALESCE(requested_due, '')`),
	['IN_PROGRESS', day(10), '0', '1', '']);
});

// ---- review -----------------------------------------------------------------

test('T13, T12 returned with a comment, closed again, approved', async () => {
	const a = await appeal('op1');
	const form = { do: 'close', result: 'CONSULTED', measures: 'Кратко' };

	await card('op1', a, form);
	const bare = await decide('admin', a, { do: 'return' });

	assert.equal(bare.status, 422);
	assert.deepEqual(invalid(bare), ['comment']);
	assert.equal((await decide('admin', a, { do: 'return',
		comment: 'Опишите подробнее' })).status, 303);
	const [told] = await pages.sql(`SELECT payload FROM outbox WHERE
		kind = 'appeal_notice' AND JSON_VALUE(payload, '$.appeal') = ${a}`);

	assert.deepEqual({ ...JSON.parse(told[0]), unread: 1 }, { unread: 1,
		user: Number(id.op1), appeal: Number(a), event: 'RETURN',
		number: (await row(a, 'number'))[0] });
	const page = (await people.op1.get(`/appeal/${a}`)).text;

	assert.match(page, /Опишите подробнее/);
	assert.match(page, /Возвращено на доработку, раз: 1/);
	assert.match(page, />Кратко<\/textarea>/);
	await card('op1', a, { ...form, measures: 'Подробно' });
	// who sent it may not approve it, nor may others than administrators
	for (const login of ['op1', 'super1', 'auditor', 'rep1'])
		assert.equal((await decide(login, a, { do: 'approve' })).status, 403);
	const version = (await row(a, 'version'))[0];
	const [one, two] = [await decide('admin', a, { do: 'approve' }),
		await people.admin2.post(`/appeal/${a}/review`, { version,
			do: 'approve' })];

	assert.deepEqual([one.status, two.status], [303, 409]);
	assert.deepEqual(await row(a, 'status, closed_at IS NOT NULL, returns'),
		['CLOSED', '1', '1']);
	assert.deepEqual(await history(a), ['CLOSE', 'RETURN', 'CLOSE',
		'APPROVE']);
	// T18: nothing leads out of it
	for (const what of ['approve', 'return', 'extend', 'reassign', 'delete'])
		assert.ok([403, 409].includes((await decide('admin', a, { do: what,
			comment: 'x', reassign_to: id.op2 })).status), what);
	assert.equal(await status(a), 'CLOSED');
});

test('T13 may give it to another', async () => {
	const a = await appeal('op1');

	await card('op1', a, { do: 'close', result: 'CONSULTED', measures: 'x' });
	await decide('admin', a, { do: 'return', comment: 'Возьмите вы',
		return_to: id.spec1 });
	assert.deepEqual(await row(a, 'status, assignee_id'),
		['IN_PROGRESS', id.spec1]);
	assert.deepEqual(await pages.sql(`SELECT from_user, to_user, live FROM
		forwarding WHERE appeal_id = ${a}`), [[id.op1, id.spec1, '0']]);
});

test('T12 nobody approves what he has considered himself', async () => {
	await pages.sql(`INSERT INTO user_role (user_id, role)
		VALUES (${id.admin2}, 'OPERATOR_L2')`);
	const a = await appeal('admin2', { status: "'UNDER_REVIEW'",
		review_kind: "'CLOSE'", review_at: 'NOW(3)',
		result_code: "'CONSULTED'" });

	assert.equal((await decide('admin2', a, { do: 'approve' })).status, 403);
	assert.match((await people.admin2.post('/review', { pick: `${a}-1` }))
		.text, /Утверждено: 0/);
	assert.equal(await status(a), 'UNDER_REVIEW');
	assert.equal((await decide('admin', a, { do: 'approve' })).status, 303);
	await pages.sql(`DELETE FROM user_role WHERE user_id = ${id.admin2}
		AND role = 'OPERATOR_L2'`);
});

test('the queue has kind, age and term, and what is late', async () => {
	const close = await appeal('op1', { status: "'UNDER_REVIEW'",
		review_kind: "'CLOSE'", review_at: "NOW(3) - INTERVAL 10 DAY",
		due_date: `'${day(-1)}'`, result_code: "'REVIEWED'" });
	const term = await appeal('op1', { status: "'UNDER_REVIEW'",
		review_kind: "'EXTENSION'", review_at: 'NOW(3)',
		requested_due: `'${day(20)}'` });
	const line = (text, a) => text.match(new RegExp(
		`data-review-row="${a}"[\\s\\S]*?</tr>`))?.[0] ?? '';
	const all = (await people.admin.get('/review')).text;

	assert.match(line(all, close), /Закрытие[\s\S]*Дольше 3 рабочих дней/);
	assert.match(line(all, close), /Просрочено[\s\S]*Рассмотрено обращение/);
	assert.match(line(all, term), /Продление срока/);
	assert.doesNotMatch(line(all, term), /Дольше 3/);
	assert.ok(!(await people.admin.get('/review?kind=CLOSE')).text
		.includes(`data-review-row="${term}"`));
	// opened from there: his own task, the program says why
	await people.admin.get(`/appeal/${close}?queue=1`);
	assert.equal(await pages.one(`SELECT reason FROM access_log WHERE
		object_id = '${close}' AND action = 'VIEW'`), 'Очередь утверждения');
	assert.equal((await decide('admin', close, { do: 'return', comment: 'x',
		queue: '1' })).headers.location,
	`/review?done=RETURN&number=${(await row(close, 'number'))[0]}`);
});

test('many are approved at once only if plain, in term and not in the sample',
	async () => {
		const plain = (more = {}) => appeal('op1', { status: "'UNDER_REVIEW'",
			review_kind: "'CLOSE'", review_at: 'NOW(3)',
			result_code: "'CONSULTED'", measures: "'x'",
			phone: `'+7900555${String(++made).padStart(4, '0')}'`, ...more });
		const batch = async (ids) => people.admin.post('/review',
			Object.fromEntries([['pick', `${ids}-${(await row(ids,
				'version'))[0]}`]]));

		await pages.sql(`UPDATE setting SET value = '0'
			WHERE name = 'review.open_percent'`);
		const good = await plain();
		const stale = await plain();

		assert.match((await people.admin.get('/review')).text,
			new RegExp(`name="pick" value="${good}-1"`));
		assert.match((await batch(good)).text, /Утверждено: 1/);
		assert.equal(await status(good), 'CLOSED');
		assert.match((await people.admin.post('/review',
			{ pick: `${stale}-7` })).text, /Утверждено: 0[\s\S]*Не утверждено/);
		const bad = { returned: { returns: 1 },
			overdue: { due_date: `'${day(-1)}'` },
			complaint: { type: "'Жалоба'", theme_code: "'ZH-01.01'" },
			other: { result_code: "'REVIEWED'" },
			unknown: { phone: "''" },
			repeated: { phone: "'+79005550000'" } };

		delete bad.complaint.theme_code;
		await appeal('op2', { phone: "'+79005550000'",
			registered_at: 'NOW(3) - INTERVAL 6 DAY' });
		for (const [what, more] of Object.entries(bad)) {
			const a = await plain(more);

			assert.ok(!(await people.admin.get('/review')).text
				.includes(`value="${a}-1"`), what);
			await batch(a);
			assert.equal(await status(a), 'UNDER_REVIEW', what);
		}
		const flagged = await plain();

		await pages.sql(`INSERT INTO appeal_call (appeal_id, call_id) VALUES
			(${flagged}, '01960000-0000-7000-8000-000000000001');
			INSERT INTO shift_alert (id, at, kind, call_id) VALUES
			('01960000-0000-7000-8000-000000000002', NOW(3), 'THREAT',
			'01960000-0000-7000-8000-000000000001')`);
		await batch(flagged);
		assert.equal(await status(flagged), 'UNDER_REVIEW');
		// the sample: all of them
		await pages.sql(`UPDATE setting SET value = '100'
			WHERE name = 'review.open_percent'`);
		const sampled = await plain();

		await batch(sampled);
		assert.equal(await status(sampled), 'UNDER_REVIEW');
		await decide('admin', sampled, { do: 'approve' });
		assert.equal(await status(sampled), 'CLOSED');
	});

// ---- forwarding -------------------------------------------------------------

test('K-5.1.8.4, K-5.1.8.8 T7a, T7b handed over without a call', async () => {
	const a = await appeal('op1');
	const res = await card('op1', a, { do: 'forward', forward_to: id.spec1,
		forward_comment: 'Прошу помочь' });

	assert.equal(res.status, 303);
	assert.match((await people.op1.get(res.headers.location)).text,
		/Обращение перенаправлено/);
	assert.deepEqual(await row(a, 'status, assignee_id'),
		['IN_PROGRESS', id.spec1]);
	assert.equal(await outbox(a, 'appeal_notice'), '1');
	// now it is not his any more
	assert.equal((await card('op1', a, { do: 'forward',
		forward_to: id.op2 })).status, 403);
	assert.deepEqual(invalid(await card('spec1', a, { do: 'forward',
		forward_to: id.op2, call_back: '1', phone: '' })), ['phone']);
	await card('spec1', a, { do: 'forward', forward_to: id.op2,
		call_back: '1' });
	assert.deepEqual(await row(a, 'status, assignee_id'),
		['DEFERRED', id.op2]);
	assert.deepEqual(await pages.sql(`SELECT from_user, to_user FROM
		forwarding WHERE appeal_id = ${a} ORDER BY id`),
	[[id.op1, id.spec1], [id.spec1, id.op2]]);
});

test('K-5.1.8.7 nobody, oneself and administrators are no targets',
	async () => {
		const a = await appeal('op1');

		for (const to of ['', '999999', id.op1, id.admin, id.auditor])
			assert.deepEqual(invalid(await card('op1', a, { do: 'forward',
				forward_to: to })), ['forward_to'], to);
		assert.equal(await status(a), 'IN_PROGRESS');
	});

test('K-5.1.8.11 to an insurer only its own insured, after M22', async () => {
	const a = await appeal('op1');
	const to = (login, more = {}) => card('op1', a, { do: 'forward',
		forward_to: id[login], ...more });
	const asked = await to('rep21');

	assert.equal(asked.status, 422);
	assert.match(asked.text, /Передать обращение в [^<{]+\?/);
	assert.equal((await to('rep21', { confirm_insurer: '1' })).status, 303);
	assert.deepEqual(await row(a, 'assignee_id, organization_id, insurer_id'),
		[id.rep21, org.rep21, org.rep21]);
	// it stays visible to the fund, and its author
	assert.equal((await people.op1.get(`/appeal/${a}`)).status, 200);
	const b = await appeal('op1', { insurer_id: org.rep22 });
	const foreign = await card('op1', b, { do: 'forward',
		forward_to: id.rep21, confirm_insurer: '1' });

	assert.match(foreign.text, /Гражданин застрахован в другой СМО/);
	// never another insurer
	const c = await appeal('rep1', { insurer_id: org.rep22 });

	assert.match((await card('rep1', c, { do: 'forward',
		forward_to: id.rep22 })).text, /Гражданин застрахован в другой СМО/);
	assert.equal((await card('rep1', c, { do: 'forward',
		forward_to: id.op1 })).status, 303);
});

test('K-6.1.4 T9 forwarded with notice: deferred at another, not reviewed',
	async () => {
		const a = await appeal('op1');
		const form = { do: 'close', result: 'FORWARDED_NOTIFY',
			measures: 'К специалисту' };

		assert.deepEqual(invalid(await card('op1', a, { ...form, phone: '' }))
			.sort(), ['notify_to', 'phone']);
		assert.match((await card('op1', a, { ...form, notify_to: id.spec1,
			phone: '' })).text, /передайте обращение без отсроченного ответа/);
		await card('op1', a, { ...form, notify_to: id.spec1 });
		assert.deepEqual(await row(a, 'status, assignee_id, ' +
			'COALESCE(result_code, "")'), ['DEFERRED', id.spec1, '']);
		assert.deepEqual(await history(a), ['NOTIFY']);
	});

test('K-6.0.3 who is away has a substitute: new work goes there', async () => {
	const a = await appeal('op1');

	const arrange = (fields) => people.super1.post('/substitutions', {
		absent: id.spec1, by: id.op2, from: day(0), to: day(3), ...fields });

	assert.deepEqual(invalid(await arrange({ by: id.spec1 })), ['by']);
	assert.deepEqual(invalid(await arrange({ to: day(-1) })), ['to']);
	// of his own organization only
	assert.deepEqual(invalid(await arrange({ absent: id.rep1 })), ['absent']);
	assert.equal((await arrange({})).status, 303);
	assert.match((await people.spec1.get('/substitutions')).text,
		/Морозов Дмитрий Игоревич/);
	assert.doesNotMatch((await people.op1.get('/substitutions')).text,
		/Морозов Дмитрий Игоревич/);
	assert.equal((await people.op1.post('/substitutions', {})).status, 403);
	assert.doesNotMatch((await people.op1.get(`/appeal/${a}`)).text,
		/<option[^>]*>Морозов Дмитрий Игоревич, /);
	await card('op1', a, { do: 'forward', forward_to: id.spec1 });
	assert.deepEqual(await row(a, 'assignee_id'), [id.op2]);
	const sub = await pages.one('SELECT id FROM substitution');

	assert.equal((await people.super1.post('/substitutions',
		{ remove: sub })).status, 303);
	assert.equal(await pages.one('SELECT COUNT(*) FROM substitution'), '0');
});

// ---- deferred ---------------------------------------------------------------

test('K-5.1.6.4 T3 deferred from the draft needs phone and reason', async () => {
	const made = await people.op1.post('/appeal', {});
	const a = made.headers.location.match(/\d+/)[0];
	const form = { do: 'save', type: 'Консультация', theme: 'KN-01.01',
		deferred: '1' };

	assert.deepEqual(invalid(await card('op1', a, form)).sort(),
		['deferred_reason', 'phone']);
	await card('op1', a, { ...form, phone: '89001234567',
		deferred_reason: 'Уточнить' });
	assert.deepEqual(await row(a, 'status, deferred_reason'),
		['DEFERRED', 'Уточнить']);
	assert.deepEqual(await history(a), ['DEFER']);
});

test('K-6.2.3 T11 back to work after an attempt, or with a reason', async () => {
	const a = await appeal('op1', { status: "'DEFERRED'", type: 'NULL',
		theme_code: 'NULL' });
	const form = { do: 'resume', type: 'Консультация', theme: 'KN-01.01' };

	// closing from here is not possible
	assert.equal((await card('op1', a, { ...form, do: 'close',
		result: 'CONSULTED', measures: 'x' })).status, 409);
	assert.deepEqual(invalid(await card('op1', a, { do: 'resume' })).sort(),
		['no_contact', 'theme', 'type']);
	assert.deepEqual(invalid(await card('op1', a, { ...form,
		no_contact: '1' })), ['no_contact']);
	assert.equal((await card('op1', a, { ...form, no_contact: '1',
		no_contact_reason: 'Перезвонил сам' })).status, 303);
	assert.deepEqual(await row(a, 'status, theme_code'),
		['IN_PROGRESS', 'KN-01.01']);
	const b = await appeal('op1', { status: "'DEFERRED'" });

	await pages.sql(`INSERT INTO appeal_history (appeal_id, at, user_id, event,
		from_status, to_status, comment) VALUES (${b}, NOW(3), ${id.op1},
		'ATTEMPT', 'DEFERRED', 'DEFERRED', 'Дозвон')`);
	assert.equal((await card('op1', b, form)).status, 303);
	assert.equal(await status(b), 'IN_PROGRESS');
});

// ---- reassign, remove -------------------------------------------------------

test('T16 the supervisor reassigns inside his organization', async () => {
	const a = await appeal('op1');
	const to = async (login, who, comment = 'Отпуск') => people[login].post(
		`/appeal/${a}/reassign`, { version: (await row(a, 'version'))[0],
			do: 'reassign', reassign_to: id[who], comment });

	assert.deepEqual(invalid(await to('super1', 'op2', '')), ['comment']);
	assert.deepEqual(invalid(await to('super1', 'rep1')), ['reassign_to']);
	assert.equal((await to('op2', 'op2')).status, 403);
	assert.equal((await to('super1', 'op2')).status, 303);
	assert.deepEqual(await row(a, 'status, assignee_id'),
		['IN_PROGRESS', id.op2]);
	// an insurer's appeal is not his
	const b = await appeal('rep1');
	const foreign = await people.super1.post(`/appeal/${b}/reassign`, {
		version: 1, do: 'reassign', reassign_to: id.op2, comment: 'x' });

	assert.ok([403, 404].includes(foreign.status), foreign.status);
	// nor does that way lead to a decision
	await card('op2', a, { do: 'close', result: 'CONSULTED', measures: 'x' });
	assert.equal((await people.super1.post(`/appeal/${a}/reassign`, {
		version: (await row(a, 'version'))[0], do: 'approve' })).status, 403);
	assert.equal(await status(a), 'UNDER_REVIEW');
});

test('T17 removed when its assignee asks and an administrator agrees',
	async () => {
		const a = await appeal('op1');

		assert.equal((await decide('admin', a, { do: 'delete' })).status, 409);
		assert.deepEqual(invalid(await card('op1', a, { do: 'propose' })),
			['delete_reason']);
		await card('op1', a, { do: 'propose', delete_reason: 'Дважды' });
		assert.equal(await status(a), 'IN_PROGRESS');
		assert.match((await people.admin.get('/review?kind=REMOVAL')).text,
			new RegExp(`data-review-row="${a}"`));
		assert.match((await people.admin.get(`/appeal/${a}?queue=1`)).text,
			/Предложено удалить[\s\S]*Дважды/);
		assert.equal((await decide('admin', a, { do: 'delete' })).status, 303);
		assert.equal(await status(a), 'DELETED');
		assert.deepEqual(await history(a), ['PROPOSE', 'DELETE']);
	});

test('K-4.0.7 the tabs of the journal count what they show', async () => {
	const count = (text, tab) => Number(text.match(new RegExp(
		`id="tab-${tab}">(\\d+)<`))?.[1] ?? NaN);
	const shown = (text) => [...text.matchAll(/data-appeal="(\d+)"/g)]
		.map((m) => m[1]);
	const tabs = { MINE: {}, DEFERRED: { status: "'DEFERRED'" },
		RETURNED: { returns: 1 }, SOON: { due_date: `'${day(3)}'` },
		OVERDUE: { due_date: `'${day(-1)}'` } };

	for (const [tab, fields] of Object.entries(tabs)) {
		const before = count((await people.op2.get('/')).text, tab);
		const a = await appeal('op2', fields);
		const b = await appeal('op2', { status: "'CLOSED'",
			due_date: `'${day(-1)}'`, returns: 1 });
		const text = (await people.op2.get(`/?status=${tab}`)).text;

		assert.equal(count(text, tab), before + 1, tab);
		assert.ok(shown(text).includes(a), tab);
		assert.ok(!shown(text).includes(b), tab);
	}
	const mine = (await people.op2.get('/?status=MINE')).text;

	assert.equal(shown(mine).length, Math.min(count(mine, 'MINE'), 50));
	// who works on no appeals has none of his own
	assert.ok(Number.isNaN(count((await people.admin.get('/')).text, 'MINE')));
	assert.ok(count((await people.admin.get('/')).text, 'OVERDUE') > 0);
});

test('K-6.2.5 who waits longest to be called back stands first', async () => {
	const at = (days) => `NOW(3) - INTERVAL ${days} DAY`;
	const late = { status: "'DEFERRED'", deferred_at: at(8),
		registered_at: at(1) };
	const [a, b, c] = [await appeal('op2', late),
		await appeal('op2', { status: "'DEFERRED'", registered_at: at(9) }),
		await appeal('op2', { status: "'DEFERRED'", deferred_at: 'NOW(3)',
			registered_at: at(20) })];
	const rows = [];
	let where = '/?status=DEFERRED', text = '';

	// page by page, each once
	for (let n = 0; where && n < 20; n++) {
		text = (await people.op2.get(where)).text;
		rows.push(...[...text.matchAll(
			/<tr[^>]* data-appeal="(\d+)"[^>]*>[\s\S]*?<\/tr>/g)]);
		const next = text.match(/href="\/\?(status=DEFERRED&amp;after=[^"]+)"/);

		where = next && `/?${next[1].replace('&amp;', '&')}`;
	}
	const ids = rows.map((r) => r[1]);

	assert.equal(new Set(ids).size, ids.length);
	assert.deepEqual(ids.filter((i) => [a, b, c].includes(i)), [b, a, c]);
	assert.match(rows[ids.indexOf(a)][0], /Ждёт больше рабочего дня/);
	assert.doesNotMatch(rows[ids.indexOf(c)][0], /Ждёт больше рабочего дня/);
	// the clock starts when it is put off, and goes on when handed on
	const d = await appeal('op1');

	await card('op1', d, { do: 'forward', forward_to: id.op2,
		call_back: '1' });
	const [since] = await row(d, 'deferred_at');

	assert.notEqual(since, 'NULL');
	await card('op2', d, { do: 'forward', forward_to: id.op1,
		call_back: '1' });
	assert.deepEqual(await row(d, 'deferred_at'), [since]);
	await card('op1', d, { do: 'resume', no_contact: '1',
		no_contact_reason: 'x' });
	assert.deepEqual(await row(d, 'deferred_at'), ['NULL']);
});

test('the administrator keeps the holidays, the supervisor reads them',
	async () => {
		const year = day(0).slice(0, 4);
		const eve = `${year}-12-31`;
		const add = (login, fields) => people[login].post('/holidays',
			{ day: eve, name: 'Перенос', ...fields });

		assert.deepEqual(invalid(await add('admin', { day: 'вчера',
			name: '' })).sort(), ['day', 'name']);
		assert.equal((await add('super1', {})).status, 403);
		assert.equal((await add('admin', {})).status, 303);
		assert.equal((await add('admin', { working: '1' })).status, 303);
		assert.deepEqual(await pages.sql(`SELECT name, working FROM holiday
			WHERE day = '${eve}'`), [['Перенос', '1']]);
		assert.match((await people.super1.get('/holidays')).text,
			new RegExp(`31\\.12\\.${year}[\\s\\S]*Рабочий день`));
		// the telephone's hours follow
		assert.ok(Number(await pages.one(`SELECT COUNT(*) FROM outbox
			WHERE kind = 'directory'`)) >= 2);
		assert.equal((await people.admin.post('/holidays',
			{ remove: eve })).status, 303);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM holiday
			WHERE day = '${eve}'`), '0');
	});

test('K-5.1.8.3 T6 an appeal goes with its call to who answered', async () => {
	const a = await appeal('op1');
	const call = '01960000-0000-7000-8000-00000000000a';

	await pages.sql(`INSERT INTO call_record (id, direction, caller, user_id,
		started_at) VALUES ('${call}', 'IN', '+79001234567', ${id.spec1},
		NOW(3)); INSERT INTO call_event (call_id, seq, at, kind, user_id,
		data) VALUES ('${call}', 1, NOW(3), 'CONNECT', ${id.op1}, '{}'),
		('${call}', 2, NOW(3), 'HANDOVER', ${id.spec1},
		'{"from":${id.op1}}'); INSERT INTO appeal_call (appeal_id, call_id)
		VALUES (${a}, '${call}')`);
	await people.op2.get(`/appeal/${a}`); // the others only read
	assert.deepEqual(await row(a, 'assignee_id'), [id.op1]);
	assert.match((await people.spec1.get(`/appeal/${a}`)).text,
		/data-save/);
	assert.deepEqual(await row(a, 'status, assignee_id'),
		['IN_PROGRESS', id.spec1]);
	assert.deepEqual(await pages.sql(`SELECT from_user, to_user, live FROM
		forwarding WHERE appeal_id = ${a}`), [[id.op1, id.spec1, '1']]);
});

// ---- what a form of another's making may not do -------------------------------

test('K-6.1.9 a decision changes nothing of what was written', async () => {
	const forged = { result: 'WITHDRAWN', measures: 'Подменено',
		deferred_reason: 'Подменено', answer_kind: 'FINAL',
		answer_channel: 'PHONE', answer_text: 'Подменено' };
	const a = await appeal('op1');
	const kept = 'result_code, measures, deferred_reason';

	await card('op1', a, { do: 'close', result: 'CONSULTED',
		measures: 'Разъяснено' });
	const before = await row(a, kept);

	assert.equal((await decide('admin', a, { do: 'return', comment: 'x',
		...forged })).status, 303);
	assert.deepEqual(await row(a, kept), before);
	assert.equal((await people.super1.post(`/appeal/${a}/reassign`, {
		version: (await row(a, 'version'))[0], do: 'reassign',
		reassign_to: id.op2, comment: 'x', ...forged })).status, 303);
	assert.deepEqual(await row(a, kept), before);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal_answer
		WHERE appeal_id = ${a}`), '0');
	// the buttons of the card are its assignee's
	assert.equal((await decide('admin', a, { do: 'forward',
		forward_to: id.spec1, ...forged })).status, 400);
	assert.deepEqual(await row(a, `assignee_id, ${kept}`),
		[id.op2, ...before]);
});

test('§10 no card is shown without a row of the log, nor under a false reason',
	async () => {
		const views = (a) => pages.sql(`SELECT user_id, COALESCE(reason, '')
			FROM access_log WHERE object_type = 'appeal'
			AND object_id = '${a}' AND action = 'VIEW' ORDER BY id`);
		const a = await appeal('op1');

		// stale, and incomplete: the answer is the whole card
		assert.match((await people.super1.post(`/appeal/${a}/reassign`, {
			version: 77, do: 'reassign', reassign_to: id.op2, comment: 'x' }))
			.text, /Пробный/);
		assert.match((await people.super1.post(`/appeal/${a}/reassign`, {
			version: 1, do: 'reassign', reassign_to: '', comment: '' }))
			.text, /Пробный/);
		assert.deepEqual(await views(a), [[id.super1, ''], [id.super1, '']]);
		// what waits for nobody was not opened from the queue
		await people.admin.get(`/appeal/${a}?queue=1`);
		assert.deepEqual((await views(a))[2], [id.admin, '']);
	});

test('§10 a page that keeps itself fresh reads nothing unlogged', async () => {
	const lists = (type, name = '') => pages.one(`SELECT COUNT(*) FROM
		access_log WHERE action = 'LIST' AND object_type = '${type}' AND
		user_id = ${id.admin2} AND COALESCE(params, '') LIKE '%${name}%'`);
	const headers = { 'X-Refresh': '1' };
	const ask = (name) => people.admin2.post('/', { name }, { headers });

	for (const n of ['1', '1']) { // he has not asked for it before
		assert.equal((await ask('Невиданный')).status, 200);
		assert.equal(await lists('journal', 'Невиданный'), n);
	}
	await ask('Другой');
	assert.equal(await lists('journal', 'Другой'), '1');
	await pages.sql(`UPDATE access_log SET at = at - INTERVAL 11 MINUTE
		WHERE user_id = ${id.admin2}`);
	await ask('Невиданный');
	assert.equal(await lists('journal', 'Невиданный'), '2');
	// the queue is fresh at every step of anybody: no row each time
	await people.admin2.get('/review');
	const before = await lists('review');

	await people.admin2.get('/review', headers);
	assert.equal(await lists('review'), before);
});

test('§10 who saw or changed what of one insured person', async () => {
	const [person, surname, given, patronymic, birth] = (await pages.sql(
		`SELECT id, surname, given_name, patronymic, birth_date
		FROM insured_person ORDER BY id LIMIT 1`))[0];
	const a = await appeal('op1', { person_id: person });

	await people.spec1.get(`/appeal/${a}`);
	assert.equal((await card('op1', a, { do: 'close', surname, person,
		given_name: given, patronymic, birth_date: birth,
		result: 'CONSULTED', measures: 'x' })).status, 303);
	await decide('admin', a, { do: 'approve' });
	assert.deepEqual(await pages.sql(`SELECT user_id, action FROM access_log
		WHERE person_id = ${person} AND object_id = '${a}' ORDER BY id`),
	[[id.spec1, 'VIEW'], [id.spec1, 'HISTORY'], [id.op1, 'CLOSE'],
		[id.admin, 'APPROVE']]);
});

test('K-5.1.4.5 no button takes type and theme away', async () => {
	const a = await appeal('op1');
	const buttons = [{ do: 'close', result: 'REVIEWED', measures: 'x' },
		{ do: 'forward', forward_to: id.spec1 },
		{ do: 'propose', delete_reason: 'x' }];

	for (const b of buttons)
		assert.deepEqual(invalid(await card('op1', a, { ...b, theme: '' })),
			['theme'], b.do);
	assert.deepEqual(await row(a, 'status, theme_code, version'),
		['IN_PROGRESS', 'KN-01.01', '1']);
});

test('K-5.1.4.8 whom a complaint is about decides nothing on it', async () => {
	const [theme] = (await pages.sql(`SELECT code FROM theme
		WHERE code LIKE 'ZH-06.%' LIMIT 1`))[0];
	const about = { type: 'Жалоба', theme, phone: '+79001234567',
		about_insurer: org.rep1 };
	const buttons = [{ do: 'close', result: 'COMPLAINT_REVIEWED',
		measures: 'x', justified: '2' },
	{ do: 'close', result: 'FORWARDED_NOTIFY', measures: 'x',
		notify_to: id.op1 },
	{ do: 'forward', forward_to: id.op1 },
	{ do: 'propose', delete_reason: 'x' }];

	const draft = (await people.rep1.post('/appeal', {})).headers.location
		.match(/\d+/)[0];
	const work = await appeal('rep1');

	for (const b of buttons)
		for (const a of [draft, work])
			assert.deepEqual(invalid(await card('rep1', a,
				{ ...about, ...b })), ['about_insurer'], b.do);
	assert.equal(await status(draft), 'DRAFT');
	assert.deepEqual(await row(work, 'status, type, assignee_id'),
		['IN_PROGRESS', 'Консультация', id.rep1]);
	// saved, it is the fund's
	for (const a of [draft, work]) {
		await card('rep1', a, { ...about, do: 'save' });
		assert.deepEqual(await row(a, `status, organization_id,
			COALESCE(assignee_id, '')`), ['IN_PROGRESS', org.op1, '']);
	}
});

test('T13 a return to somebody who is nobody goes to nobody', async () => {
	const a = await appeal('op1');

	await card('op1', a, { do: 'close', result: 'CONSULTED', measures: 'x' });
	for (const to of ['999999', id.auditor])
		assert.deepEqual(invalid(await decide('admin', a, { do: 'return',
			comment: 'x', return_to: to })), ['return_to'], to);
	assert.equal(await status(a), 'UNDER_REVIEW');
});

test('hostile values are shown as text', async () => {
	const evil = '\'"><x9 onload=x>&';
	const a = await appeal('op1');

	await card('op1', a, { do: 'close', result: 'WITHDRAWN', measures: evil,
		answer_kind: 'FINAL', answer_channel: 'PHONE', answer_text: evil });
	for (const login of ['op1', 'admin'])
		assert.doesNotMatch((await people[login].get(`/appeal/${a}`)).text,
			/<x9/);
	const b = await appeal('op1');
	const res = await card('op1', b, { do: 'close', result: '',
		measures: evil, to_whom: evil, forward_comment: evil });

	assert.equal(res.status, 422);
	assert.doesNotMatch(res.text, /<x9/);
});

await run();
