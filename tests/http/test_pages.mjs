#!/usr/bin/env node
// The running program over HTTP, as each role. limit: 240 s

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, inNamespace, test, run, finally_ } from '../lab/run.mjs';
import { Pages, Person, request } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

// What every row of the route table says to each kind of person. A path with
// a number that does not exist shows 404 where the door is open.
const CALL = '01930000-0000-7000-8000-0000000000aa';
const ROUTES = [
	// method, path, body, who may, what he then gets
	['GET', '/', null, 'all', 200],
	['POST', '/', { number: '26-26-000001' }, 'all', 200],
	['POST', '/appeal', { phone: 'x' }, 'register', 422],
	['GET', '/appeal/999999', null, 'view', 404],
	['POST', '/appeal/999999', { version: 1 }, 'register', 404],
	['POST', '/appeal/999999/person', { version: 1, attach: 1 }, 'persons',
		404],
	['JSON', '/appeal/999999/draft', { version: '1' }, 'register', 404],
	['POST', '/appeal/999999/review', { version: 1 }, 'review', 404],
	['POST', '/appeal/999999/reassign', { version: 1 }, 'reassign', 404],
	['GET', '/review', null, 'review', 200],
	['GET', '/holidays', null, 'holidays', 200],
	['POST', '/holidays', {}, 'calendar', 422],
	['GET', '/substitutions', null, 'absences', 200],
	['POST', '/substitutions', {}, 'arrange', 422],
	['POST', '/review', {}, 'review', 200],
	['POST', '/appeal/999999/take', {}, 'take', 404],
	['POST', `/message/${CALL}/take`, {}, 'take', 404],
	['POST', `/message/${CALL}/nontarget`, {}, 'take', 404],
	['GET', '/themes', null, 'scenario', 200],
	['GET', `/recording/${CALL}`, null, 'all', 404],
	['GET', '/api/themes', null, 'scenario', 200],
	['GET', '/api/scenarios', null, 'scenario', 200],
	['GET', '/api/phone', null, 'all', 200],
	['GET', `/api/calls/${CALL}`, null, 'all', 404],
	['GET', '/api/directory', null, 'directory', 200],
	['GET', '/directory', null, 'directory', 200],
	['GET', '/directory/organizations', null, 'scenario', 200],
	['GET', '/calls', null, 'phone', 200],
	['GET', '/report', null, 'scenario', 200],
	['POST', '/registry', { surname: 'Ъ' }, 'persons', 200],
	['POST', '/api/persons', { phone: '' }, 'persons', 200],
	['GET', '/shift', null, 'shift', 200],
	['GET', '/auth/janus', null, 'all', 204],
];
const MAY = {
	op1: 'register view persons scenario directory phone absences take',
	spec1: 'register view persons scenario directory phone absences take',
	rep1: 'register view persons scenario directory phone absences take',
	rep21: 'register view persons scenario directory phone absences take',
	rep31: 'register view persons scenario directory phone absences',
	admin: 'register view persons scenario directory phone shift review ' +
		'reassign holidays calendar absences arrange',
	super1: 'view scenario directory phone shift reassign holidays ' +
		'absences arrange',
	quality: 'view scenario directory',
	auditor: 'view scenario',
	director: 'view scenario directory shift holidays',
	security: '',
};
const people = {};

test('each role signs in', async () => {
	for (const login of Object.keys(MAY))
		people[login] = await Person.in(login);
});

test('every route answers every role as the matrix says', async () => {
	for (const [login, may] of Object.entries(MAY))
		for (const [method, where, body, need, status] of ROUTES) {
			const open = need === 'all' || may.split(' ').includes(need);
			const p = people[login];
			const res = method === 'GET' ? await p.get(where)
				: method === 'POST' ? await p.post(where, body)
					: await p.json(where, body);

			assert.equal(res.status, open ? status : 403,
				`${login} ${method} ${where}`);
		}
});

test('the table above is the whole route table', () => {
	const source = execFileSync('grep', ['-oE', '"/[^"]*"', 'cgi/routes.c'],
		{ encoding: 'utf8' }).trim().split('\n').map((s) => s.slice(1, -1));
	const shape = (p) => p.replace(/\{id\}|999999|[0-9a-f-]{36}/g, '*');
	const known = new Set([...ROUTES.map((r) => shape(r[1])), '/login',
		'/logout', '/lang', '/healthz', '/metrics']);

	assert.deepEqual([...new Set(source.map(shape))]
		.filter((p) => !known.has(p)), []);
});

