#!/usr/bin/env node
// The journal over HTTP, as each role. limit: 240 s

import assert from 'node:assert/strict';
import { inNamespace, test, run, finally_ } from '../lab/run.mjs';
import { day } from './appeals.mjs';
import { createHash } from 'node:crypto';
import { Pages, signIn } from './pages.mjs';
import { unzip } from './zip.mjs';

inNamespace();

const pages = await Pages.open();
const people = await signIn(['op1', 'spec1', 'rep1', 'auditor', 'quality',
	'director', 'admin', 'super1']);

finally_(() => pages.close());

test('K-3.0.2 the workspace shows the employee and the active appeals', async () => {
	const { text } = await people.op1.get('/');

	assert.match(text, /Информация о сотруднике/);
	assert.match(text, /Иванова/);
	assert.match(text, /<span class="employee-extension[^>]*>1001</);
	assert.equal(text.match(/<tr[^>]* data-appeal=/g).length, 50);
	assert.doesNotMatch(text, /<td class="text-nowrap">(Закрыто|Черновик)/);
});

test('htmx gets #page only, a reload the whole page', async () => {
	const part = await people.op1.get('/', { 'hx-request': 'true',
		'hx-target': 'page' });
	const whole = await people.op1.get('/', { 'hx-request': 'true',
		'hx-target': 'page', 'hx-history-restore-request': 'true' });

	assert.doesNotMatch(part.text, /id="phone"/);
	assert.match(part.text, /^<title>/);
	assert.match(part.text, /<main id="page"/);
	assert.match(whole.text, /id="phone"/);
});

test('paging goes through every row once', async () => {
	const seen = new Set();
	let where = '/?status=ALL&type=%D0%96%D0%B0%D0%BB%D0%BE%D0%B1%D0%B0';
	const { length } = await pages.sql(`SELECT 1 FROM appeal
		WHERE type = 'Жалоба' AND status NOT IN ('DRAFT', 'DELETED')`);

	for (let i = 0; i < 100 && where; i++) {
		const { text } = await people.spec1.get(where);

		for (const [, id] of text.matchAll(/data-appeal="(\d+)"/g)) {
			assert.ok(!seen.has(id), id);
			seen.add(id);
		}
		const next = [...text.matchAll(/href="(\/\?[^"]*after=[^"]*)"/g)];

		where = next[0]?.[1].replaceAll('&amp;', '&');
	}
	assert.equal(seen.size, length);
});

test('a filter finds, a wrong one says so', async () => {
	const [[id, number]] = await pages.sql(`SELECT id, number FROM appeal
		WHERE status = 'CLOSED' LIMIT 1`);
	const found = await people.spec1.get(`/?status=ALL&number=${number}`);

	assert.deepEqual([...found.text.matchAll(/data-appeal="(\d+)"/g)]
		.map((m) => m[1]), [id]);
	for (const bad of ['from=31.02.2026', 'status=NOPE', 'type=x', 'after=x'])
		assert.equal((await people.spec1.get(`/?${bad}`)).status, 422, bad);
	assert.equal((await people.spec1.post('/', { phone: 'abc' })).status, 422);
	assert.equal((await people.spec1.get('/?number=%FF')).status, 400);
	assert.equal(await pages.one(`SELECT COUNT(*) > 0 FROM access_log
		WHERE action = 'LIST' AND JSON_VALUE(params, '$.number') =
		'${number}'`), '1');
});

test('rows that have changed are asked for by number, in the list or not',
	async () => {
		const shown = (text) => [...text.matchAll(/data-appeal="(\d+)"/g)]
			.map((m) => m[1]);
		const all = (await people.spec1.get('/')).text;
		const [a, b] = shown(all).slice(3);
		const [[closed]] = await pages.sql(`SELECT id FROM appeal WHERE
			status = 'CLOSED' AND organization_id = 1 LIMIT 1`);
		const [[foreign]] = await pages.sql(`SELECT id FROM appeal WHERE
			shelf = 1 AND organization_id <> 1 LIMIT 1`);
		const only = `${b},${closed},${a},${foreign}`;
		const [[surname]] = await pages.sql(`SELECT surname FROM appeal WHERE
			id = ${closed}`);

		assert.deepEqual(new Set(shown((await people.spec1.get(
			`/?only=${only}`)).text)), new Set([a, b, foreign]));
		assert.deepEqual(shown((await people.op1.get(
			`/?status=CLOSED&only=${only}`)).text), [closed]);
		assert.deepEqual(shown((await people.op1.post('/', { only,
			status: 'ALL', name: surname })).text)
			.filter((id) => id === closed), [closed]);
		assert.deepEqual(shown((await people.op1.get(
			`/?only=${foreign}`)).text), [], 'of another organization');
		// what comes after this page's end is not this page's
		const at = all.match(new RegExp(
			`data-appeal="${b}" data-at="(\\d+)"`))[1];

		assert.deepEqual(shown((await people.spec1.get(
			`/?only=${a},${b}&after=${at}-${b}`)).text), []);
		for (const bad of ['x', '1,', ',1', '-1',
			Array(51).fill(1).join()])
			assert.equal((await people.spec1.get(`/?only=${bad}`)).status,
				422, bad);
	});

test('names and telephones are asked for by POST, and paged by POST',
	async () => {
		const p = people.spec1;
		const [[letter, total]] = await pages.sql(`SELECT LEFT(surname, 1) s,
			COUNT(*) n FROM appeal WHERE surname <> '' AND status NOT IN
			('DRAFT', 'DELETED') GROUP BY s ORDER BY n DESC LIMIT 1`);
		const asked = { status: 'ALL', name: letter };
		const seen = new Set();
		let { text } = await p.post('/', asked);

		assert.equal((await p.get(`/?name=${encodeURIComponent(letter)}`))
			.status, 422);
		assert.ok(Number(total) > 50, 'more than a page');
		for (;;) {
			for (const [, id] of text.matchAll(/data-appeal="(\d+)"/g)) {
				assert.ok(!seen.has(id), id);
				seen.add(id);
			}
			assert.doesNotMatch(text, /href="\/\?[^"]*name=/);
			const next = text.match(/name="after" value="([^"]*)">[^<]*<\/b/);

			if (!next)
				break;
			({ text } = await p.post('/', { ...asked, after: next[1] }));
		}
		assert.equal(seen.size, Number(total));
	});

