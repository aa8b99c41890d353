#!/usr/bin/env node
// The directories an administrator keeps, over HTTP. limit: 240 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Appeals } from './appeals.mjs';
import { Pages } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const appeals = new Appeals(pages);
const { people } = appeals;
const log = async (object, id) => (await pages.sql(`SELECT action, params
	FROM access_log WHERE object_type = '${object}' AND object_id = '${id}'
	AND action IN ('CREATE', 'SAVE', 'REMOVE') ORDER BY id`))
	.map(([action, params]) => [action, JSON.parse(params)]);
const told = async () => {
	const n = await pages.one(`SELECT COUNT(*) FROM outbox
		WHERE kind = 'directory'`);

	await pages.sql('DELETE FROM outbox');
	return Number(n);
};
const CLINIC = { kind: 'MO', code: '269099', short_name: 'Поликлиника № 99',
	full_name: 'Поликлиника № 99 города Пробного', town: 'Пробный',
	address: 'ул. Опытная, д. 1', phones: '+7 (8652) 00-00-99 ; 112',
	hours: 'пн–пт 8:00–20:00', site: 'https://poly99.example' };

test('each role signs in', async () => {
	await appeals.signIn(['admin', 'admin2', 'op1']);
});

test('K-4.1.6 a clinic that was put in stands in the directory', async () => {
	await told();
	const res = await people.admin.post('/admin/organizations/new', CLINIC);

	assert.equal(res.status, 303, res.text);
	assert.equal(await told(), 1);
	const id = await pages.one(`SELECT id FROM organization
		WHERE code = '269099'`);

	assert.deepEqual(await pages.sql(`SELECT phones, version FROM organization
		WHERE id = ${id}`), [['+7 (8652) 00-00-99;112', '1']]);
	const [[action, changes]] = await log('organization', id);

	assert.equal(action, 'CREATE');
	assert.deepEqual(changes.short_name, ['', 'Поликлиника № 99']);
	assert.match((await people.op1.get('/directory/organizations')).text,
		/Поликлиника № 99 города Пробного/);
	assert.match((await people.admin.get('/admin/organizations')).text,
		/Поликлиника № 99/);
});

test('K-4.1.6 what is wrong is said beside its field, and nothing is stored',
	async () => {
		const many = 'я'.repeat(401);
		const wrong = {
			kind: ['', 'KING', 'FUND\''],
			code: ['', ' ', '26909', '2690999', '26909a', '٢٦٩٠٩٨', '<b>'],
			short_name: ['', '   ', many, 'a\nb', 'x'.repeat(161)],
			full_name: ['', many],
			phones: ['звоните', '12', '112;<script>', many],
			site: ['javascript:alert(1)', 'poly.example', 'https://a.b/"x'],
		};

		for (const [field, values] of Object.entries(wrong))
			for (const value of values) {
				const res = await people.admin.post(
					'/admin/organizations/new',
					{ ...CLINIC, code: '269098', [field]: value });

				assert.equal(res.status, 422, `${field}=${value}`);
				assert.match(res.text, new RegExp(`id="error-${field}"`),
					`${field}=${value}`);
				assert.doesNotMatch(res.text, /<script>alert|<b>/);
			}
		assert.equal(await pages.one(`SELECT COUNT(*) FROM organization
			WHERE code LIKE '26909%' AND code <> '269099'`), '0');
		// the same code again
		const twice = await people.admin.post('/admin/organizations/new',
			CLINIC);

		assert.equal(twice.status, 422);
		assert.match(twice.text,
			/id="error-code">Такая запись уже есть</);
		// and what was typed is still there
		assert.match(twice.text, /value="Поликлиника № 99"/);
	});