test('nobody gets in without a session', async () => {
	const stranger = new Person();

	for (const [method, where, body] of ROUTES) {
		const res = method === 'GET' ? await stranger.get(where)
			: method === 'POST' ? await stranger.post(where, body)
				: await stranger.json(where, body);

		if (/^\/(api|auth)|draft$/.test(where)) {
			assert.equal(res.status, 401, where);
		} else {
			assert.equal(res.status, 303, where);
			assert.match(res.headers.location, /^\/login/);
		}
		assert.doesNotMatch(res.text, /data-appeal/);
	}
	// inside htmx a redirect would land in #page
	const boosted = await stranger.get('/', { 'hx-request': 'true' });

	assert.equal(boosted.status, 401);
	assert.equal(boosted.headers['hx-redirect'], '/login');
});

test('a made-up or altered cookie is no session', async () => {
	for (const cookie of ['', 'x', '0'.repeat(64),
		people.op1.cookies.otklik_session.replace(/.$/, (c) =>
			c === '0' ? '1' : '0')]) {
		const res = await request('GET', '/', {
			cookie: `otklik_session=${cookie}` });

		assert.equal(res.status, 303, cookie);
	}
});

test('the database keeps no cookie, only its hash', async () => {
	const found = await pages.one(`SELECT COUNT(*) FROM web_session WHERE
		token_hash = UNHEX('${people.op1.cookies.otklik_session}') OR
		HEX(token_hash) = '${people.op1.cookies.otklik_session}'`);

	assert.equal(found, '0');
	assert.ok(Number(await pages.one(
		'SELECT COUNT(*) FROM web_session')) >= 11);
});

test('a change needs the code of the page', async () => {
	const p = people.op1;

	for (const csrf of ['', 'x', people.spec1.csrf]) {
		assert.equal((await p.post('/appeal', {}, { csrf })).status, 403);
		assert.equal((await p.post('/', {}, { csrf })).status, 403);
		assert.equal((await p.json('/appeal/1/draft', {}, { csrf })).status,
			403);
		assert.equal((await p.post('/logout', {}, { csrf })).status, 403);
	}
	assert.equal((await p.get('/')).status, 200);
});

test('every answer carries the security headers', async () => {
	for (const where of ['/', '/login', '/nowhere', '/api/phone',
		'/healthz']) {
		const { headers } = await people.op1.get(where);

		assert.match(headers['content-security-policy'],
			/default-src 'none'; script-src 'self'/);
		assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
		assert.equal(headers['x-content-type-options'], 'nosniff');
		assert.equal(headers['cache-control'], 'no-store');
	}
});

test('the session cookie is out of reach of scripts and other sites',
	async () => {
		const p = new Person();
		const res = await p.enter('op2');
		const cookie = res.headers['set-cookie'].find((c) =>
			c.startsWith('otklik_session='));

		for (const word of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/'])
			assert.ok(cookie.includes(word), word);
	});

test('after signing in one comes back to the page, never to another site',
	async () => {
		for (const [next, where] of [['/appeal/5', '/appeal/5'],
			['//evil', '/'], ['https://evil', '/'], ['/\\evil', '/']]) {
			const p = new Person();
			const res = await p.enter('op2', undefined, { next });

			assert.equal(res.headers.location, where);
		}
	});

test('a wrong password and an unknown login answer alike', async () => {
	const p = new Person();
	const wrong = await p.enter('spec2', 'Wrong-2026!');
	const unknown = await p.enter('nobody', 'Wrong-2026!');

	assert.equal(wrong.status, 422);
	assert.equal(unknown.status, 422);
	for (const res of [wrong, unknown])
		assert.match(res.text, /Неверный логин или пароль/);
});

test('a login page of long ago is not obeyed', async () => {
	const p = new Person();

	assert.equal((await p.post('/login', { login: 'op2',
		password: 'Demo-2026!' }, { csrf: 'f'.repeat(64) })).status, 403);
	await p.get('/login');
	delete p.cookies.otklik_login;
	assert.equal((await p.post('/login', { login: 'op2',
		password: 'Demo-2026!' })).status, 403);
});

test('ten wrong passwords block the account, whatever comes next',
	async () => {
		const p = new Person();

		for (let i = 0; i < 9; i++) {
			const res = await p.enter('rep22', 'Wrong-2026!');

			assert.match(res.text, /Неверный логин или пароль/);
		}
		assert.match((await p.enter('rep22', 'Wrong-2026!')).text,
			/Учётная запись заблокирована/);
		assert.match((await p.enter('rep22')).text,
			/Учётная запись заблокирована/);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM outbox
			WHERE kind = 'user_changed'`), '1');
	});

test('tries are slowed down before a password is looked at', async () => {
	const p = new Person();
	let last;

	for (let i = 0; i < 20 && last?.status !== 429; i++)
		last = await p.enter('nobody2', 'Wrong-2026!');
	assert.equal(last.status, 429);
	assert.ok(Number(last.headers['retry-after']) >= 1);
	assert.equal((await new Person().enter('op2')).status, 303);
});

test('a blocked account loses its open session at once', async () => {
	const p = await Person.in('rep12');

	await pages.sql(`UPDATE user_account SET blocked = 1
		WHERE login = 'rep12'`);
	assert.equal((await p.get('/')).status, 303);
});

test('«Выход» ends the session and tells the plugin', async () => {
	const p = await Person.in('op2');
	const session = p.cookies.otklik_session;
	const res = await p.post('/logout', {});

	assert.equal(res.headers.location, '/login');
	assert.equal((await request('GET', '/', {
		cookie: `otklik_session=${session}` })).status, 303);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM outbox
		WHERE kind = 'logout' AND JSON_EXISTS(payload, '$.session')`), '1');
});

