#!/usr/bin/env node
// What the manual says of the pages, sentence by sentence, where no other test
// is about it. limit: 240 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person, draft, signIn } from './pages.mjs';

inNamespace();

const pages = await Pages.open();
const people = await signIn(['op1', 'spec1', 'rep1', 'rep21', 'super1',
	'admin']);

finally_(() => pages.close());

const option = (text) => [...text.matchAll(
	/<option value="([^"]*)"[^>]*>([^<]*)<\/option>/g)].map((m) => m[2]);
const between = (text, from, to) => text.slice(text.indexOf(from)).split(to)[0];
const line = (text, id) => between(text, `data-appeal="${id}"`, '</tr>');
const columns = (table) => [...table.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/gs)]
	.map((m) => m[1].replace(/<[^>]*>/g, '').trim());
const heads = (text) => columns(between(text, '<thead>', '</thead>'));
const row = async (where, what) => (await pages.sql(`SELECT ${what} FROM appeal
	WHERE id = ${where.match(/\d+$/)[0]}`))[0];
const CARD = { type: 'Консультация', theme: 'KN-01.01', form: 'Устная',
	channel: 'HOTLINE', description: 'Как получить полис?', phone: '' };

test('K-3.0.1 «Авторизация» has «Логин», «Пароль» and «Войти»', async () => {
	const { text } = await new Person().get('/login');

	assert.match(text, /<h1[^>]*>Авторизация<\/h1>/);
	assert.match(text, /<label[^>]*>Логин<\/label>/);
	assert.match(text, /<label[^>]*>Пароль<\/label>/);
	assert.match(text, /<button[^>]*>Войти<\/button>/);
});

test('K-4.0.1, K-4.0.3 the workspace has its three parts and who sits there',
	async () => {
		const { text } = await people.op1.get('/');
		const [[fio, extension]] = await pages.sql(`SELECT CONCAT_WS(' ',
			surname, given_name, patronymic), extension FROM user_account
			WHERE login = 'op1'`);

		for (const part of ['Электронный журнал', 'Программный телефон'])
			assert.ok(text.includes(part), part);
		const employee = between(text, 'id="employee-title"', '</section>');

		for (const said of ['Информация о сотруднике', fio, extension,
			'Оператор'])
			assert.ok(employee.includes(said), said);
	});

test('K-4.0.6 the journal has its columns, actions and an icon where there is ' +
	'a recording; who gave no name is «анонимно»',
	async () => {
		const call = '01930000-0000-7000-8000-000000000009';

		await pages.sql(`INSERT INTO call_record (id, direction, caller,
			called, user_id, started_at, answered_at, state) SELECT '${call}',
			'IN', '+79001234567', '+78652000000', id, UTC_TIMESTAMP(3),
			UTC_TIMESTAMP(3), 'talk' FROM user_account WHERE login = 'op1';
			INSERT INTO call_event (call_id, seq, at, kind, user_id) SELECT
			'${call}', 1, UTC_TIMESTAMP(3), 'CONNECT', id FROM user_account
			WHERE login = 'op1'`);
		const where = await draft(people.op1, { call });
		const id = where.match(/\d+$/)[0];

		assert.equal((await people.op1.post(where, { ...CARD, version: 1,
			do: 'save' })).status, 303);
		const { text } = await people.op1.get('/');

		assert.deepEqual(heads(text).slice(0, 5),
			['Номер', 'ФИО', 'Дата', 'Тип', 'Статус']);
		assert.match(line(text, id), /анонимно/);
		assert.match(line(text, id),
			new RegExp(`href="${where}">Редактирование<`));
		assert.match(line((await people.spec1.get('/')).text, id),
			new RegExp(`href="${where}">Просмотр<`));
		assert.doesNotMatch(line(text, id), /row-recordings/);
		await pages.sql(`INSERT INTO recording (id, call_id, kind, path,
			started_at) VALUES ('${call}', '${call}', 'CALL', 'x.wav',
			UTC_TIMESTAMP(3))`);
		assert.match(line((await people.op1.get('/')).text, id),
			/row-recordings"><summary title="Запись/);
		// the closing is one step further: in the card
		assert.match((await people.op1.get(where)).text,
			/name="do" value="close">Закрыть обращение</);
	});