test('a page that refreshes itself leaves no trace of use', async () => {
	const p = people.spec1;
	const traces = async () => [await pages.one(`SELECT COUNT(*) FROM
		access_log WHERE action = 'LIST'`), await pages.one(`SELECT seen_at
		FROM web_session s JOIN user_account u ON u.id = s.user_id
		WHERE u.login = 'spec1' ORDER BY s.created_at DESC
		LIMIT 1`)];

	await pages.sql(`UPDATE web_session SET
		seen_at = seen_at - INTERVAL 1 HOUR`);
	const before = await traces();

	assert.match((await p.get('/', { 'x-refresh': '1' })).text,
		/data-appeal/);
	assert.deepEqual(await traces(), before);
	await p.get('/');
	const after = await traces();

	assert.equal(Number(after[0]), Number(before[0]) + 1);
	assert.notEqual(after[1], before[1]);
});

test('an insurer sees its own appeals and no others', async () => {
	const org = await pages.one(`SELECT organization_id FROM user_account
		WHERE login = 'rep1'`);
	const foreign = await pages.one(`SELECT a.id FROM appeal a
		JOIN user_account w ON w.id = a.author_id
		WHERE a.status = 'CLOSED' AND a.organization_id <> ${org}
		AND w.organization_id <> ${org} AND NOT EXISTS (SELECT 1 FROM
		user_account s WHERE s.id = a.assignee_id
		AND s.organization_id = ${org}) LIMIT 1`);
	const { text } = await people.rep1.get('/?status=ALL');
	const ids = [...text.matchAll(/data-appeal="(\d+)"/g)].map((m) => m[1]);

	assert.ok(ids.length > 0);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal a
		LEFT JOIN user_account w ON w.id = a.author_id
		LEFT JOIN user_account s ON s.id = a.assignee_id
		WHERE a.id IN (${ids}) AND a.organization_id <> ${org}
		AND COALESCE(w.organization_id, 0) <> ${org}
		AND COALESCE(s.organization_id, 0) <> ${org}`), '0');
	assert.equal((await people.rep1.get(`/appeal/${foreign}`)).status, 404);
	assert.equal((await people.auditor.get(`/appeal/${foreign}`)).status, 200);
	assert.equal((await people.quality.get(`/appeal/${foreign}`)).status, 404);
});

test('the director reads masked data', async () => {
	const [[id, surname, phone]] = await pages.sql(`SELECT a.id, a.surname,
		a.phone FROM appeal a WHERE a.status = 'IN_PROGRESS'
		AND a.organization_id = 1 AND CHAR_LENGTH(a.surname) > 4
		AND a.phone LIKE '+7%' LIMIT 1`);
	const { text } = await people.director.get(`/appeal/${id}`);

	assert.ok(!text.includes(`value="${surname}"`));
	assert.ok(text.includes(`***-${phone.slice(-4, -2)}-${phone.slice(-2)}`));
});

// ---- card -------------------------------------------------------------------

// Every page of a question. -> [ids]
async function all(p, asked) {
	const ids = [];
	let after = '';

	do {
		const { status, text } = await p.post('/', { ...asked, after });

		assert.equal(status, 200);
		ids.push(...[...text.matchAll(/data-appeal="(\d+)"/g)]
			.map((m) => m[1]));
		after = text.match(/name="after" value="([^"]*)">[^<]*<\/b/)?.[1] ??
			text.match(/href="\/\?[^"]*after=([^"&]*)/)?.[1];
	} while (after);
	return ids;
}

// «Новые сверху», as the database itself says
const plain = async (condition) => (await pages.sql(`SELECT a.id FROM appeal a
	LEFT JOIN user_account w ON w.id = a.author_id
	LEFT JOIN user_account s ON s.id = a.assignee_id
	WHERE a.status NOT IN ('DRAFT', 'DELETED') AND ${condition}
	ORDER BY a.registered_at DESC, a.id DESC`)).map(([id]) => id);

test('K-4.0.7: each filter and each two of them find what the tables say',
	async () => {
		const [[mo, insurer, theme, assignee, due, enp, surname]] =
			await pages.sql(`SELECT mo_id, insurer_id, theme_code, assignee_id,
			due_date, enp, surname FROM appeal WHERE mo_id IS NOT NULL
			AND surname <> '' AND status = 'CLOSED' AND organization_id = 1
			AND due_date IS NOT NULL ORDER BY id DESC LIMIT 1`);
		const [[result, closed]] = await pages.sql(`SELECT result_code,
			DATE(closed_at) FROM appeal WHERE status = 'CLOSED' AND result_code
			IS NOT NULL GROUP BY 1, 2 ORDER BY COUNT(*) DESC LIMIT 1`);
		// the region's day: three hours ahead
		const on = (what) => `a.closed_at ${what} TIMESTAMP('${closed}') -
			INTERVAL 3 HOUR`;
		const filters = [
			[{ result }, `a.result_code = '${result}'`],
			[{ closed_from: closed }, on('>=')],
			[{ closed_to: closed }, on('- INTERVAL 1 DAY <')],
			[{ form: 'Письменная' }, `a.form = 'Письменная'`],
			[{ channel: 'POST' }, `a.channel = 'POST'`],
			[{ theme }, `a.theme_code = '${theme}'`],
			[{ assignee }, `a.assignee_id = ${assignee}`],
			[{ mo }, `a.mo_id = ${mo}`],
			[{ insurer }, `a.insurer_id = ${insurer}`],
			[{ due }, `a.due_date <= '${due}'`],
			[{ enp }, `a.enp = '${enp}'`],
			[{ type: 'Жалоба' }, `a.type = 'Жалоба'`],
			[{ name: surname.toLowerCase() }, `a.surname LIKE '${surname}%'`],
		];

		for (const [i, [one, first]] of filters.entries())
			for (const [other, second] of filters.slice(i)) {
				const asked = { ...one, ...other };

				assert.deepEqual(await all(people.spec1,
					{ status: 'ALL', ...asked }),
				await plain(`${first} AND ${second}`),
				JSON.stringify(asked));
			}
		assert.deepEqual(await all(people.spec1, { theme }), await plain(
			`a.theme_code = '${theme}' AND a.status <> 'CLOSED'`));
		const closedThen = await plain(`a.result_code = '${result}' AND
			${on('>=')}`);

		assert.deepEqual(await all(people.rep1, { status: 'CLOSED', result,
			closed_from: closed }), (await all(people.rep1,
			{ status: 'CLOSED' })).filter((id) => closedThen.includes(id)));
		for (const bad of [{ form: 'x' }, { closed_to: 'x' }, { channel: 'x' }, { mo: '-1' },
			{ assignee: 'x' }, { due: '31.02.2026' }, { enp: '12' }])
			assert.equal((await people.spec1.post('/', bad)).status, 422,
				JSON.stringify(bad));
	});

test('K-4.0.7: the lists to choose from come when they are asked for',
	async () => {
		const { text } = await people.spec1.get(
			'/journal/more?channel=POST');

		assert.match(text, /<option value="POST" selected>/);
		assert.match(text, /name="theme"[^]*KN-01\.01/);
		assert.match(text, /name="assignee"[^]*Иванова А\. П\./);
		assert.doesNotMatch((await people.rep1.get('/journal/more')).text,
			/Иванова А\. П\./);
	});

test('K-3.0.2: what was forwarded to another organization is seen there once',
	async () => {
		const { org, id, other } = Object.fromEntries((await pages.sql(`SELECT
			'org', organization_id FROM user_account WHERE login = 'rep1'
			UNION ALL SELECT 'id', MAX(id) FROM appeal
			WHERE status = 'IN_PROGRESS' AND organization_id = 1
			AND about_insurer_id IS NULL
			UNION ALL SELECT 'other', id FROM user_account
			WHERE login = 'rep21'`)));

		assert.ok(!(await all(people.rep1, {})).includes(id));
		await pages.sql(`UPDATE appeal SET author_id = ${other},
			assignee_id = ${other} WHERE id = ${id};
			UPDATE appeal SET passed_at = NOW(3) WHERE id % 31 = 7`);
		assert.deepEqual((await all(people.rep1, {}))
			.filter((one) => one === id), [id]);
		assert.deepEqual(await all(people.rep1, { status: 'ALL' }),
			await plain(`(a.organization_id = ${org} OR w.organization_id =
			${org} OR s.organization_id = ${org} OR a.passed_at IS NOT NULL
			AND COALESCE(a.about_insurer_id, a.insurer_id) = ${org})
			AND (a.about_insurer_id IS NULL OR a.about_insurer_id <> ${org}
			OR a.passed_at IS NOT NULL)`));
	});

// ---- kept filters, order ----------------------------------------------------

test('the oldest come first when asked for, page by page', async () => {
	const asked = { status: 'ALL', type: 'Жалоба' };
	const newest = await all(people.spec1, asked);

	assert.ok(newest.length > 50);
	assert.deepEqual(await all(people.spec1, { ...asked, sort: 'OLD' }),
		[...newest].reverse());
	assert.deepEqual(await all(people.rep1, { status: 'ALL', sort: 'OLD' }),
		(await all(people.rep1, { status: 'ALL' })).reverse());
	assert.match((await people.spec1.get('/?sort=OLD')).text,
		/aria-sort="ascending"/);
	assert.equal((await people.spec1.get('/?sort=NEW')).status, 422);
});

test('a filter is kept under a name, for who kept it alone', async () => {
	const save = (title, fields, login = 'spec1') => people[login].post(
		'/journal/saved', { title, ...fields });
	const kept = async (login) => [...(await people[login].get('/')).text
		.matchAll(/<a class="me-auto" href="([^"]*)"[^>]*>([^<]*)</g)]
		.map(([, href, name]) => [name, href.replaceAll('&amp;', '&')]);
	const fields = { type: 'Жалоба', status: 'ALL', sort: 'OLD' };
	const { headers } = await save('Жалобы <все>',
		{ ...fields, name: 'Тайнов', phone: '+79001112233' });
	const [[name, href]] = await kept('spec1');

	assert.equal(headers.location, href);
	assert.equal(name, 'Жалобы &lt;все&gt;');
	assert.doesNotMatch(decodeURIComponent(href), /Тайнов|79001112233/);
	const { text } = await people.spec1.get(href);

	assert.deepEqual([...text.matchAll(/data-appeal="(\d+)"/g)]
		.map((m) => m[1]), (await all(people.spec1, fields)).slice(0, 50));
	assert.match(text, /aria-current="true">Жалобы &lt;все&gt;</);

	// the same name is the same filter
	assert.equal((await save('Жалобы <все>', { status: 'CLOSED' })).status,
		303);
	assert.deepEqual(await kept('spec1'), [[name, '/?status=CLOSED']]);
	assert.deepEqual(await kept('op1'), [], 'nobody else sees it');
	const [[id]] = await pages.sql('SELECT MAX(id) FROM journal_saved');

	assert.equal((await people.op1.post(`/journal/saved/${id}/delete`, {}))
		.status, 404);
	assert.equal((await kept('spec1')).length, 1);

	for (const [title, asked] of [['', fields], ['а'.repeat(61), fields],
		['Пустой', {}], ['Только имя', { name: 'Тайнов' }],
		['Неверный', { type: 'x' }]])
		assert.equal((await save(title, asked)).status, 422, title);
	for (let i = 1; i < 20; i++)
		assert.equal((await save(`Ещё ${i}`, fields)).status, 303);
	assert.match((await save('Лишний', fields)).text,
		/Сохранено уже 20 фильтров/);
	assert.equal((await save('Ещё 7', { type: 'Заявление' })).status, 303);
	assert.equal((await kept('spec1')).length, 20);
	assert.equal((await save('Первый', fields, 'op1')).status, 303);
	assert.equal((await people.spec1.post(`/journal/saved/${id}/delete`, {}))
		.status, 303);
	assert.equal((await kept('spec1')).length, 19);
});

// ---- as a file --------------------------------------------------------------

const MARKED = '=HYPERLINK("http://x")';
const asked = (login, fields) => people[login].post('/bulk/journal/export',
	{ purpose: 'Сверка за месяц', ...fields });

// Lines of cells, as RFC 4180 has them.
function csv(text) {
	assert.ok(text.startsWith('\ufeff'));
	return text.slice(1).split('\r\n').slice(0, -1).map((line) =>
		[...line.matchAll(/"((?:[^"]|"")*)"(?:;|$)/g)].map(([, cell]) =>
			cell.replaceAll('""', '"')));
}

test('the journal as CSV: every row of the filter, in its order, no formula',
	async () => {
		const [[id]] = await pages.sql(`SELECT id FROM appeal WHERE
			status = 'CLOSED' AND phone LIKE '+7%' ORDER BY id DESC LIMIT 1`);

		await pages.sql(`UPDATE appeal SET surname = '${MARKED}'
			WHERE id = ${id}`);
		const numbers = (await pages.sql(`SELECT number FROM appeal WHERE
			status NOT IN ('DRAFT', 'DELETED') ORDER BY registered_at DESC,
			id DESC`)).flat();

		assert.ok(numbers.length > 1000, 'more than one question');
		const res = await asked('admin', { status: 'ALL', format: 'csv' });
		const [heads, ...rows] = csv(res.text);

		assert.equal(res.status, 200);
		assert.match(res.headers['content-disposition'],
			/^attachment; filename="journal-\d{4}-\d\d-\d\d\.csv"$/);
		assert.deepEqual(rows.map((r) => r[0]), numbers);
		assert.ok(rows.every((r) => r.length === heads.length));
		const column = (name) => heads.indexOf(name);
		const [[number, phone]] = await pages.sql(`SELECT number, phone FROM
			appeal WHERE id = ${id}`);
		const row = rows.find((r) => r[0] === number);

		assert.ok(row[column('ФИО')].startsWith(`'${MARKED}`));
		assert.equal(row[column('Телефон')].replace(/\D/g, ''),
			phone.slice(1));
		assert.equal(row[column('Статус')], 'Закрыто');
		for (const cell of rows.flat())
			assert.doesNotMatch(cell, /^[=+@\t\r\n-]/);

		// what went out, to whom, what for
		const [[params, reason]] = await pages.sql(`SELECT params, reason FROM
			access_log WHERE action = 'EXPORT' ORDER BY id DESC LIMIT 1`);

		assert.equal(reason, 'Сверка за месяц');
		assert.deepEqual(JSON.parse(params), { status: 'ALL', format: 'csv',
			rows: rows.length, sha256: createHash('sha256')
				.update(res.bytes).digest('hex') });
	});