test('the language is the user\'s choice', async () => {
	const p = await Person.in('op2');

	assert.match((await p.get('/')).text, /Электронный журнал/);
	await p.post('/lang', { lang: 'en' });
	assert.match((await p.get('/')).text, /<html lang="en"/);
	for (const [referer, where] of [['https://localhost:8443/appeal/5?a=b',
		'/appeal/5?a=b'], ['https://evil//evil', '/'], ['', '/']])
		assert.equal((await p.post('/lang', { lang: '../../etc/passwd' },
			{ headers: { referer } })).headers.location, where);
	assert.match((await p.get('/')).text, /<html lang="ru"/);
});

test('the workspace shows the employee and the active appeals', async () => {
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

const uuid = (n) => `01930000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const userId = (login) => pages.one(
	`SELECT id FROM user_account WHERE login = '${login}'`);

async function call(n, login) {
	const id = uuid(n);
	const user = await userId(login);

	await pages.sql(`INSERT INTO call_record (id, direction, caller, called,
		user_id, started_at, answered_at, state) VALUES ('${id}', 'IN',
		'+79001234567', '+78652000000', ${user}, UTC_TIMESTAMP(3),
		UTC_TIMESTAMP(3), 'talk');
		INSERT INTO call_event (call_id, seq, at, kind, user_id) VALUES
		('${id}', 1, UTC_TIMESTAMP(3), 'INVITE', NULL),
		('${id}', 2, UTC_TIMESTAMP(3), 'OFFER', ${user}),
		('${id}', 3, UTC_TIMESTAMP(3), 'CONNECT', ${user})`);
	return id;
}

const field = (text, name) => text.match(new RegExp(
	`name="${name}"[^>]*value="([^"]*)"`))?.[1];

async function draft(p, fields = {}) {
	const res = await p.post('/appeal', fields);

	assert.equal(res.status, 303);
	return res.headers.location;
}

const CARD = { type: 'Консультация', theme: 'KN-01.01', form: 'Устная',
	channel: 'HOTLINE', description: 'Как получить полис?',
	surname: 'Пробный', given_name: 'Иван', patronymic: '',
	phone: '8 (900) 123-45-67', mo: '', about_insurer: '' };

test('a card for a call: number filled in, saved, linked, announced',
	async () => {
		const p = people.op1;
		const id = await call(1, 'op1');
		const where = await draft(p, { call: id });
		const appeal = where.match(/\d+$/)[0];
		const card = (await p.get(where)).text;

		assert.match(card, /id="phone-number"[^>]*value="\+79001234567"/);
		assert.match(card, /Черновик обращения/);
		// once more «Добавить» in the same call: the same card
		assert.equal(await draft(p, { call: id }), where);

		const saved = await p.post(where, { ...CARD,
			version: field(card, 'version') });

		assert.equal(saved.status, 303);
		const done = (await p.get(saved.headers.location)).text;

		assert.match(done, /Обращение сохранено/);
		assert.match(done, /В работе/);
		const [[number, status, due, phone, assignee]] = await pages.sql(
			`SELECT number, status, DATEDIFF(due_date, CONVERT_TZ(registered_at,
			'+00:00', '+03:00')), phone, assignee_id FROM appeal
			WHERE id = ${appeal}`);

		assert.match(number, /^26-\d\d-\d{6}$/);
		assert.equal(status, 'IN_PROGRESS');
		assert.equal(due, '30');
		assert.equal(phone, '+79001234567');
		assert.equal(assignee, await userId('op1'));
		assert.equal(await pages.one(`SELECT call_id FROM appeal_call
			WHERE appeal_id = ${appeal}`), id);
		assert.deepEqual(await pages.sql(`SELECT event, from_status, to_status
			FROM appeal_history WHERE appeal_id = ${appeal}`),
		[['SAVE', 'DRAFT', 'IN_PROGRESS']]);
		assert.deepEqual((await pages.sql(`SELECT kind FROM outbox
			WHERE JSON_VALUE(payload, '$.appeal') = ${appeal} ORDER BY id`))
			.flat(), ['card_opened', 'card_saved', 'appeal_changed']);
		assert.ok((await pages.sql(`SELECT action FROM access_log WHERE
			object_type = 'appeal' AND object_id = '${appeal}'`)).flat()
			.includes('SAVE'));
	});