test('K-4.0.8 what is late or without a result is marked, in words too',
	async () => {
		const { text } = await people.spec1.get('/?status=ALL');
		const rows = await pages.sql(`SELECT a.id, status, due_date <
			DATE(NOW() + INTERVAL 3 HOUR), COALESCE(result_code, '') FROM appeal a
			WHERE id IN (${[...text.matchAll(/data-appeal="(\d+)"/g)]
		.map((m) => m[1])})`);
		const seen = { late: 0, open: 0, closed: 0 };

		for (const [id, status, late, result] of rows) {
			const shown = line(text, id);
			const closed = ['CLOSED', 'DELETED'].includes(status);
			const kind = closed ? 'closed' : late === '1' ? 'late' :
				result ? null : 'open';

			assert.equal(/Просрочено/.test(shown), kind === 'late', shown);
			assert.equal(/Без результата/.test(shown), kind === 'open', shown);
			if (kind)
				seen[kind]++;
		}
		assert.ok(seen.late && seen.open, JSON.stringify(seen));
	});

test('K-5.1.2.3 «Добавить» without a call makes an appeal without a call',
	async () => {
		const where = await draft(people.op1);
		const id = where.match(/\d+$/)[0];

		assert.equal((await people.op1.post(where, { ...CARD, version: 1,
			do: 'save', surname: 'Пробный', given_name: 'Иван' })).status, 303);
		assert.deepEqual(await row(where, 'status'), ['IN_PROGRESS']);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal_call
			WHERE appeal_id = ${id}`), '0');
	});

test('K-5.1.4.1, K-5.2.1.1 type and theme are filled in, and what ОП2 adds ' +
	'stands in the journal', async () => {
	const where = await draft(people.spec1);
	const id = where.match(/\d+$/)[0];
	const empty = await people.spec1.post(where, { ...CARD, type: '', theme: '',
		version: 1, do: 'save' });

	assert.equal(empty.status, 422);
	for (const name of ['type', 'theme'])
		assert.match(empty.text, new RegExp(`id="error-${name}"`));
	assert.equal((await people.spec1.post(where, { ...CARD, version: 1,
		do: 'save' })).status, 303);
	const [number] = await row(where, 'number');

	assert.match(line((await people.spec1.get(`/?number=${number}`)).text, id),
		/В работе/);
});

test('K-5.1.2.4 one call has several appeals, one appeal several calls',
	async () => {
		const [[user]] = await pages.sql(`SELECT id FROM user_account
			WHERE login = 'op1'`);
		const call = (n) => `01930000-0000-7000-8000-00000000000${n}`;

		for (const n of [1, 2])
			await pages.sql(`INSERT INTO call_record (id, direction, caller,
				called, user_id, started_at, answered_at, state) VALUES
				('${call(n)}', 'IN', '+79001234567', '+78652000000', ${user},
				UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'talk');
				INSERT INTO call_event (call_id, seq, at, kind, user_id) VALUES
				('${call(n)}', 1, UTC_TIMESTAMP(3), 'OFFER', ${user}),
				('${call(n)}', 2, UTC_TIMESTAMP(3), 'CONNECT', ${user})`);
		const save = (where) => people.op1.post(where, { ...CARD, version: 1,
			do: 'save', phone: '+79001234567' });
		const one = await draft(people.op1, { call: call(1) });

		assert.equal((await save(one)).status, 303);
		const two = await draft(people.op1, { call: call(1) });

		assert.notEqual(two, one);
		assert.equal((await save(two)).status, 303);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal_call
			WHERE call_id = '${call(1)}'`), '2');
		await pages.sql(`INSERT INTO appeal_call (appeal_id, call_id, linked_at)
			VALUES (${one.match(/\d+$/)[0]}, '${call(2)}', UTC_TIMESTAMP(3))`);
		const { text } = await people.op1.get(one);

		assert.ok(text.includes(call(1)) && text.includes(call(2)));
	});

