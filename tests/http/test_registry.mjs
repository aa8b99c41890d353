#!/usr/bin/env node
// The search in the register of insured persons, over HTTP. limit: 240 s

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { PATIENCE, ROOT, deadline, finally_, inNamespace, run, test }
	from '../lab/run.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();
const people = {};
let jobs = null;

finally_(async () => {
	jobs?.kill('SIGTERM');
	await pages.close();
});

const cells = (text) => [...text.matchAll(/<tr>\s*(<td>[^]*?)<\/tr>/g)]
	.map((m) => [...m[1].matchAll(/<td>([^<]*)</g)].map((c) => c[1]));
const columns = (text) => [...text.matchAll(/<th scope="col">([^<]*)</g)]
	.map((m) => m[1]);
const search = (login, fields) => people[login].post('/registry', fields);
const sees = (res, text) => assert.ok(res.text.includes(text),
	`no «${text}» in ${res.text}`);
const last = async () => JSON.parse(await pages.one(`SELECT JSON_OBJECT(
	'action', action, 'params', params, 'user', user_id, 'result', result)
	FROM access_log ORDER BY id DESC LIMIT 1`));

// The one person all of whose names differ from everybody else's.
const ADA = { surname: "'Ёлкина-Тестова'", given_name: "'Ада'",
	patronymic: "'Львовна'", k_sn: "'ЕЛКИНА-ТЕСТОВА'", k_gn: "'АДА'",
	k_pn: "'ЛЬВОВНА'", birth_date: "'1975-03-12'", sex: "'F'",
	enp: "'2656420887000019'", snils: "'11223344595'",
	phone: "'+79009990001'" };
let ada;

test('the register has its dictionaries', async () => {
	for (const login of ['op1', 'spec1', 'rep1', 'rep12', 'admin'])
		people[login] = await Person.in(login);
	const insurer = await pages.one(`SELECT organization_id FROM user_account
		WHERE login = 'rep1'`);

	ada = await pages.one(`INSERT INTO insured_person (${Object.keys(ADA)},
		insurer_id) VALUES (${Object.values(ADA)}, ${insurer});
		SELECT LAST_INSERT_ID()`);
	await pages.sql('UPDATE register_state SET version = version + 1');
	// before they are made a search is slower and as right
	const res = await search('op1', { surname: 'елкина' });

	assert.equal(cells(res.text).length, 1);
	const run = path.join(pages.dir, 'run');
	const file = path.join(run, 'names.dict');
	let watcher;
	const made = new Promise((done) => {
		watcher = watch(run, () => existsSync(file) && done());
	});

	jobs = execFile(path.join(ROOT, 'build/cgi/otklik-jobs'), [],
		{ env: pages.env, cwd: ROOT });
	await deadline(made, PATIENCE, 'the dictionaries')
		.finally(() => watcher.close());
});

test('K-5.1.3.2 without a field there is M04 and no search', async () => {
	const before = await pages.one('SELECT MAX(id) FROM access_log');

	for (const fields of [{}, { surname: '  ', given_name: '\u200f' }]) {
		const res = await search('op1', fields);

		assert.equal(res.status, 422);
		sees(res, 'Заполните хотя бы одно поле поиска');
	}
	assert.equal(await pages.one('SELECT MAX(id) FROM access_log'), before);
});

test('K-5.1.3.3 ten at most, and M05 when there are more', async () => {
	const res = await search('op1', { given_name: 'а' });

	assert.equal(res.status, 200);
	assert.equal(cells(res.text).length, 10);
	sees(res, 'Показаны первые 10 записей. Уточните поиск: ' +
		'укажите полностью ФИО или дату рождения');
	const one = await search('op1', { surname: 'Ёлкина' });

	assert.ok(!one.text.includes('Показаны первые'));
});