test('an incomplete card is not saved and keeps what was typed', async () => {
	const p = people.op1;
	const where = await draft(p);
	const { text } = await p.get(where);
	const res = await p.post(where, { ...CARD, type: '', theme: '',
		description: 'Осталось <b>здесь</b>', version: field(text, 'version') });

	assert.equal(res.status, 422);
	assert.match(res.text, /Ошибка при сохранении/);
	assert.match(res.text, /Выберите тип обращения/);
	assert.match(res.text, /Осталось &lt;b&gt;здесь&lt;\/b&gt;/);
	assert.equal(await pages.one(`SELECT status FROM appeal
		WHERE id = ${where.match(/\d+$/)[0]}`), 'DRAFT');
});

test('a theme may ask for the clinic or the insurer', async () => {
	const p = people.op1;
	const where = await draft(p);
	const version = field((await p.get(where)).text, 'version');
	const theme = await pages.one(`SELECT code FROM theme
		WHERE code LIKE 'ZH-06.%' LIMIT 1`);
	const res = await p.post(where, { ...CARD, type: 'Жалоба', theme,
		version });

	assert.equal(res.status, 422);
	assert.match(res.text, /укажите СМО, на которую жалуются/);
});

test('a complaint of an insurer\'s own people about it goes to the fund',
	async () => {
		const p = people.rep1;
		const where = await draft(p);
		const version = field((await p.get(where)).text, 'version');
		const [[theme, clinic]] = await pages.sql(`SELECT code, mo_required
			FROM theme WHERE code LIKE 'ZH-06.%' LIMIT 1`);
		const org = await pages.one(`SELECT organization_id FROM user_account
			WHERE login = 'rep1'`);
		const mo = clinic === '1' ? await pages.one(
			`SELECT id FROM organization WHERE kind = 'MO' LIMIT 1`) : '';
		const res = await p.post(where, { ...CARD, type: 'Жалоба', theme,
			version, about_insurer: org, mo });

		assert.equal(res.status, 303);
		assert.deepEqual((await pages.sql(`SELECT o.kind, a.assignee_id
			FROM appeal a JOIN organization o ON o.id = a.organization_id
			WHERE a.id = ${where.match(/\d+$/)[0]}`))[0], ['FUND', 'NULL']);
		assert.equal((await p.get(where)).status, 200);
		assert.equal((await people.rep21.get(where)).status, 404);
		assert.equal((await people.op1.get(where)).status, 200);
	});

test('a card that becomes such a complaint goes to the fund too', async () => {
	const p = people.rep1;
	const where = await draft(p);
	const appeal = where.match(/\d+$/)[0];
	const version = field((await p.get(where)).text, 'version');
	const org = await pages.one(`SELECT organization_id FROM user_account
		WHERE login = 'rep1'`);
	const theme = await pages.one(`SELECT code FROM theme
		WHERE code LIKE 'ZH-06.%' LIMIT 1`);
	const mo = await pages.one(`SELECT id FROM organization
		WHERE kind = 'MO' LIMIT 1`);

	assert.equal((await p.post(where, { ...CARD, version })).status, 303);
	assert.equal((await people.rep21.get(where)).status, 200);
	const res = await p.post(where, { ...CARD, type: 'Жалоба', theme, mo,
		version: field((await p.get(where)).text, 'version'),
		about_insurer: org });

	assert.equal(res.status, 303);
	assert.deepEqual((await pages.sql(`SELECT o.kind, a.assignee_id
		FROM appeal a JOIN organization o ON o.id = a.organization_id
		WHERE a.id = ${appeal}`))[0], ['FUND', 'NULL']);
	assert.equal((await people.rep21.get(where)).status, 404);
	assert.equal((await p.get(res.headers.location)).status, 200);
});

test('the second saver sees both versions and loses nothing', async () => {
	const p = people.op1;
	const where = await draft(p);
	const version = field((await p.get(where)).text, 'version');

	assert.equal((await p.post(where, { ...CARD, version })).status, 303);
	const res = await p.post(where, { ...CARD, description: 'Моё мнение',
		version });

	assert.equal(res.status, 409);
	assert.match(res.text, /Карточка изменена другим пользователем/);
	assert.match(res.text, /Моё мнение/);
	assert.match(res.text, /<dd[^>]*>Как получить полис\?/);
	// having seen both he may save his
	assert.equal((await p.post(where, { ...CARD, description: 'Моё мнение',
		version: field(res.text, 'version') })).status, 303);
	assert.equal(await pages.one(`SELECT description FROM appeal
		WHERE id = ${where.match(/\d+$/)[0]}`), 'Моё мнение');
});