test('K-5.1.2.2, K-5.1.3.1, K-5.1.3.5 beside the card stands the search with ' +
	'its four fields, and says what to do',
	async () => {
		const { text } = await people.op1.get(await draft(people.op1));
		const search = between(text, '<section id="registry"', '</form>');

		assert.match(text, /<form class="card-form/);

		for (const label of ['Фамилия', 'Имя', 'Отчество', 'Дата рождения'])
			assert.match(search, new RegExp(`<label[^>]*>${label}</label>`));
		assert.match(search, /полн[а-я]* ФИО|ФИО полностью/i);
	});

test('K-5.1.4.2 the types stand in their order', async () => {
	const { text } = await people.op1.get(await draft(people.op1));
	const types = option(between(text, 'id="type"', '</select>'));

	assert.deepEqual(types.slice(-5), ['Жалоба', 'Консультация', 'Заявление',
		'Предложение', 'Благодарность']);
});

test('K-5.1.4.3 the themes are those of the type; another type has others',
	async () => {
		const themes = async (type, theme = '') => [...(await people.op1.get(
			`/themes?type=${encodeURIComponent(type)}&theme=${theme}&q=`)).text
			.matchAll(/<option value="([^"]*)"( selected)?/g)];

		for (const [type, prefix] of [['Жалоба', 'ZH'], ['Консультация', 'KN']]) {
			const list = await themes(type, 'ZH-15.01');

			assert.ok(list.length > 5);
			assert.ok(list.every((m) => m[1].startsWith(prefix)), type);
		}
		assert.ok((await themes('Консультация', 'ZH-15.01'))
			.every((m) => !m[2]), 'a theme of another type is not kept');
	});

test('K-5.1.6.5 an anonymous appeal is saved, but not put off without a phone',
	async () => {
		const where = await draft(people.op1);
		const put = await people.op1.post(where, { ...CARD, version: 1,
			do: 'save', deferred: '1', deferred_reason: 'Узнать срок' });

		assert.equal(put.status, 422);
		assert.match(put.text, /id="error-phone"/);
		assert.deepEqual(await row(where, 'status, surname'), ['DRAFT', '']);
		assert.equal((await people.op1.post(where, { ...CARD, version: 1,
			do: 'save' })).status, 303);
		assert.deepEqual(await row(where, 'status, surname'),
			['IN_PROGRESS', '']);
	});

test('K-6.1.1 what is «В работе» is opened by «Редактирование» and takes what ' +
	'was done', async () => {
	const [[id, number]] = await pages.sql(`SELECT a.id, number FROM appeal a
		JOIN user_account u ON u.id = a.assignee_id WHERE u.login = 'op1'
		AND status = 'IN_PROGRESS' ORDER BY a.id DESC LIMIT 1`);
	const shown = line((await people.op1.get(`/?number=${number}`)).text, id);

	assert.match(shown, /В работе/);
	assert.match(shown, new RegExp(`href="/appeal/${id}">Редактирование<`));
	const { text } = await people.op1.get(`/appeal/${id}`);

	assert.match(text, /data-save/);
	assert.match(text, /<textarea[^>]*name="measures"/);
	// who does not work on it reads it
	assert.doesNotMatch(line((await people.spec1.get(`/?number=${number}`))
		.text, id), /Редактирование/);
});

// A new card of op1's, saved with what is typed; -> its address.
async function saved(typed = {}) {
	const where = await draft(people.op1);
	const res = await people.op1.post(where, { ...CARD, version: 1,
		do: 'save', ...typed });

	assert.equal(res.status, 303);
	return where;
}

test('K-4.0.2 the journal holds what came by telephone, in person and in ' +
	'writing', async () => {
	const themes = Object.fromEntries(await pages.sql(`SELECT type, MIN(code)
		FROM theme WHERE mo_required = 0 GROUP BY type`));
	const made = [];

	for (const [type, form, channel] of [
		['Консультация', 'Устная', 'HOTLINE'],
		['Предложение', 'Устная', 'VISIT'],
		['Заявление', 'Письменная', 'LETTER'],
		['Жалоба', 'Письменная', 'POST']]) {
		const where = await draft(people.spec1);

		assert.equal((await people.spec1.post(where, { ...CARD, type, form,
			channel, theme: themes[type], surname: 'Пробный', version: 1,
			address: 'Улица, 1', incoming_number: 'В-4', do: 'save' })).status,
		303, type);
		made.push({ id: where.match(/\d+$/)[0], type, form });
	}
	for (const filter of ['', '?form=Устная', '?form=Письменная']) {
		const { text } = await people.spec1.get(`/${encodeURI(filter)}`);

		for (const { id, type, form } of made)
			if (filter.endsWith(form) || !filter)
				assert.ok(line(text, id).includes(type), `${filter} ${type}`);
			else
				assert.ok(!text.includes(`data-appeal="${id}"`), filter);
	}
});

test('K-5.1.8.1 it is handed on in «Перевести на другого специалиста»',
	async () => {
		const where = await saved();
		const { text } = await people.op1.get(where);
		const panel = text.match(new RegExp('role="tab"[^>]*aria-controls=' +
			'"([^"]+)"[^>]*>Перевести на другого специалиста</button>'))[1];
		const tab = between(text, `id="${panel}"`, 'role="tabpanel"');
		const [[spec]] = await pages.sql(`SELECT id FROM user_account
			WHERE login = 'spec1'`);

		assert.match(tab, /name="do" value="forward"/);
		assert.match(between(tab, 'name="forward_to"', '</select>'),
			new RegExp(`value="${spec}"`));
		assert.equal((await people.op1.post(where, { ...CARD, version: 2,
			do: 'forward', forward_to: spec })).status, 303);
		assert.deepEqual(await row(where, 'assignee_id'), [spec]);
	});

test('K-6.0.2 «В работе», «Отсроченный ответ», «На рассмотрении»', async () => {
	const PHONE = { phone: '89001234567' };
	const journal = async (where) => line((await people.op1.get(
		`/?number=${(await row(where, 'number'))[0]}`)).text,
	where.match(/\d+$/)[0]);
	const work = await saved(), later = await saved({ ...PHONE,
		deferred: '1', deferred_reason: 'Узнать срок' });

	assert.match(await journal(work), /В работе[^]*>Редактирование</);
	assert.match((await people.op1.get(work)).text,
		/<textarea[^>]*name="measures"/);
	assert.match(await journal(later), /Отсроченный ответ[^]*>Редактирование</);
	assert.match((await people.op1.get(later)).text, /name="do" value="resume"/);
	assert.equal((await people.op1.post(work, { ...CARD, version: 2,
		do: 'close', result: 'CONSULTED', measures: 'Разъяснён порядок' }))
		.status, 303);
	assert.match(await journal(work), /На рассмотрении[^]*>Просмотр</);
	assert.match((await people.admin.get(`${work}?queue=1`)).text,
		/name="do" value="approve"/);
});

test('K-6.2.2 «Отсроченный ответ»: the reason stands there, what he learns is ' +
	'written down, what to tell stands beside it', async () => {
	const typed = { ...CARD, theme: 'KN-01.04', phone: '89001234567' };
	const where = await saved({ ...typed, deferred: '1',
		deferred_reason: 'Узнать срок' });
	const { text } = await people.op1.get(where);

	assert.match(between(text, 'id="panel-resume"', 'role="tabpanel"'),
		/Узнать срок/);
	assert.match(text, /id="scenarios"[^>]*hx-post="\/scenarios"/);
	assert.match((await people.op1.post('/scenarios', typed)).text,
		/data-code="SC-004"/);
	assert.equal((await people.op1.post(where, { ...typed, version: 2,
		do: 'resume', no_contact: '1', no_contact_reason: 'Перезвонил сам',
		description: 'Полис утерян в поездке' })).status, 303);
	assert.deepEqual(await row(where, 'status, description'),
		['IN_PROGRESS', 'Полис утерян в поездке']);
});

test('K-5.2.0.3 the same pages serve СП2 and СП3 within their insurer',
	async () => {
		for (const login of ['rep21', 'rep1']) {
			const { text } = await people[login].get('/?status=ALL');
			const ids = [...text.matchAll(/data-appeal="(\d+)"/g)]
				.map((m) => m[1]);
			const org = await pages.one(`SELECT organization_id FROM
				user_account WHERE login = '${login}'`);

			assert.deepEqual(heads(text).slice(0, 5),
				['Номер', 'ФИО', 'Дата', 'Тип', 'Статус']);
			assert.ok(ids.length > 0, login);
			assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal a
				LEFT JOIN user_account w ON w.id = a.author_id
				LEFT JOIN user_account s ON s.id = a.assignee_id
				WHERE a.id IN (${ids}) AND a.organization_id <> ${org}
				AND COALESCE(w.organization_id, 0) <> ${org}
				AND COALESCE(s.organization_id, 0) <> ${org}`), '0');
		}
	});

await run({ lab: true });