test('K-5.1.3.7, K-5.1.3.8 the columns; case, ё and spaces', async () => {
	for (const fields of [{ surname: 'ёлкина - тест' }, { surname: 'ЕЛКИНА' },
		{ surname: ' Елкина', given_name: 'ад', patronymic: 'ль',
			birth_date: '12.03.1975' }, { enp: '2656 4208 8700 0019' },
		{ snils: '112-233-445 95' }, { phone: '8 900 999 00 01' }]) {
		const res = await search('op1', fields);

		assert.equal(res.status, 200);
		assert.deepEqual(columns(res.text), ['Фамилия', 'Имя', 'Отчество',
			'Дата рождения', 'Страховая', 'Прикрепление к МО', 'Действие']);
		assert.deepEqual(cells(res.text).map((c) => c.slice(0, 5)),
			[['Ёлкина-Тестова', 'Ада', 'Львовна', '12.03.1975',
				'СМО «Полынь-Полис»']]);
	}
});

test('K-5.1.3 nobody is M06', async () => {
	for (const fields of [{ surname: 'Ъъ' }, { enp: '2656420837000010' },
		{ surname: 'Ёлкина', birth_date: '13.03.1905' }]) {
		const res = await search('op1', fields);

		assert.equal(res.status, 200);
		sees(res, 'Застрахованное лицо не найдено');
	}
});

test('K-5.1.3.10 a wrong value is told beside its field, others stay',
	async () => {
		for (const [name, value, text] of [
			['birth_date', '31.02.2000', 'Дата в виде ДД.ММ.ГГГГ'],
			['birth_date', '01.01.2999', 'Дата в виде ДД.ММ.ГГГГ'],
			['enp', '2656420887000010', 'ЕНП: 16 цифр'],
			['snils', '11223344594', 'СНИЛС: 11 цифр'],
			['phone', '112', 'Телефон: 10']]) {
			const res = await search('op1', { surname: 'Ёлкина',
				[name]: value });

			assert.equal(res.status, 422);
			assert.match(res.text,
				new RegExp(`id="r-error-${name}">${text}`));
			assert.match(res.text, /name="surname" value="Ёлкина"/);
			assert.equal(cells(res.text).length, 0);
		}
	});

test('K-5.1.3 what is no name finds nobody and comes back as text',
	async () => {
		for (const odd of ['<b>x</b>', '\'"--', '%', '_', '😀', '\u202eавИ']) {
			const res = await search('op1', { surname: odd });

			assert.equal(res.status, 200);
			sees(res, 'Застрахованное лицо не найдено');
			assert.ok(!res.text.includes('<b>x'));
		}
		assert.equal((await search('op1', { surname: 'я'.repeat(101) }))
			.status, 422);
		assert.equal((await people.op1.post('/registry', {}, { headers: {
			'content-length': 0 } })).status, 403); // no form, no csrf
		assert.equal((await search('op1', { surname: 'я'.repeat(1 << 19) }))
			.status, 413);
	});

test('K-5.1.3 a slip, another layout, swapped fields: perhaps it was meant',
	async () => {
		for (const fields of [{ surname: 'Ёлкина-Тетсова' },
			{ surname: 'tkrbyf-ntcnjdf' },
			{ surname: 'Ада', given_name: 'Елкина-Тестова' },
			{ surname: 'Елкина', given_name: 'Ода' },
			{ surname: 'Елкина', birth_date: '03.12.1975' }]) {
			const res = await search('op1', fields);

			sees(res, 'Застрахованное лицо не найдено');
			sees(res, 'Возможно, имелось в виду');
			assert.ok(cells(res.text).some((c) => c[0] === 'Ёлкина-Тестова'),
				JSON.stringify(fields));
		}
	});

test('K-5.1.3.9 the log holds who asked for what, and whom he saw',
	async () => {
		await search('op1', { surname: 'Елкина', birth_date: '12.03.1975' });
		const id = await pages.one(`SELECT id FROM user_account
			WHERE login = 'op1'`);
		let row = await last();

		assert.equal(row.action, 'SEARCH');
		assert.equal(String(row.user), id);
		assert.deepEqual(row.params, { surname: 'ЕЛКИНА',
			birth_date: '1975-03-12', found: [Number(ada)] });
		await search('op1', { surname: 'Ада', given_name: 'Елкина' });
		row = await last();
		assert.deepEqual(row.params.maybe, [Number(ada)]);
	});