test('a draft is kept as it is typed', async () => {
	const p = people.op1;
	const where = await draft(p);
	const version = field((await p.get(where)).text, 'version');
	const res = await p.json(`${where}/draft`, { ...CARD, version,
		description: 'Набрано до ' });

	assert.equal(res.status, 204);
	assert.equal(res.headers['x-version'], version);
	const { text } = await p.get(where);

	assert.match(text, /Набрано до/);
	assert.match(text, /value="Пробный"/);
	assert.match(text, /<option value="KN-01.01" selected/);
	// not his, not a card, not JSON, too long, an old version
	assert.equal((await people.spec1.json(`${where}/draft`, { version }))
		.status, 404);
	assert.equal((await p.json(`${where}/draft`, '[1]')).status, 400);
	assert.equal((await p.json(`${where}/draft`, '{')).status, 400);
	assert.equal((await p.json(`${where}/draft`, { version,
		surname: 'я'.repeat(41) })).status, 422);
	assert.equal((await p.json(`${where}/draft`, { version: '77' })).status,
		409);
	await p.post(where, { ...CARD, version });
	assert.equal((await p.json(`${where}/draft`, { version })).status, 409);
});

test('a draft goes with its call to whoever has it', async () => {
	const [op, spec] = [people.op1, people.spec1];
	const id = await call(2, 'op1');
	const where = await draft(op, { call: id });
	const appeal = where.match(/\d+$/)[0];
	const version = field((await op.get(where)).text, 'version');

	await op.json(`${where}/draft`, { version, description: 'Начало' });
	assert.equal((await spec.get(where)).status, 404);

	// it rings at the specialist: he reads
	await pages.sql(`INSERT INTO call_event (call_id, seq, at, kind, user_id,
		data) VALUES ('${id}', 4, UTC_TIMESTAMP(3), 'BLINDTRANSFER',
		${await userId('op1')}, '{"to":${await userId('spec1')}}')`);
	const ringing = await spec.get(where);

	assert.equal(ringing.status, 200);
	assert.match(ringing.text, /Начало/);
	assert.doesNotMatch(ringing.text, /data-save/);

	// he answers: he writes, the sender reads
	await pages.sql(`UPDATE call_record SET user_id = ${await userId('spec1')}
		WHERE id = '${id}'`);
	assert.equal((await op.json(`${where}/draft`, { version })).status, 409);
	const his = (await spec.get(where)).text;

	assert.match(his, /data-save/);
	assert.equal(await pages.one(`SELECT author_id FROM appeal
		WHERE id = ${appeal}`), await userId('spec1'));
	assert.deepEqual(await pages.sql(`SELECT from_user, to_user, live
		FROM forwarding WHERE appeal_id = ${appeal}`),
	[[await userId('op1'), await userId('spec1'), '1']]);
	assert.doesNotMatch((await op.get(where)).text, /data-save/);
	assert.equal((await op.post(where, { ...CARD, version })).status, 409);
	assert.equal((await spec.post(where, { ...CARD,
		version: field(his, 'version') })).status, 303);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM forwarding
		WHERE appeal_id = ${appeal}`), '1');
});

test('a call of others is not for linking', async () => {
	const id = await call(3, 'op1');

	await pages.sql(`UPDATE call_record SET ended_at = UTC_TIMESTAMP(3)
		WHERE id = '${id}'`);
	assert.equal((await people.spec1.post('/appeal', { call: id })).status,
		403);
	assert.equal((await people.op1.post('/appeal', { call: 'nonsense' }))
		.status, 422);
});

test('while the rows of a call lag behind it, the page is told to ask again',
	async () => {
		const p = people.spec1;
		const late = uuid(4);
		const lags = async () => {
			const res = await p.post('/appeal', { call: late });

			assert.equal(res.status, 503);
			assert.equal(res.headers['retry-after'], '1');
			assert.match(res.text, /data-error="call_lags"/);
		};

		await lags(); // no row yet
		await call(4, 'op1'); // a row of before the transfer
		await lags();
		await pages.sql(`UPDATE call_record SET user_id =
			${await userId('spec1')} WHERE id = '${late}'`);
		assert.match(await draft(p, { call: late }), /^\/appeal\/\d+$/);
	});

test('«Добавить» pressed in two windows at once makes one card', async () => {
	const id = await call(5, 'op1');
	const cards = await Promise.all(Array.from({ length: 8 },
		() => draft(people.op1, { call: id })));

	assert.equal(new Set(cards).size, 1);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal_call
		WHERE call_id = '${id}'`), '1');
});

test('themes are found by name, code and keywords', async () => {
	const found = async (q) => JSON.parse((await people.op1.get(
		`/api/themes?q=${encodeURIComponent(q)}`)).text).map((t) => t.code);

	assert.ok((await found('kn-01.0')).includes('KN-01.02'));
	assert.ok((await found('ИНОСТРАН')).includes('KN-01.02'));
	assert.ok((await found('беженец')).includes('KN-01.02'));
	assert.ok((await found('новорожденный')).includes('KN-01.03'));
	assert.deepEqual(await found('квантовая хромодинамика'), []);
});