test('the second of two savers sees both, and may write over it', async () => {
	const id = await pages.one(`SELECT id FROM organization
		WHERE code = '269099'`);
	const where = `/admin/organizations/${id}`;
	const save = (login, version, fields) => people[login].post(where,
		{ ...CLINIC, version, ...fields });

	assert.equal((await save('admin', 1, { hours: 'круглосуточно' })).status,
		303);
	const late = await save('admin2', 1, { hours: 'пн–сб 8:00–20:00' });

	assert.equal(late.status, 409);
	assert.match(late.text, /Запись изменена другим пользователем/);
	assert.match(late.text, /Сейчас в базе: круглосуточно/);
	assert.match(late.text, /value="пн–сб 8:00–20:00"/);
	assert.match(late.text, /name="version" value="2"/);
	assert.equal((await save('admin2', 2, { hours: 'пн–сб 8:00–20:00' }))
		.status, 303);
	// who, when, from what to what
	const all = await log('organization', id);

	assert.deepEqual(all.slice(1), [
		['SAVE', { hours: ['пн–пт 8:00–20:00', 'круглосуточно'] }],
		['SAVE', { hours: ['круглосуточно', 'пн–сб 8:00–20:00'] }]]);
	const { text } = await people.admin.get(where);

	assert.match(text,
		/изменено; Часы работы: круглосуточно → пн–сб 8:00–20:00/);
	// saved as it is: no version, no row of the log, no word to the plugin
	await told();
	assert.equal((await save('admin', 3, { hours: 'пн–сб 8:00–20:00' }))
		.status, 303);
	assert.equal((await log('organization', id)).length, 3);
	assert.equal(await pages.one(`SELECT version FROM organization
		WHERE id = ${id}`), '3');
	assert.equal(await told(), 0);
	// kind is said once
	assert.equal((await save('admin', 3, { kind: 'FUND', code: '26098' }))
		.status, 422);
	for (const version of ['', '0', '-1', 'x', '99999999999'])
		assert.equal((await save('admin', version, {})).status, 422, version);
});

test('what is in use is not removed, what is not goes with its log',
	async () => {
		const insurer = await pages.one(`SELECT id FROM organization
			WHERE code = '26901'`);
		const where = (id) => `/admin/organizations/${id}`;
		const kept = await people.admin.post(where(insurer), { remove: 1 });

		assert.equal(kept.status, 409);
		assert.match(kept.text, /Запись используется, удалить её нельзя/);
		const id = await pages.one(`SELECT id FROM organization
			WHERE code = '269099'`);

		assert.equal((await people.admin.post(where(id), { remove: 1 }))
			.status, 303);
		assert.equal((await people.admin.get(where(id))).status, 404);
		assert.equal((await log('organization', id)).at(-1)[0], 'REMOVE');
	});