test('O+: of a person insured elsewhere an insurer learns only that',
	async () => {
		const own = await search('rep1', { surname: 'Ёлкина' });
		const other = await search('rep12', { surname: 'Ёлкина' });

		assert.equal(cells(own.text)[0][0], 'Ёлкина-Тестова');
		assert.deepEqual(cells(other.text), []);
		assert.match(other.text,
			/data-elsewhere>застрахован в другой СМО</);
		assert.doesNotMatch(other.text, /Тестова|Ё\. |1975/);
		// the same, by another reading
		const maybe = await search('rep12', { surname: 'Ада',
			given_name: 'Елкина' });

		assert.match(maybe.text, /Возможно[\s\S]*застрахован в другой СМО/);
		assert.doesNotMatch(maybe.text, /Тестова|А\. |1975/);
	});

test('K-2.0.5 the number of a caller names who it may be', async () => {
	const ask = async (login, phone) => JSON.parse((await people[login]
		.post('/api/persons', { phone })).text);

	assert.deepEqual(await ask('op1', '89009990001'), { persons: [{
		id: Number(ada), name: 'Ёлкина-Тестова Ада Львовна',
		birth: '12.03.1975', insurer: 'СМО «Полынь-Полис»' }], more: false });
	assert.equal((await last()).action, 'SEARCH');
	assert.deepEqual(await ask('rep12', '+79009990001'), { persons: [
		{ insurer: 'застрахован в другой СМО' }], more: false });
	for (const phone of ['', 'anonymous', '112', '+79009990009'])
		assert.deepEqual(await ask('op1', phone),
			{ persons: [], more: false });
	assert.equal((await people.op1.post('/api/persons',
		{ phone: '1'.repeat(41) })).status, 422);
});

// ---- «Прикрепить» -----------------------------------------------------------

const draft = async (login, phone = '') => {
	const res = await people[login].post('/appeal', { phone });

	assert.equal(res.status, 303);
	return res.headers.location.match(/\d+$/)[0];
};
const row = async (id) => (await pages.sql(`SELECT surname, given_name,
	patronymic, birth_date, enp, phone, COALESCE(person_id, 0), description,
	insurer_id = (SELECT insurer_id FROM insured_person WHERE id = ${ada})
	FROM appeal WHERE id = ${id}`))[0];
const ADA_SHOWN = ['Ёлкина-Тестова', 'Ада', 'Львовна', '1975-03-12'];
const attach = (login, id, fields = {}) => people[login].post(
	`/appeal/${id}/person`, { attach: ada, version: 1, ...fields });
const value = (text, name) => text.match(new RegExp(
	`data-card=[^]*? name="${name}" value="([^"]*)"`))?.[1];

test('K-5.1.3.6, K-5.1.6.1 «Прикрепить» puts the person into the card', async () => {
	const id = await draft('op1');
	const found = await search('op1', { surname: 'елкина', appeal: id });

	assert.match(found.text, new RegExp(`action="/appeal/${id}/person"`));
	assert.match(found.text, />Прикрепить</);
	const res = await attach('op1', id, { description: 'О полисе' });

	assert.equal(res.status, 303);
	assert.deepEqual(await row(id), [...ADA_SHOWN, ADA.enp.slice(1, -1),
		'+79009990001', ada, 'О полисе', '1']);
	const card = await people.op1.get(res.headers.location);

	assert.equal(value(card.text, 'birth_date'), '12.03.1975');
	assert.equal(value(card.text, 'enp'), ADA.enp.slice(1, -1));
	assert.equal(value(card.text, 'person'), ada);
	assert.deepEqual(await pages.sql(`SELECT action, object_id, person_id
		FROM access_log WHERE action = 'ATTACH' ORDER BY id DESC LIMIT 1`),
	[['ATTACH', id, ada]]);
});

test('K-5.1.3.6 the number he calls from stays', async () => {
	const id = await draft('op1', '+79005556677');

	await attach('op1', id);
	assert.equal((await row(id))[5], '+79005556677');
});