test('K-5.1.4.4, K-5.1.5.2: what changes in the tables is found at once',
	async () => {
		const found = async (what, q) => JSON.parse((await people.op1.get(
			`/api/${what}?q=${encodeURIComponent(q)}`)).text);
		const codes = async (...args) =>
			(await found(...args)).map((t) => t.code);

		assert.deepEqual(await codes('themes', 'зюзюка'), []);
		await pages.sql(`INSERT INTO search_synonym (words)
			VALUES ('зюзюка;санаторий')`);
		assert.ok((await codes('themes', 'зюзюку')).includes('KN-14.09'));
		await pages.sql(`DELETE FROM search_synonym
			WHERE words LIKE 'зюзюка%'`);
		assert.deepEqual(await codes('themes', 'зюзюка'), []);

		const [spa] = await found('scenarios', 'путевку в санаторий');

		assert.equal(spa.code, 'SC-061');
		assert.equal(spa.version, 1);
		assert.equal(spa.theme, 'KN-14.09');
		assert.ok(spa.title && spa.text);
		// K-5.1.5.5: a proposal is not shown, its approval replaces the old
		await pages.sql(`INSERT INTO scenario (code, version, theme_code,
			title, text) VALUES ('SC-061', 2, 'KN-14.09', 'Санаторий',
			'Новый текст')`);
		assert.equal((await found('scenarios', 'sc-061'))[0].version, 1);
		await pages.sql(`UPDATE scenario SET approved_at = NOW()
			WHERE code = 'SC-061' AND version = 2`);
		assert.equal((await found('scenarios', 'sc-061'))[0].text,
			'Новый текст');
		await pages.sql(`UPDATE scenario SET valid_to = '2020-01-01'
			WHERE code = 'SC-061' AND version = 2`);
		assert.deepEqual(await codes('scenarios', 'sc-061'), []);
		await pages.sql(`DELETE FROM scenario
			WHERE code = 'SC-061' AND version = 2`);
		assert.deepEqual(await codes('scenarios', 'sc-061'), ['SC-061']);
	});

test('a search does not take away the theme that is chosen', async () => {
	const list = async (type) => [...(await people.op1.get('/themes?' +
		new URLSearchParams({ type, q: 'новорожд', theme: 'KN-01.01' })))
		.text.matchAll(/<option value="([^"]*)"( selected)?/g)].map((m) =>
		m[1] + (m[2] ?? ''));

	const same = await list('Консультация');

	assert.ok(same.includes('KN-01.03'));
	assert.ok(same.includes('KN-01.01 selected'));
	assert.equal((await list('Жалоба')).some((t) => /KN/.test(t)), false);
});

// ---- recordings -------------------------------------------------------------

async function recording(n, login, kind = 'CALL') {
	const id = await call(n, login);
	const rec = uuid(n + 1000);

	mkdirSync(path.join(pages.dir, 'rec/2026/11/24'), { recursive: true });
	writeFileSync(path.join(pages.dir, `rec/2026/11/24/${rec}.wav`),
		`RIFF${'sound'.repeat(200)}`);
	await pages.sql(`INSERT INTO recording (id, call_id, kind, path,
		started_at) VALUES ('${rec}', '${id}', '${kind}',
		'2026/11/24/${rec}.wav', UTC_TIMESTAMP(3));
		INSERT INTO recording_end (recording_id, ended_at, samples, bytes,
		frames) VALUES ('${rec}', UTC_TIMESTAMP(3), 480000, 1004, 60)`);
	return [id, rec];
}

test('a recording is played by those allowed, and each play is logged first',
	async () => {
		const [, rec] = await recording(10, 'op1');
		const plays = () => pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'PLAY' AND result = 'OK' AND object_id = '${rec}'`);
		const allowed = ['op1', 'admin', 'super1', 'auditor'];
		const refused = ['spec1', 'rep1', 'rep21', 'quality', 'director',
			'security'];

		for (const login of allowed) {
			const res = await people[login].get(`/recording/${rec}`);

			assert.equal(res.status, 200, login);
			assert.equal(res.headers['content-type'], 'audio/wav');
			assert.equal(res.bytes.length, 1004);
		}
		assert.equal(await plays(), String(allowed.length));
		for (const login of refused) {
			const res = await people[login].get(`/recording/${rec}`);

			assert.equal(res.status, 403, login);
			assert.doesNotMatch(res.text, /sound/);
		}
		assert.equal(await plays(), String(allowed.length));
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'PLAY' AND result = 'DENIED'
			AND object_id = '${rec}'`), String(refused.length));
	});

test('a recording that is still being made has no player yet', async () => {
	const [id, rec] = await recording(95, 'op1');
	const card = /\/appeal\/(\d+)/.exec((await people.op1.post('/appeal',
		{ call: id })).headers.location)[1];
	const page = async () => (await people.op1.get(`/appeal/${card}`)).text;
	const player = `<audio controls preload="none" src="/recording/${rec}"`;

	assert.ok((await page()).includes(player));
	assert.doesNotMatch(await page(), /идёт запись/);
	await pages.sql(`DELETE FROM recording_end WHERE recording_id = '${rec}'`);
	assert.ok(!(await page()).includes(player));
	assert.match(await page(), /идёт запись/);
	await pages.sql(`UPDATE call_record SET ended_at = NOW(3)
		WHERE id = '${id}'`);
	assert.ok((await page()).includes(player), 'only its length is unknown');
});