test('what an appeal or an insured person names is not removed', async () => {
	const put = async (kind, code) => pages.one(`INSERT INTO organization (kind,
		code, short_name, full_name) VALUES ('${kind}', '${code}', 'Лишняя',
		'Лишняя'); SELECT LAST_INSERT_ID()`);
	const remove = (id) => people.admin.post(`/admin/organizations/${id}`,
		{ remove: 1 });
	const a = await appeals.appeal('op1');
	const person = await pages.one('SELECT MIN(id) FROM insured_person');
	const mo = await put('MO', '269097'), insurer = await put('INSURER', '26977');
	const words = { appeal: 'обращения', insured_person: 'застрахованные лица' };
	const uses = [[mo, 'appeal', 'mo_id', a], [insurer, 'appeal', 'insurer_id', a],
		[insurer, 'appeal', 'about_insurer_id', a],
		[insurer, 'appeal', 'applicant_insurer_id', a],
		[mo, 'insured_person', 'mo_id', person],
		[insurer, 'insured_person', 'insurer_id', person]];

	for (const [org, table, column, id] of uses) {
		const [[was]] = await pages.sql(`SELECT COALESCE(${column}, 'NULL')
			FROM ${table} WHERE id = ${id}`);

		await pages.sql(`UPDATE ${table} SET ${column} = ${org}
			WHERE id = ${id}`);
		const res = await remove(org);

		assert.equal(res.status, 409, `${table}.${column}`);
		assert.match(res.text, new RegExp('>Запись используется, удалить её ' +
			`нельзя. Её называют: ${words[table]}<`));
		await pages.sql(`UPDATE ${table} SET ${column} = ${was}
			WHERE id = ${id}`);
	}
	assert.equal((await remove(mo)).status, 303);
	assert.equal((await remove(insurer)).status, 303);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM organization
		WHERE id IN (${mo}, ${insurer})`), '0');
});

test('the pages of administration show what is unread', async () => {
	const badge = async (where) => (await people.admin.get(where)).text
		.match(/data-notice-count[^>]*>(\d+)</)?.[1];

	await pages.sql(`INSERT INTO notice (user_id, kind, at) VALUES
		(${appeals.id.admin}, 'ORG_ERROR', NOW(3))`);
	const unread = await badge('/');

	assert.ok(Number(unread) > 0, unread);
	for (const where of ['/admin/organizations', '/admin/queues/1',
		'/admin/settings', '/admin/queues/999999'])
		assert.equal(await badge(where), unread, where);
	await pages.sql("DELETE FROM notice WHERE kind = 'ORG_ERROR'");
});

test('others read organizations and change none', async () => {
	const { text } = await people.op1.get('/admin/organizations');

	assert.doesNotMatch(text, /Добавить организацию/);
	assert.equal((await people.op1.get('/admin/organizations/new')).status,
		404);
	assert.equal((await people.op1.post('/admin/organizations/new', CLINIC))
		.status, 403);
	assert.doesNotMatch((await people.op1.get('/admin/organizations/1')).text,
		/<button class="btn btn-sm btn-primary">/);
	// nor who did
	await pages.sql(`INSERT INTO access_log (user_id, action, object_type,
		object_id) VALUES (${appeals.id.admin2}, 'SAVE', 'organization', '2')`);
	assert.match((await people.admin.get('/admin/organizations/2')).text,
		/id="row-log"[^]*изменено/);
	assert.doesNotMatch((await people.op1.get('/admin/organizations/2')).text,
		/id="row-log"|— изменено/);
});

// ---- themes ----------------------------------------------------------------

const THEME = { code: 'KN-01.77', type: 'Консультация',
	name: 'Пробная тема', keywords: 'проба; опыт ;', about: '', level2: 'fund',
	due_days: '', valid_from: '', valid_to: '' };

test('a theme is added, found, withdrawn and never loses its code',
	async () => {
		const p = people.admin;
		const found = async () => (await people.op1.get(
			'/api/themes?type=' + encodeURIComponent('Консультация') +
			'&q=' + encodeURIComponent('пробная'))).text.includes('KN-01.77');

		assert.equal((await p.post('/admin/themes/new', THEME)).status, 303);
		assert.deepEqual(await pages.sql(`SELECT keywords, due_days, valid_to,
			mo_required FROM theme WHERE code = 'KN-01.77'`),
		[['проба;опыт', 'NULL', 'NULL', '0']]);
		assert.ok(await found());
		const save = (fields) => p.post('/admin/themes/KN-01.77',
			{ ...THEME, ...fields });

		assert.equal((await save({ version: 1, code: 'KN-01.78',
			type: 'Жалоба', due_days: '30', mo_required: '1',
			valid_to: '01.01.2026' })).status, 303);
		assert.deepEqual(await pages.sql(`SELECT code, type, due_days, valid_to,
			mo_required FROM theme WHERE code LIKE 'KN-01.7%'`),
		[['KN-01.77', 'Консультация', '30', '2026-01-01', '1']]);
		assert.ok(!await found());
		// nothing says «remove»
		await p.post('/admin/themes/KN-01.77', { remove: 1, version: 2 });
		assert.equal(await pages.one(`SELECT COUNT(*) FROM theme
			WHERE code = 'KN-01.77'`), '1');
		for (const [field, value] of [['code', 'ZH-01.77'], ['code', 'KN-1.77'],
			['type', 'Жалобы'], ['name', ''], ['about', 'всех'],
			['due_days', '0'], ['due_days', '366'], ['due_days', '1e1'],
			['valid_to', '30.02.2026'], ['valid_from', '2026']]) {
			const res = await p.post('/admin/themes/new',
				{ ...THEME, code: 'KN-01.79', [field]: value });

			assert.equal(res.status, 422, `${field}=${value}`);
			assert.match(res.text, new RegExp(`id="error-${field === 'type'
				? '(type|code)' : field}"`));
		}
		assert.equal((await save({ version: 2, valid_from: '2026-02-01',
			valid_to: '2026-01-01' })).status, 422);
	});

