#!/usr/bin/env node
// The running program over HTTP, as each role. limit: 240 s

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT, inNamespace, test, run, finally_ } from '../lab/run.mjs';
import { Pages, Person, draft, field, request } from './pages.mjs';

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
	['GET', '/journal/more', null, 'view', 200],
	['POST', '/journal/saved', {}, 'view', 422],
	['POST', '/journal/saved/999999/delete', {}, 'view', 404],
	['POST', '/bulk/journal/export', { purpose: 'Проверка', format: 'csv' },
		'export', 200],
	['POST', '/appeal', { phone: 'x' }, 'register', 422],
	['GET', '/appeal/999999', null, 'view', 404],
	['POST', '/appeal/999999', { version: 1 }, 'register', 404],
	['POST', '/appeal/999999/person', { version: 1, attach: 1 }, 'persons',
		404],
	['POST', '/appeal/999999/identity', {}, 'register', 404],
	['GET', '/appeal/999999/print', null, 'view', 404],
	['JSON', '/appeal/999999/open', {}, 'view', 404],
	['POST', '/bulk/appeal/999999/files', {}, 'written', 400],
	['GET', '/appeal/999999/file/1', null, 'written', 404],
	['POST', '/appeal/999999/file/1/delete', {}, 'written', 404],
	['JSON', '/appeal/999999/draft', { version: '1' }, 'register', 404],
	['POST', '/appeal/999999/draft/drop', {}, 'register', 404],
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
	['GET', '/directory/organizations/999999/error', null, 'scenario', 404],
	['POST', '/directory/organizations/999999/error', { text: 'x' },
		'scenario', 404],
	['GET', '/admin', null, 'admin', 303],
	['GET', '/admin/organizations/errors', null, 'lists', 200],
	['POST', '/admin/organizations/errors/999999', { state: 'FIXED' },
		'lists', 404],
	['GET', '/password', null, 'all', 200],
	['POST', '/password', {}, 'all', 422],
	['GET', '/admin/accounts', null, 'accounts', 200],
	['GET', '/admin/accounts/import', null, 'security', 200],
	['POST', '/bulk/admin/accounts/import', {}, 'security', 422],
	['GET', '/admin/organizations/import', null, 'lists', 200],
	['POST', '/bulk/admin/organizations/import', {}, 'lists', 422],
	['GET', '/admin/themes/import', null, 'lists', 200],
	['POST', '/bulk/admin/themes/import', {}, 'lists', 422],
	['GET', '/admin/accounts/999999', null, 'accounts', 404],
	['POST', '/admin/accounts/999999', {}, 'security', 404],
	['GET', '/admin/organizations', null, 'scenario', 200],
	['GET', '/admin/organizations/999999', null, 'scenario', 404],
	['POST', '/admin/organizations/999999', {}, 'lists', 404],
	['GET', '/admin/themes', null, 'lists', 200],
	['GET', '/admin/themes/999999', null, 'lists', 404],
	['POST', '/admin/themes/999999', {}, 'lists', 404],
	['GET', '/admin/results', null, 'lists', 200],
	['GET', '/admin/results/999999', null, 'lists', 404],
	['POST', '/admin/results/999999', {}, 'lists', 404],
	['GET', '/admin/synonyms', null, 'lists', 200],
	['GET', '/admin/synonyms/999999', null, 'lists', 404],
	['POST', '/admin/synonyms/999999', {}, 'lists', 404],
	['GET', '/admin/scenarios', null, 'propose', 200],
	['GET', '/admin/scenarios/999999', null, 'propose', 404],
	['GET', '/admin/scenarios/999999/new', null, 'propose', 404],
	['POST', '/admin/scenarios/999999', {}, 'propose', 404],
	['GET', '/admin/queues', null, 'holidays', 200],
	['GET', '/admin/queues/999999', null, 'holidays', 404],
	['POST', '/admin/queues/999999', {}, 'calendar', 404],
	['GET', '/admin/skills', null, 'holidays', 200],
	['GET', '/admin/skills/999999', null, 'holidays', 404],
	['POST', '/admin/skills/999999', {}, 'calendar', 404],
	['GET', '/admin/routes', null, 'holidays', 200],
	['GET', '/admin/routes/999999', null, 'holidays', 404],
	['POST', '/admin/routes/999999', {}, 'calendar', 404],
	['GET', '/admin/hours', null, 'holidays', 200],
	['GET', '/admin/hours/999999', null, 'holidays', 404],
	['POST', '/admin/hours/999999', {}, 'calendar', 404],
	['GET', '/admin/dial', null, 'holidays', 200],
	['GET', '/admin/dial/999999', null, 'holidays', 404],
	['POST', '/admin/dial/999999', {}, 'calendar', 404],
	['POST', '/admin/dial', {}, 'holidays', 422],
	['GET', '/admin/trunks', null, 'lines', 200],
	['GET', '/admin/trunks/999999', null, 'lines', 404],
	['POST', '/admin/trunks/999999', {}, 'wires', 404],
	['POST', '/admin/trunks/999999/check', {}, 'lines', 404],
	['GET', '/admin/prompts', null, 'holidays', 200],
	['GET', '/admin/prompts/999999', null, 'holidays', 404],
	['POST', '/admin/prompts/999999', {}, 'calendar', 404],
	['POST', '/bulk/admin/prompts/999999', {}, 'calendar', 404],
	['GET', '/admin/prompts/999999/999999', null, 'holidays', 404],
	['GET', '/admin/start', null, 'admin', 200],
	['GET', '/admin/settings', null, 'holidays', 200],
	['POST', '/admin/settings/999999', {}, 'calendar', 404],
	['GET', '/calls', null, 'phone', 200],
	['GET', '/report', null, 'scenario', 200],
	['GET', '/report/refused', null, 'scenario', 200],
	['POST', '/registry', { surname: 'Ъ' }, 'persons', 200],
	['POST', '/scenarios', { type: '' }, 'scenario', 200],
	['POST', '/api/persons', { phone: '' }, 'persons', 200],
	['GET', '/appeal/999999/past', null, 'view', 404],
	['GET', '/appeal/999999/past/999999', null, 'view', 404],
	['POST', '/appeal/999999/same', { earlier: 1 }, 'register', 404],
	['GET', '/notices', null, 'all', 200],
	['POST', '/notices', {}, 'all', 303],
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
		'reassign holidays calendar absences arrange admin lists ' +
		'accounts lines',
	super1: 'view scenario directory phone shift reassign holidays ' +
		'absences arrange admin',
	quality: 'view scenario directory',
	auditor: 'view scenario',
	director: 'view scenario directory shift holidays admin',
	security: 'admin accounts security lines wires',
};
for (const login of ['spec1', 'rep21', 'rep31', 'admin', 'quality', 'auditor'])
	MAY[login] += ' written';