test('the journal as XLSX: the same rows, all of them texts', async () => {
	const same = { type: 'Жалоба', status: 'ALL' };
	const rows = csv((await asked('auditor',
		{ ...same, format: 'csv' })).text);
	const res = await asked('auditor', { ...same, format: 'xlsx' });
	const files = unzip(res.bytes);
	const page = files['xl/worksheets/sheet1.xml'];
	const plain = (text) => text.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>').replaceAll('&quot;', '"')
		.replaceAll('&amp;', '&');

	assert.ok(files['[Content_Types].xml'].includes('spreadsheetml'));
	assert.ok(rows.length > 50);
	assert.doesNotMatch(page, /<f>|<c [^>]*t="(?!inlineStr)/);
	assert.deepEqual([...page.matchAll(/<row [^]*?<\/row>/g)].map(([row]) =>
		plain(row.match(/<t[^>]*>([^<]*)</)[1])), rows.map((r) => r[0]));
});

test('an export needs its right, a purpose and no more rows than it may have',
	async () => {
		const log = () => pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'EXPORT'`);
		const before = await log();

		for (const login of ['op1', 'spec1', 'rep1', 'super1', 'director',
			'quality'])
			assert.equal((await asked(login, { format: 'csv' })).status, 403,
				login);
		for (const bad of [{ purpose: '' }, { purpose: 'да' },
			{ format: 'pdf' }, { from: 'x' }])
			assert.equal((await asked('admin', { format: 'csv', ...bad }))
				.status, 422, JSON.stringify(bad));
		await pages.sql(`UPDATE setting SET value = '100'
			WHERE name = 'journal.export_max'`);
		const many = await asked('admin', { status: 'ALL', format: 'csv' });

		assert.equal(many.status, 422);
		assert.match(many.text, /Строк больше, чем можно выгрузить за раз/);
		assert.equal(await log(), before);
		assert.match((await people.admin.get('/')).text,
			/action="\/bulk\/journal\/export"/);
		assert.doesNotMatch((await people.super1.get('/')).text,
			/journal\/export/);
	});

const TABS = ['MINE', 'DEFERRED', 'RETURNED', 'SOON', 'OVERDUE'];

// What each tab says and what it shows are the same, for everybody. A term
// may end between the two, at the region's midnight: then once more.
async function countersHold(when) {
	const today = day(0);

	try {
		return await countersHeld(when);
	} catch (err) {
		if (day(0) === today)
			throw err;
		return countersHeld(when);
	}
}

async function countersHeld(when) {
	const seen = {};

	for (const login of ['op1', 'spec1', 'rep1', 'auditor', 'director']) {
		const { text } = await people[login].get('/');

		for (const tab of TABS) {
			const said = text.match(
				new RegExp(`id="tab-${tab}">(\\d+)<`))?.[1];

			if (said === undefined)
				continue;
			seen[tab] = (seen[tab] ?? 0) + Number(said);
			assert.equal(Number(said), (await all(people[login],
				{ status: tab })).length, `${login} ${tab} ${when}`);
		}
	}
	return seen;
}

test('K-4.0.7: the counters of the tabs are right after every change',
	async () => {
		const seen = await countersHold('at first');
		const [[org, rep1]] = await pages.sql(`SELECT organization_id, id
			FROM user_account WHERE login = 'rep1'`);

		for (const tab of TABS)
			assert.ok(seen[tab] > 0, `nothing on ${tab}`);
		// each changes two of five
		for (const [i, change] of [`status = 'DEFERRED'`, 'returns = returns + 1',
			`due_date = CURDATE() + INTERVAL 1 DAY`, 'due_date = NULL',
			`due_date = CURDATE() - INTERVAL 3 DAY`,
			`organization_id = ${org}`, `assignee_id = ${rep1}`,
			`about_insurer_id = ${org}`,
			`about_insurer_id = ${org}, author_id = ${rep1}`,
			'passed_at = NOW(3)',
			`status = 'CLOSED'`, `status = 'DELETED'`].entries())
			await pages.sql(`UPDATE appeal SET ${change} WHERE shelf = 1
				AND assignee_id IS NOT NULL AND (id + ${i}) % 5 < 2`);
		await countersHold('after the changes');

		const rows = Number(await pages.one('SELECT COUNT(*) FROM journal_sum'));

		await pages.sql(`UPDATE journal_sum SET at = at - INTERVAL 1 HOUR`);
		await pages.jobsUntilNone(`SELECT COUNT(*) >= ${rows} FROM journal_sum`);
		await countersHold('folded');
	});

test('descriptions are found by inflected words, newest first, in scope',
	async () => {
		const org = await pages.one(`SELECT organization_id FROM user_account
			WHERE login = 'rep1'`);
		const ours = await plain(`a.organization_id = 1 AND a.id % 7 = 0
			AND a.shelf = 1`);
		const theirs = await plain(`a.organization_id = ${org}
			AND a.about_insurer_id IS NULL AND a.id % 7 = 0`);
		const write = async (ids, text) => {
			await pages.sql(`UPDATE appeal SET description = '${text}'
				WHERE id IN (${ids})`);
			await pages.jobsUntilNone('SELECT COUNT(*) FROM text_todo');
		};
		const find = (login, text, more = {}) => all(people[login],
			{ status: 'ALL', text, ...more });

		assert.ok(ours.length > 1 && theirs.length > 1);
		await write(ours, 'Жалуется: зюзюку отменили, справку не дали.');
		await write(theirs, 'Зюзюки перенесены, звонил трижды');
		const both = await plain(`a.id IN (${[...ours, ...theirs]})`);

		assert.deepEqual(await find('spec1', 'зюзюка'), both);
		assert.deepEqual(await find('spec1', 'СПРАВКА о зюзюке'), ours);
		assert.deepEqual(await find('spec1', 'справки звонил'), []);
		// what came from or went to the insurer, too; a complaint about it
		// only as who wrote it or as passed to it
		assert.deepEqual(await find('rep1', 'зюзюками'), await plain(`a.id IN
			(${both}) AND ${org} IN (a.organization_id, w.organization_id,
			s.organization_id) AND (a.about_insurer_id IS NULL
			OR w.login = 'rep1' OR a.passed_org = ${org})`));
		assert.deepEqual(await find('spec1', 'зюзюка', { status: '' }),
			both.filter((id) => ours.includes(id)).concat(
				await plain(`a.id IN (${theirs}) AND a.shelf = 1`))
				.sort((a, b) => both.indexOf(a) - both.indexOf(b)));
		const [[number, phone]] = await pages.sql(`SELECT number, phone
			FROM appeal WHERE id = ${ours[0]}`);

		assert.deepEqual(await find('spec1', 'зюзюка', { number }), [ours[0]]);
		assert.deepEqual(await find('spec1', 'звонил', { number }), []);
		assert.ok((await find('spec1', 'зюзюка', { phone }))
			.includes(ours[0]));
		assert.equal(await pages.one(`SELECT COUNT(*) > 3 FROM access_log
			WHERE action = 'LIST' AND JSON_VALUE(params, '$.text') =
			'зюзюка'`), '1');

		await pages.sql(`UPDATE appeal SET status = 'DELETED'
			WHERE id = ${ours[1]}`);
		assert.ok(!(await find('spec1', 'зюзюка')).includes(ours[1]));
		assert.deepEqual(await find('spec1', 'зюзюка',
			{ status: 'DELETED' }), [ours[1]]);
		await pages.sql(`UPDATE appeal SET status = 'IN_PROGRESS'
			WHERE id = ${ours[1]}`);

		// what changes is found anew, and not as it was
		await write([ours[0]], 'Благодарит за лечение.');
		assert.deepEqual(await find('spec1', 'зюзюка'),
			both.filter((id) => id !== ours[0]));
		assert.ok((await find('spec1', 'лечением благодарит'))
			.includes(ours[0]));
		assert.match((await people.spec1.post('/', { text: 'и как' })).text,
			/Введите слово, которое что-то значит/);
		assert.equal((await people.spec1.get('/?text=x')).status, 422,
			'in no address');
		assert.equal((await people.director.post('/', { text: 'зюзюка' }))
			.status, 403, 'masked');
	});

await run();