// ---- synonyms --------------------------------------------------------------

test('new synonyms are found by the next search', async () => {
	const p = people.admin;
	const find = async () => (await people.op1.get('/api/themes?type=' +
		encodeURIComponent('Консультация') + '&q=' +
		encodeURIComponent('пробираторий'))).text.includes('KN-');

	assert.ok(!await find());
	assert.equal((await p.post('/admin/synonyms/new',
		{ words: 'пробираторий; поликлиника' })).status, 303);
	assert.ok(await find());
	const id = await pages.one(`SELECT id FROM search_synonym
		WHERE words = 'пробираторий;поликлиника'`);

	for (const words of ['', 'один', 'два слова;три', ';;', 'я'.repeat(301)])
		assert.equal((await p.post('/admin/synonyms/new', { words })).status,
			422, words);
	for (const bad of [`${id}x`, '0x1', '1e0', '-1', ' '])
		assert.equal((await p.get(`/admin/synonyms/${encodeURIComponent(bad)}`))
			.status, 404, bad);
	assert.equal((await p.post(`/admin/synonyms/${id}`, { remove: 1 })).status,
		303);
	assert.ok(!await find());
});

// ---- results ---------------------------------------------------------------

test('a result is named anew, and one that is withdrawn closes nothing',
	async () => {
		const p = people.admin;
		const a = await appeals.appeal('op1');
		const page = async () => (await people.op1.get(`/appeal/${a}`)).text;
		const close = (result) => appeals.card('op1', a, { do: 'close', result,
			measures: 'Разъяснено' });

		assert.equal((await p.get('/admin/results/new')).status, 404);
		assert.equal((await p.post('/admin/results/REVIEWED', { version: 1,
			name: 'Рассмотрено по существу' })).status, 303);
		assert.equal((await p.post('/admin/results/CONSULTED', { version: 1,
			name: '', withdrawn: 1 })).status, 303);
		assert.match(await page(), /value="REVIEWED"[^>]*>Рассмотрено по существу</);
		assert.doesNotMatch(await page(), /value="CONSULTED"/);
		const refused = await close('CONSULTED');

		assert.equal(refused.status, 422);
		assert.match(refused.text,
			/id="error-result">Этот результат больше не предлагается</);
		assert.equal((await close('REVIEWED')).status, 303);
		assert.match((await p.get('/review')).text, /Рассмотрено по существу/);
		// who has it keeps it
		const old = await appeals.appeal('op1', { result_code: "'CONSULTED'",
			measures: "'Разъяснено'" });

		assert.match((await people.op1.get(`/appeal/${old}`)).text,
			/value="CONSULTED"/);
		assert.equal((await appeals.card('op1', old, { do: 'close',
			result: 'CONSULTED', measures: 'Разъяснено' })).status, 303);
		assert.deepEqual((await log('result', 'CONSULTED'))[0][1],
			{ withdrawn: ['0', '1'] });
		assert.equal((await p.post('/admin/results/CONSULTED', { version: 2,
			name: '' })).status, 303);
	});

// ---- errors that are reported -----------------------------------------------