for (const login of ['op1', 'spec1', 'rep1', 'rep21', 'admin', 'super1',
	'quality'])
	MAY[login] += ' propose';
for (const login of ['admin', 'auditor'])
	MAY[login] += ' export';
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
	const shape = (p) => p.replace(/\{\w+\}|999999|[0-9a-f-]{36}/g, '*')
		.replace(/(?<=\/file\/)1/, '*');
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

		if (/^\/(api|auth)|(draft|open)$/.test(where)) {
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

test('K-5.4.2.1 «Выход» ends the session and tells the plugin', async () => {
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

test('otklik-admin sets a password and unblocks', async () => {
	const admin = (args, input) => spawnSync(path.join(ROOT,
		'build/cgi/otklik-admin'), args, { input, env: pages.env,
		encoding: 'utf8' });

	assert.equal(admin(['password', 'rep12'], 'weak\n').status, 1);
	await pages.sql(`UPDATE user_account SET blocked = 1
		WHERE login = 'rep12'`);
	assert.equal(admin(['password', 'rep12'], 'Other-2026!\n').status, 0);
	await Person.in('rep12', 'Other-2026!');
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

test('what otklik-jobs fails at stands among the figures', async () => {
	const lines = async () => (await pages.get('/metrics')).text.split('\n');

	assert.ok((await lines()).includes('otklik_jobs_up 0'));
	await pages.sql(`INSERT INTO job_failure VALUES ('old drafts', 'x',
		UTC_TIMESTAMP(3) - INTERVAL 100 SECOND)`);
	assert.match((await pages.get('/metrics')).text,
		/^otklik_jobs_failing_seconds\{work="old drafts"\} 1\d\d$/m);
	const jobs = pages.start(path.join(ROOT, 'build/cgi/otklik-jobs'), []);

	await pages.row('SELECT COUNT(*) FROM job_failure', ([n]) => n === '0');
	const now = await lines();

	assert.ok(now.includes('otklik_jobs_up 1'));
	assert.ok(!now.some((l) => /^otklik_jobs_failing_seconds/.test(l)));
	jobs.kill('SIGTERM');
	await jobs.gone;
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
		"foreign":2,"bad_contact":0,"malformed":4},
		"certificate":{"status":409,"reason":"Our own certificate has expired"}}')`);
	assert.deepEqual(await health(), [200, { status: 'ok', db: 'up',
		media: 'up', trunk: 'down' }]);
	const metrics = (await pages.get('/metrics')).text;

	for (const line of ['otklik_media_calls 3',
		'# TYPE otklik_sip_foreign_total counter',
		'otklik_sip_invites_total 5000000000', 'otklik_sip_foreign_total 2',
		'otklik_sip_bad_contact_total 0', 'otklik_sip_malformed_total 4',
		'otklik_certificate_well 0'])
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