test('a player may seek', async () => {
	const [, rec] = await recording(11, 'op1');
	const part = await people.op1.get(`/recording/${rec}`,
		{ range: 'bytes=4-8' });

	assert.equal(part.status, 206);
	assert.equal(part.text, 'sound');
	assert.equal(part.headers['x-content-type-options'], 'nosniff');
	assert.match(part.headers['content-security-policy'],
		/^default-src 'none'/);
	assert.equal((await people.op1.get(`/protected/rec/2026/11/24/${rec}.wav`))
		.status, 404);
});

test('the recording stands in the journal row and in the card', async () => {
	const [id, rec] = await recording(12, 'op1');
	const p = people.op1;
	const where = await draft(p, { call: id });
	const card = (await p.get(where)).text;

	assert.ok(card.includes(`src="/recording/${rec}"`));
	assert.match(card, /Ответил/);
	await p.post(where, { ...CARD, version: field(card, 'version') });
	const mine = (await p.get('/')).text;
	const colleague = (await people.spec1.get('/')).text;

	assert.ok(mine.includes(`src="/recording/${rec}"`));
	assert.ok(colleague.includes(`data-appeal="${where.match(/\d+$/)[0]}"`));
	assert.ok(!colleague.includes(rec));
	assert.ok((await people.super1.get('/')).text.includes(rec));
});

test('the events of a call are for those who had it', async () => {
	const id = await call(13, 'op1');
	const events = JSON.parse((await people.op1.get(`/api/calls/${id}`)).text)
		.events.map((e) => e.kind);

	assert.deepEqual(events, ['INVITE', 'OFFER', 'CONNECT']);
	assert.equal((await people.spec1.get(`/api/calls/${id}`)).status, 404);
	assert.equal((await people.rep1.get(`/api/calls/${id}`)).status, 404);
	assert.equal((await people.auditor.get(`/api/calls/${id}`)).status, 200);
});

// ---- the command line -------------------------------------------------------

test('otklik-admin makes the first administrator and unblocks', async () => {
	const admin = (args, input) => spawnSync(path.join(ROOT,
		'build/cgi/otklik-admin'), args, { input, env: pages.env,
		encoding: 'utf8' });

	assert.equal(admin(['first', 'chief', 'Первый', 'Пётр'], 'weak\n').status,
		1);
	assert.equal(admin(['first', 'chief'], '').status, 2);
	const made = admin(['first', 'chief', 'Первый', 'Пётр'], 'Chief-2026!\n');

	assert.equal(made.status, 0, made.stderr);
	const p = await Person.in('chief', 'Chief-2026!');

	assert.match((await p.get('/')).text, /Администратор безопасности/);
	assert.equal(admin(['first', 'chief', 'Первый', 'Пётр'], 'Chief-2026!\n')
		.status, 1);
	await pages.sql(`UPDATE user_account SET blocked = 1
		WHERE login = 'chief'`);
	assert.equal(admin(['password', 'chief'], 'Other-2026!\n').status, 0);
	await Person.in('chief', 'Other-2026!');
	assert.equal(admin(['password', 'nobody'], 'Other-2026!\n').status, 1);
});

// ---- bad luck ---------------------------------------------------------------

test('the telephone gets two tokens, fresh ones each time', async () => {
	const one = JSON.parse((await people.op1.get('/api/phone')).text);
	const two = JSON.parse((await people.op1.get('/api/phone')).text);

	assert.equal(one.phone, true);
	assert.equal(one.extension, '1001');
	assert.match(one.door, /^\d+,janus,janus\.plugin\.otklik:/);
	assert.ok(one.user.includes(`,user=${one.user_id},`));
	assert.notEqual(one.user, two.user);
	assert.equal(JSON.parse((await people.auditor.get('/api/phone')).text)
		.phone, false);
});

test('what is no request of ours is told so', async () => {
	const p = people.op1;

	assert.equal((await p.get('/nowhere')).status, 404);
	assert.equal((await request('DELETE', '/', p.headers())).status, 405);
	assert.equal((await p.get('/appeal/1%00')).status, 400);
	assert.equal((await request('POST', '/appeal', p.headers({
		'content-type': 'text/xml', 'content-length': 4 }), '<a/>')).status,
	415);
	const large = await p.post('/appeal', { x: 'y'.repeat(2 << 20) });

	assert.equal(large.status, 413);
	assert.match(large.text, /<main id="page"[^]*Слишком много данных/);
	const head = await request('HEAD', '/', p.headers());

	assert.equal(head.status, 200);
	assert.equal(head.bytes.length, 0);
});