test('K-4.1.6 an error in an entry is reported, and decided by the administrator',
	async () => {
		const path = '/directory/organizations';
		const list = '/admin/organizations/errors';
		const [[org, name]] = await pages.sql(`SELECT id, short_name
			FROM organization WHERE kind = 'MO' LIMIT 1`);
		const where = `${path}/${org}/error`;
		const all = () => pages.sql(`SELECT e.organization_id, e.entry,
			u.login, e.at > UTC_TIMESTAMP() - INTERVAL 1 MINUTE, e.text,
			e.state, d.login FROM organization_error e
			JOIN user_account u ON u.id = e.user_id
			LEFT JOIN user_account d ON d.id = e.decided_by ORDER BY e.id`);
		const wrong = 'Телефон молчит "><x9';

		assert.ok((await people.op1.get(path)).text.includes(`"${where}"`));
		assert.ok((await people.op1.get(where)).text.includes(name));
		for (const text of ['', ' ', 'я'.repeat(1001)]) {
			const bad = await people.op1.post(where, { text });

			assert.equal(bad.status, 422);
			assert.match(bad.text, /Напишите, что неверно/);
			assert.ok(bad.text.includes(`>${text}</textarea>`));
		}
		assert.deepEqual(await all(), []);
		const sent = await people.op1.post(where, { text: wrong });

		assert.equal(sent.headers.location, `${path}?sent=1`);
		assert.match((await people.op1.get(sent.headers.location)).text,
			/Сообщение отправлено администратору/);
		await people.admin2.post(where, { text: 'я'.repeat(1000) });
		assert.deepEqual((await all()).map((r) => [...r.slice(0, 4),
			r[4].length, ...r.slice(5)]),
		[[org, name, 'op1', '1', wrong.length, 'NEW', 'NULL'],
			[org, name, 'admin2', '1', 1000, 'NEW', 'NULL']]);

		// each administrator is told, but not of his own word
		assert.deepEqual(await pages.sql(`SELECT u.login, COUNT(*),
			(SELECT COUNT(*) FROM outbox WHERE kind = 'appeal_notice'
			AND JSON_VALUE(payload, '$.user') = u.id
			AND JSON_VALUE(payload, '$.event') = 'ORG_ERROR')
			FROM notice n JOIN user_account u ON u.id = n.user_id
			WHERE n.kind = 'ORG_ERROR' GROUP BY u.login ORDER BY u.login`),
		[['admin', '2', '2'], ['admin2', '1', '1']]);
		assert.match((await people.admin.get('/notices')).text,
			/href="\/admin\/organizations\/errors">Сообщили об ошибке/);
		// and the entry's own history has it
		assert.match((await people.admin.get(`/admin/organizations/${org}`))
			.text, /сообщено об ошибке/);

		const { text } = await people.admin.get(list);

		assert.ok(text.includes(`href="/admin/organizations/${org}"`));
		assert.match(text, /Телефон молчит/);
		assert.doesNotMatch(text, /<x9/);
		const [[one], [two]] = await pages.sql(
			'SELECT id FROM organization_error ORDER BY id');
		const decide = (login, id, state) => people[login].post(
			`${list}/${id}`, { state });

		assert.equal((await decide('admin', one, 'NEW')).status, 422);
		assert.equal((await decide('op1', one, 'FIXED')).status, 403);
		assert.equal((await decide('admin', one, 'FIXED')).headers.location,
			list);
		assert.equal((await decide('admin2', one, 'REJECTED')).status, 409);
		await decide('admin2', two, 'REJECTED');
		assert.deepEqual((await all()).map((r) => r.slice(5)),
			[['FIXED', 'admin'], ['REJECTED', 'admin2']]);
		const after = (await people.admin.get(list)).text;

		assert.match(after, /Исправлено: [^]*Отклонено: |Отклонено: [^]*Исправлено: /);
		assert.doesNotMatch(after, /name="state"/);
		assert.deepEqual(await pages.sql(`SELECT l.action, u.login
			FROM access_log l JOIN user_account u ON u.id = l.user_id
			WHERE l.action = 'ERROR_REPORT' OR
			l.object_type = 'organization_error' ORDER BY l.id`),
		[['ERROR_REPORT', 'op1'], ['ERROR_REPORT', 'admin2'],
			['FIXED', 'admin'], ['REJECTED', 'admin2']]);
	});

test('K-4.1.6 what was reported of an entry outlives it', async () => {
	const spare = { ...CLINIC, code: '269098', short_name: 'Лишняя МО' };

	await people.admin.post('/admin/organizations/new', spare);
	const id = await pages.one(`SELECT id FROM organization
		WHERE code = '269098'`);
	const row = await people.admin.get(`/admin/organizations/${id}`);

	await people.op1.post(`/directory/organizations/${id}/error`,
		{ text: 'Её больше нет' });
	assert.equal((await people.admin.post(`/admin/organizations/${id}`,
		{ remove: '1', version: row.text.match(/name="version" value="(\d+)"/)[1] }))
		.status, 303);
	const { text } = await people.admin.get('/admin/organizations/errors');

	assert.match(text, /Лишняя МО[^]*Её больше нет/);
	assert.ok(!text.includes(`href="/admin/organizations/${id}"`));
});

await run();