test('K-5.1.3.6 another name or date is another person', async () => {
	for (const [name, typed] of [['surname', 'Ёлкина'],
		['birth_date', '13.03.1975'], ['birth_date', '']]) {
		const id = await draft('op1');

		await attach('op1', id);
		const card = await people.op1.get(`/appeal/${id}`);
		const fields = Object.fromEntries(['surname', 'given_name',
			'patronymic', 'birth_date', 'enp', 'person', 'version']
			.map((n) => [n, value(card.text, n)]));

		assert.equal((await people.op1.json(`/appeal/${id}/draft`,
			{ ...fields, surname: fields.surname.toLowerCase() })).status, 204);
		assert.equal((await row(id))[6], ada); // the same in other letters
		assert.equal((await people.op1.json(`/appeal/${id}/draft`,
			{ ...fields, [name]: typed })).status, 204);
		assert.equal((await row(id))[6], '0', name);
	}
});

test('K-5.1.3.6 a registered card shows the person until it is saved',
	async () => {
		const id = await draft('op1');
		const main = { type: 'Консультация', theme: 'KN-01.01' };

		assert.equal((await people.op1.post(`/appeal/${id}`,
			{ ...main, version: 1 })).status, 303);
		const res = await attach('op1', id, { ...main, version: 2,
			description: 'Ещё не сохранено' });

		assert.equal(res.status, 200);
		sees(res, 'Сохраните обращение');
		assert.match(res.text, /data-unsaved="warning"/);
		assert.equal(value(res.text, 'surname'), 'Ёлкина-Тестова');
		assert.match(res.text, />Ещё не сохранено</);
		assert.equal((await row(id))[6], '0');
		const fields = Object.fromEntries(['surname', 'given_name',
			'patronymic', 'birth_date', 'enp', 'person', 'phone']
			.map((n) => [n, value(res.text, n)]));

		assert.equal((await people.op1.post(`/appeal/${id}`,
			{ ...main, ...fields, version: 2 })).status, 303);
		assert.equal((await row(id))[6], ada);
		// a colleague saved meanwhile
		assert.equal((await attach('op1', id, { ...main, version: 2 }))
			.status, 409);
	});

test('O+: nobody attaches whom he may not see', async () => {
	const id = await draft('rep12');

	assert.equal((await attach('rep12', id)).status, 404);
	assert.equal((await row(id))[6], '0');
	assert.deepEqual(await pages.sql(`SELECT result, object_type, object_id
		FROM access_log ORDER BY id DESC LIMIT 1`),
	[['DENIED', 'person', ada]]);
	// nor by writing his number into the card's field
	assert.equal((await people.rep12.json(`/appeal/${id}/draft`, {
		surname: 'Ёлкина-Тестова', given_name: 'Ада', patronymic: 'Львовна',
		birth_date: '12.03.1975', person: ada, version: '1' })).status, 204);
	assert.equal((await row(id))[6], '0');
	const own = await draft('rep1');

	assert.equal((await attach('rep1', own)).status, 303);
	// he is insured elsewhere by now: the appeal stays his (section 7)
	const [insurer] = (await pages.sql(`SELECT insurer_id FROM insured_person
		WHERE id = ${ada}`))[0];

	await pages.sql(`UPDATE insured_person SET insurer_id = (SELECT
		organization_id FROM user_account WHERE login = 'rep12')
		WHERE id = ${ada}`);
	assert.equal((await people.rep1.json(`/appeal/${own}/draft`,
		{ description: 'Дальше', version: '1' })).status, 204);
	assert.equal((await row(own))[6], ada);
	await pages.sql(`UPDATE insured_person SET insurer_id = ${insurer}
		WHERE id = ${ada}`);
	assert.equal((await attach('op1', id)).status, 404); // not his card
	for (const odd of ['0', 'x', '', '99999999'])
		assert.equal((await attach('op1', await draft('op1'), { attach: odd }))
			.status, odd === '99999999' ? 404 : 422);
});

await run();