test('figures are for this machine only', async () => {
	const here = await pages.get('/metrics');
	const away = await request('GET', '/metrics', {}, null, '10.77.0.1');

	assert.equal(here.status, 200);
	assert.match(here.text, /^otklik_db_up 1$/m);
	assert.match(here.text, /^otklik_http_responses_total\{class="2xx"\} \d+/m);
	assert.equal(away.status, 403);
});

// B1-17
test('health follows the plugin\'s last word', async () => {
	const health = async () => {
		const res = await pages.get('/healthz');

		return [res.status, JSON.parse(res.text)];
	};

	await pages.sql('DELETE FROM node_status');
	assert.deepEqual(await health(), [503, { status: 'fail', db: 'up',
		media: 'down', trunk: 'unknown' }]);
	await pages.sql(`INSERT INTO node_status VALUES ('n', UTC_TIMESTAMP(3),
		'{"trunk":"down","calls":3,"sip":{"invites":5000000000,
		"foreign":2,"bad_contact":0,"malformed":4}}')`);
	assert.deepEqual(await health(), [200, { status: 'ok', db: 'up',
		media: 'up', trunk: 'down' }]);
	const metrics = (await pages.get('/metrics')).text;

	for (const line of ['otklik_media_calls 3',
		'# TYPE otklik_sip_foreign_total counter',
		'otklik_sip_invites_total 5000000000', 'otklik_sip_foreign_total 2',
		'otklik_sip_bad_contact_total 0', 'otklik_sip_malformed_total 4'])
		assert.ok(metrics.split('\n').includes(line), line);
	await pages.sql(`UPDATE node_status SET
		at = UTC_TIMESTAMP(3) - INTERVAL 20 SECOND`);
	assert.equal((await health())[0], 503);
});

test('cookies of others do not cost the page', async () => {
	const p = people.op1;
	const many = Array.from({ length: 100 }, (_, i) => `c${i}=1`).join('; ');
	const { cookie } = p.headers();

	for (const more of [many, `big=${'x'.repeat(5000)}`])
		assert.equal((await request('GET', '/', {
			cookie: `${cookie}; ${more}` })).status, 200);
});

test('a killed worker is missed by nobody for long', async () => {
	const workers = () => execFileSync('pgrep', ['-x', 'otklik-pages'],
		{ encoding: 'utf8' }).trim().split('\n').map(Number);
	const before = workers();

	for (const pid of before)
		process.kill(pid, 'SIGKILL');
	const end = performance.now() + 5000;
	let status;

	do
		status = (await people.op1.get('/')).status;
	while (status !== 200 && performance.now() < end);
	assert.equal(status, 200);
	assert.equal(workers().some((pid) => before.includes(pid)), false);
});

test('a worker told to stop finishes what it has in hand', async () => {
	const answers = [];
	let stopping = false;

	for (let i = 0; i < 40; i++)
		answers.push(people.op1.get('/').then((r) => r.status));
	for (const pid of execFileSync('pgrep', ['-x', 'otklik-pages'],
		{ encoding: 'utf8' }).trim().split('\n')) {
		process.kill(Number(pid), 'SIGTERM');
		stopping = true;
	}
	assert.ok(stopping);
	assert.deepEqual([...new Set(await Promise.all(answers))], [200]);
});

test('without the database every page says so, and goes on afterwards',
	async () => {
		const p = people.op1;
		const where = await draft(p);
		const version = field((await p.get(where)).text, 'version');

		pages.db('stop');
		try {
			const page = await p.get('/');

			assert.equal(page.status, 503);
			assert.match(page.text, /База данных недоступна/);
			const kept = await p.json(`${where}/draft`, { version });

			assert.equal(kept.status, 503);
			assert.deepEqual(JSON.parse(kept.text), { error: 'db' });
			assert.equal((await pages.get('/healthz')).status, 503);
			assert.equal((await new Person().enter('op1')).status, 503);
		} finally {
			pages.db('start');
		}
		assert.equal((await p.json(`${where}/draft`, { version,
			description: 'после' })).status, 204);
		assert.equal((await p.get('/')).status, 200);
	});

test('without a worker there is a page that says what to do', async () => {
	pages.workers.kill('SIGTERM');
	await pages.workers.gone;
	const res = await people.op1.get('/?number=26-26-999999',
		{ 'hx-request': 'true', 'hx-target': 'page' });

	assert.equal(res.status, 502);
	assert.match(res.text, /<main id="page"[^]*Подождите несколько секунд/);
	assert.equal(res.headers['cache-control'], 'no-store');
});

test('nothing personal was written to a log', () => {
	assert.doesNotMatch(pages.errors, /999999/);
	assert.doesNotMatch(pages.errors, /Пробный|9001234567|Demo-2026/);
});

await run();
