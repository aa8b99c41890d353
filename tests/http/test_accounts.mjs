#!/usr/bin/env node
// Accounts from an empty state on: the first administrator by otklik-admin,
// everybody else by him. limit: 240 s

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PATIENCE, ROOT, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open({ demo: false });

finally_(() => pages.close());

const admin = (...args) => spawnSync(path.join(ROOT,
	'build/cgi/otklik-admin'), args, { env: pages.env, encoding: 'utf8' });
const userId = (login) => pages.one(`SELECT id FROM user_account
	WHERE login = '${login}'`);
const log = async (id) => (await pages.sql(`SELECT action, reason, params
	FROM access_log WHERE object_type = 'user' AND object_id = '${id}'
	AND action NOT IN ('PASSWORD') ORDER BY id`));
const told = async (kind, id) => Number(await pages.one(`SELECT COUNT(*)
	FROM outbox WHERE kind = '${kind}'
	${id ? `AND payload = '{"user":${id}}'` : ''}`));
const ONE_TIME = /^[A-Za-z2-9]{4}(-[A-Za-z2-9]{4}){3}$/;
const secretOf = (res) => res.text.match(/id="secret">([^<]*)</)?.[1];

// Signs in with a one-time password and sets an own one.
async function enter(login, password, own = 'Mine-2026!x') {
	const p = new Person();

	assert.equal((await p.enter(login, password)).status, 303);
	const { headers } = await p.get('/');

	assert.equal(headers.location, '/password');
	await p.get('/password');
	const done = await p.post('/password', { old: password, fresh: own,
		again: own });

	assert.equal(done.status, 303, done.text);
	assert.match(done.headers.location, /^\/(admin\/start)?$/);
	await p.get('/');
	return p;
}

let chief, fund, insurer;

test('an empty state gets its first security administrator, once', async () => {
	assert.equal(await pages.one('SELECT COUNT(*) FROM user_account'), '0');
	for (const wrong of [[], ['create'], ['create', 'A B'], ['create', 'a'],
		['create', 'chief', 'Первый'], ['create', 'chief', '1', '2'],
		['create', '--force', 'chief'], ['first', 'chief']])
		assert.equal(admin(...wrong).status, 2, wrong.join(' '));
	const made = admin('create', 'chief', 'Первый', 'Пётр');

	assert.equal(made.status, 0, made.stderr);
	assert.match(made.stdout.trim(), ONE_TIME);
	const id = await userId('chief');

	assert.deepEqual((await log(id)).map((r) => r.slice(0, 2)),
		[['ACCOUNT_ADD', 'otklik-admin']]);
	assert.deepEqual(await pages.sql(`SELECT o.kind, o.code, u.one_time
		FROM user_account u JOIN organization o ON o.id = u.organization_id`),
	[['FUND', '26000', '1']]);
	const again = admin('create', 'other');

	assert.equal(again.status, 1);
	assert.equal(again.stdout, '');
	assert.match(again.stderr, /администратор безопасности уже есть/);
	assert.equal(await pages.one('SELECT COUNT(*) FROM user_account'), '1');
	// printed once: only its hash is anywhere
	assert.ok(!JSON.stringify([await pages.sql(`SELECT * FROM user_account`),
		await pages.sql('SELECT * FROM access_log')])
		.includes(made.stdout.trim()));
	chief = made.stdout.trim();
});

test('a one-time password opens one page until it is changed', async () => {
	const p = new Person();

	assert.equal((await p.enter('chief', chief)).status, 303);
	for (const where of ['/', '/admin/accounts', '/calls', '/themes'])
		assert.equal((await p.get(where)).headers.location, '/password',
			where);
	const boosted = await p.get('/', { 'hx-request': 'true',
		'hx-target': 'page' });

	assert.equal(boosted.headers['hx-redirect'], '/password');
	for (const where of ['/api/phone', '/api/directory', '/auth/janus'])
		assert.equal((await p.get(where)).status, 403, where);
	const page = await p.get('/password');

	assert.match(page.text, /Пароль одноразовый/);
	assert.doesNotMatch(page.text, /data-nav=/);
	const wrong = async (field, words, old = chief) => {
		const res = await p.post('/password', { old, ...words });

		assert.equal(res.status, 422);
		assert.match(res.text, new RegExp(`id="error-${field}"`));
	};

	await wrong('fresh', { fresh: 'weak', again: 'weak' });
	await wrong('fresh', { fresh: chief, again: chief });
	await wrong('fresh', { fresh: '', again: '' });
	await wrong('again', { fresh: 'Mine-2026!x', again: 'Mine-2026!y' });
	await wrong('old', { fresh: 'Mine-2026!x', again: 'Mine-2026!x' }, 'No-1x');
	assert.equal((await p.post('/admin/accounts/new', { login: 'x' }))
		.headers.location, '/password');
	const second = await enter('chief', chief);

	// the first browser is out, and the old password is none
	assert.equal((await p.get('/')).headers.location, '/login');
	assert.equal((await new Person().enter('chief', chief)).status, 422);
	chief = second;
	assert.match((await chief.get('/admin/accounts')).text, /Первый/);
	assert.equal((await chief.get('/admin')).headers.location,
		'/admin/accounts');
});

// ---- accounts --------------------------------------------------------------

const make = (fields) => chief.post('/admin/accounts/new', {
	surname: 'Пробная', given_name: 'Анна', patronymic: 'Петровна',
	organization_id: fund, 'roles.OPERATOR_L1': 1, ...fields });
const sees = (res, field, text) => {
	assert.equal(res.status, 422);
	assert.match(res.text, new RegExp(`id="error-${field}">${text}`));
};

test('an account gets a one-time password, roles, queues, skills, themes',
	async () => {
		await pages.sql(`INSERT INTO organization (kind, code, short_name,
			full_name) VALUES ('INSURER', '26901', 'СМО', 'СМО'),
			('MO', '269001', 'МО', 'МО')`);
		await pages.sql(`INSERT INTO queue (name) VALUES ('Линия'), ('Вторая');
			INSERT INTO skill (name) VALUES ('Английский')`);
		fund = await pages.one(`SELECT id FROM organization
			WHERE kind = 'FUND'`);
		insurer = await pages.one(`SELECT id FROM organization
			WHERE kind = 'INSURER'`);
		const q = await pages.one(`SELECT id FROM queue WHERE name = 'Линия'`);
		const s = await pages.one('SELECT id FROM skill');

		await pages.sql('DELETE FROM outbox');
		const res = await make({ login: 'anna', extension: '1001',
			'roles.OPERATOR_L2': 1, [`queues.${q}`]: 3, [`skills.${s}`]: 2,
			themes: 'ZH-07.01; KN-12 ZV-05.01' });

		assert.equal(res.status, 200, res.text);
		assert.match(secretOf(res), ONE_TIME);
		const id = await userId('anna');

		assert.deepEqual(await pages.sql(`SELECT role FROM user_role
			WHERE user_id = ${id} ORDER BY role`),
		[['OPERATOR_L1'], ['OPERATOR_L2']]);
		assert.deepEqual(await pages.sql(`SELECT queue_id, level
			FROM queue_member WHERE user_id = ${id}`), [[q, '3']]);
		assert.deepEqual(await pages.sql(`SELECT skill_id, level
			FROM user_skill WHERE user_id = ${id}`), [[s, '2']]);
		assert.deepEqual((await pages.sql(`SELECT theme_code FROM user_theme
			WHERE user_id = ${id} ORDER BY theme_code`)).flat(),
		['KN-12.01', 'KN-12.02', 'KN-12.03', 'KN-12.04', 'ZH-07.01',
			'ZV-05.01']);
		assert.equal(await told('directory'), 1);
		// once: the page shows it no more
		assert.equal(secretOf(await chief.get(`/admin/accounts/${id}`)),
			undefined);
		const anna = await enter('anna', secretOf(res));

		assert.match((await anna.get('/')).text, /Пробная Анна Петровна/);
	});

test('K-1.0.3 role and organization are validated together', async () => {
	const none = { 'roles.OPERATOR_L1': '' };
	const login = 'boris';

	sees(await make({ login, ...none }), 'roles',
		'Укажите хотя бы одну роль');
	sees(await make({ login, organization_id: insurer }), 'roles',
		'«Оператор 1 уровня»: роль назначается только в ТФОМС');
	sees(await make({ login, ...none, 'roles.INSURER_REP_L2': 1 }), 'roles',
		'«Страховой представитель 2 уровня»: роль назначается только в СМО');
	for (const role of ['OPERATOR_L2', 'CC_ADMIN', 'AUDITOR',
		'SECURITY_ADMIN'])
		sees(await make({ login, organization_id: insurer, ...none,
			[`roles.${role}`]: 1 }), 'roles', '«[^»]*»: роль назначается');
	sees(await make({ login, 'roles.QUALITY_CONTROLLER': 1 }), 'roles',
		'«Специалист по контролю качества», «Оператор 1 уровня»: эти роли нельзя');
	sees(await make({ login, 'roles.AUDITOR': 1 }), 'roles',
		'«Аудитор», «Оператор 1 уровня»: эти роли нельзя');
	sees(await make({ login, ...none, 'roles.CC_ADMIN': 1,
		'roles.SECURITY_ADMIN': 1 }), 'roles',
	'«Администратор безопасности», «Администратор контакт-центра»: эти роли');
	// a clinic employs nobody here, nor does what is not there
	for (const organization_id of [await pages.one(`SELECT id
		FROM organization WHERE kind = 'MO'`), '999999', 'x', ''])
		sees(await make({ login, organization_id }), 'organization_id',
			'Укажите организацию');
	assert.equal(await userId(login), undefined);
	for (const role of ['SUPERVISOR', 'QUALITY_CONTROLLER', 'DIRECTOR'])
		assert.equal((await make({ login: role.toLowerCase().slice(0, 8),
			organization_id: insurer, ...none, [`roles.${role}`]: 1 }))
			.status, 200, role);
});

test('what is wrong is said beside its field', async () => {
	const wrong = {
		login: ['', 'a', 'Анна', 'A B', 'x'.repeat(41), 'anna', '<b>'],
		surname: ['', '   ', '1', 'х'.repeat(41), '<script>'],
		given_name: ['', '1'],
		patronymic: ['1', '‮Анна'],
		extension: ['12', '1234567', '112', '0101', 'abc', '1001'],
		themes: ['ZH-99', 'нет', '; drop'],
	};

	for (const [field, values] of Object.entries(wrong))
		for (const value of values) {
			const res = await make({ login: 'vera', extension: '1002',
				'roles.OPERATOR_L2': 1, [field]: value });

			assert.equal(res.status, 422, `${field}=${value}`);
			assert.match(res.text, new RegExp(`id="error-${field}"`));
		}
	const q = await pages.one(`SELECT id FROM queue WHERE name = 'Линия'`);

	// a queue needs a telephone, a competence the second level
	sees(await make({ login: 'vera', [`queues.${q}`]: 1 }), 'queues', '');
	sees(await make({ login: 'vera', extension: '1002',
		[`queues.${q}`]: 10 }), 'queues', '');
	sees(await make({ login: 'vera', themes: 'ZH-07' }), 'themes', '');
	assert.equal(await userId('vera'), undefined);
	// what does not exist is not even looked at
	assert.equal((await make({ login: 'vera', extension: '1002',
		'queues.999': 5, 'roles.ROOT': 1 })).status, 200);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM queue_member
		WHERE user_id = ${await userId('vera')}`), '0');
});

const form = async (id) => {
	const { text } = await chief.get(`/admin/accounts/${id}`);
	const fields = {};

	for (const m of text.matchAll(
		/<input [^>]*name="([^"]+)" type="text"[^>]*value="([^"]*)"/g))
		fields[m[1]] = m[2];
	for (const m of text.matchAll(
		/<input [^>]*type="checkbox"[^>]*name="([^"]+)" value="1" checked/g))
		fields[m[1]] = '1';
	fields.version = text.match(/name="version" value="(\d+)"/)[1];
	fields.organization_id = text.match(/value="(\d+)" selected/)[1];
	fields.themes = text.match(/name="themes"[^>]*>([^<]*)</)[1];
	return fields;
};

test('a change of rights ends the telephone, a change of name does not',
	async () => {
		const id = await userId('anna');
		const where = `/admin/accounts/${id}`;
		const anna = await Person.in('anna', 'Mine-2026!x');

		await pages.sql('DELETE FROM outbox');
		const before = await form(id);

		assert.equal((await chief.post(where, before)).status, 303);
		assert.equal(await told('directory'), 0); // nothing changed
		assert.equal((await chief.post(where, { ...before,
			surname: 'Иная' })).status, 303);
		assert.equal(await told('directory'), 1);
		assert.equal(await told('logout', id), 0);
		const stale = await chief.post(where, { ...before,
			surname: 'Третья' });

		assert.equal(stale.status, 409);
		assert.match(stale.text, /Сейчас в базе: Иная/);
		assert.match(stale.text, /value="Третья"/);
		const next = await form(id);

		delete next['roles.OPERATOR_L2'];
		next.themes = '';
		assert.equal((await chief.post(where, next)).status, 303);
		assert.equal(await told('logout', id), 1);
		assert.equal((await anna.get('/')).status, 200); // its web session stays
		const all = (await log(id)).map(([action, , params]) =>
			[action, params === 'NULL' ? null : JSON.parse(params)]);

		assert.equal(all[0][0], 'CREATE');
		assert.deepEqual(all[1], ['SAVE', { surname: ['Пробная', 'Иная'] }]);
		assert.deepEqual(all[2][1].roles, ['OPERATOR_L1=1;OPERATOR_L2=1',
			'OPERATOR_L1=1']);
		const { text } = await chief.get(where);

		assert.match(text, /Роли: Оператор 1 уровня, Оператор 2 уровня → Оператор 1 уровня/);
		assert.match(text, /Первый П/);
	});

test('a blocked account is out at once, everywhere', async () => {
	const id = await userId('anna');
	const where = `/admin/accounts/${id}`;
	const anna = await Person.in('anna', 'Mine-2026!x');

	await pages.sql('DELETE FROM outbox');
	assert.equal((await chief.post(where, { do: 'block' })).status, 303);
	assert.equal((await anna.get('/')).headers.location, '/login');
	assert.equal(await told('logout', id), 1);
	assert.equal(await told('directory'), 1);
	assert.match((await new Person().enter('anna', 'Mine-2026!x')).text,
		/Учётная запись заблокирована/);
	// what the button no longer offers is not there
	assert.equal((await chief.post(where, { do: 'block' })).status, 404);
	assert.equal((await chief.post(where, { do: 'nonsense' })).status, 404);
	// a password does not let him in
	const fresh = await chief.post(where, { do: 'reset' });

	assert.match(secretOf(fresh), ONE_TIME);
	assert.match((await new Person().enter('anna', secretOf(fresh))).text,
		/Учётная запись заблокирована/);
	assert.equal((await chief.post(where, { do: 'unblock' })).status, 303);
	await enter('anna', secretOf(fresh), 'Again-2026!x');
	assert.deepEqual((await log(id)).map((r) => r[0]).slice(-3),
		['BLOCK', 'PASSWORD_RESET', 'UNBLOCK']);
});

test('nobody gives himself rights, and the last one stays', async () => {
	const id = await userId('chief');
	const where = `/admin/accounts/${id}`;
	const own = await form(id);
	const more = await chief.post(where, { ...own, 'roles.SUPERVISOR': 1 });

	sees(more, 'roles', 'Свои роли и организацию изменяет другой');
	for (const act of ['block', 'reset'])
		assert.equal((await chief.post(where, { do: act })).status, 409, act);
	assert.equal((await chief.post(where, { ...own, surname: 'Главный' }))
		.status, 303);
	// a second one may block the first, but not be blocked then
	const res = await make({ login: 'second', 'roles.OPERATOR_L1': '',
		'roles.SECURITY_ADMIN': 1 });
	const second = await enter('second', secretOf(res));
	const other = await userId('second');

	await pages.sql(`UPDATE user_account SET blocked = 1 WHERE id = ${id}`);
	const last = await second.post(`/admin/accounts/${other}`,
		{ do: 'block' });

	assert.equal(last.status, 409);
	await pages.sql(`UPDATE user_account SET blocked = 0 WHERE id = ${id}`);
	// two who would block each other: one of them stays
	chief = await Person.in('chief', 'Mine-2026!x');
	await Promise.all([
		chief.post(`/admin/accounts/${other}`, { do: 'block' }),
		second.post(`/admin/accounts/${id}`, { do: 'block' })]);
	assert.ok(Number(await pages.one(`SELECT COUNT(*) FROM user_account
		WHERE blocked = 0 AND id IN (${id}, ${other})`)) >= 1);
	await pages.sql(`UPDATE user_account SET blocked = 0
		WHERE id IN (${id}, ${other})`);
	chief = await Person.in('chief', 'Mine-2026!x');
});

test('--recover makes one though there is one, and says so in the log',
	async () => {
		const id = await userId('second');

		await pages.sql(`UPDATE user_account SET blocked = 1
			WHERE id = ${id}`);
		// an account of another kind is not taken over
		assert.equal(admin('create', '--recover', 'anna').status, 1);
		const back = admin('create', 'second', '--recover');

		assert.equal(back.status, 0, back.stderr);
		const p = await enter('second', back.stdout.trim(), 'Third-2026!x');

		assert.equal((await p.get('/admin/accounts')).status, 200);
		assert.equal(admin('create', '--recover', 'rescue').status, 0);
		assert.deepEqual((await log(id)).at(-1).slice(0, 2),
			['PASSWORD_RESET', 'otklik-admin --recover']);
		assert.deepEqual((await log(await userId('rescue')))
			.map((r) => r.slice(0, 2)),
		[['ACCOUNT_ADD', 'otklik-admin --recover']]);
	});

test('the administrator of the centre reads accounts and changes none',
	async () => {
		const res = await make({ login: 'center', 'roles.OPERATOR_L1': '',
			'roles.CC_ADMIN': 1 });
		const p = await enter('center', secretOf(res));
		const id = await userId('anna');

		assert.match((await p.get(`/admin/accounts/${id}`)).text, /Анна/);
		assert.equal((await p.get('/admin/accounts/new')).status, 404);
		for (const [where, fields] of [['new', { login: 'x' }],
			[id, { do: 'block' }], [id, { do: 'reset' }],
			[await userId('center'), { 'roles.SECURITY_ADMIN': 1 }]])
			assert.equal((await p.post(`/admin/accounts/${where}`, fields))
				.status, 403);
		assert.doesNotMatch((await p.get(`/admin/accounts/${id}`)).text,
			/name="do"/);
	});

// ---- files -----------------------------------------------------------------

const HEAD = 'login,surname,given_name,patronymic,organization,extension,' +
	'roles,queues,skills,themes\n';
const STAFF = `${HEAD}gleb,Глебов,Глеб,,26000,1101,ОП1;ОП2,"Линия=2; Вторая",Английский=3,KN-01.01
dina,Динина,Дина,Олеговна,26901,1102,INSURER_REP_L2,,,ZH-07
`;
const counts = (res) => res.text.match(/id="import-counts">([^<]*)</)?.[1]
	.match(/\d+/g).map(Number);
const protocol = (res) => [...res.text.matchAll(
	/<tr><th scope="row" class="num">(\d+)<\/th><td>([^<]*)<\/td><td>([^<]*)</g)]
	.map(([, line, column, text]) => [Number(line), column, text]);
const load = (p, what, text, act = 'load') => p.post(`/bulk/admin/${what}/import`,
	{ text, do: act });
const people = () => pages.one('SELECT COUNT(*) FROM user_account');

test('staff from a file: looked at first, then all of it, with passwords',
	async () => {
		const before = await people();
		const dry = await load(chief, 'accounts', STAFF, 'check');

		assert.equal(dry.status, 200, dry.text);
		assert.match(dry.text, /Ошибок нет\. Ничего ещё не записано/);
		assert.deepEqual(counts(dry), [2, 2, 0, 0, 0]);
		assert.equal(await people(), before);
		assert.match(dry.text, /gleb,Глебов/); // still in the field
		await pages.sql('DELETE FROM outbox');
		const res = await load(chief, 'accounts', `\ufeff${STAFF}`
			.replaceAll('\n', '\r\n'));

		assert.equal(res.status, 200, res.text);
		const secrets = Object.fromEntries([...res.text.matchAll(
			/<th scope="row">([^<]*)<\/th><td class="num" data-secret>([^<]*)</g)]
			.map(([, login, secret]) => [login, secret]));

		assert.deepEqual(Object.keys(secrets), ['gleb', 'dina']);
		const id = await userId('gleb');

		assert.deepEqual(await pages.sql(`SELECT q.name, m.level
			FROM queue_member m JOIN queue q ON q.id = m.queue_id
			WHERE m.user_id = ${id} ORDER BY q.name`),
		[['Вторая', '1'], ['Линия', '2']]);
		assert.equal(await pages.one(`SELECT level FROM user_skill
			WHERE user_id = ${id}`), '3');
		assert.equal(await told('directory'), 1);
		assert.deepEqual((await log(id)).map((r) => r[0]), ['CREATE']);
		await enter('gleb', secrets.gleb);
		await enter('dina', secrets.dina);
	});

test('one wrong row and nothing of the file is written', async () => {
	const before = await people();
	const bad = `${HEAD}ok,Верный,Пётр,,26000,1201,ОП1,,,
gleb,Глебов,Глеб,,26000,1202,ОП1,,,
ok,Второй,Пётр,,26000,1203,ОП1,,,
wrong,Иной,Пётр,,26900,12,ОП9,Нет такой,,ZZ
few,Мало
role,Ролев,Пётр,,26901,,ОП1,,,
`;
	const res = await load(chief, 'accounts', bad);

	assert.equal(res.status, 422);
	assert.match(res.text, /Ничего не записано/);
	assert.deepEqual(counts(res), [6, 1, 0, 0, 5]);
	assert.deepEqual(protocol(res), [
		[3, 'Логин', 'Уже занято другой учётной записью'],
		[4, 'Логин', 'Уже занято другой учётной записью'],
		[5, 'Организация', 'Нет такого значения'],
		[5, 'Роли', 'Нет такого значения'],
		[5, 'Очереди', 'Нет такого значения'],
		[6, '', 'Число полей не такое, как в первой строке'],
		[7, 'Роли',
			'«Оператор 1 уровня»: роль назначается только в ТФОМС'],
	]);
	assert.equal(await people(), before);
	assert.equal(await userId('ok'), undefined);
	const file = async (text, error) => {
		const wrong = await load(chief, 'accounts', text);

		assert.equal(wrong.status, 422, text);
		assert.equal(protocol(wrong)[0]?.[2], error, text);
	};

	await file('', 'Файл пуст');
	await file('login,surname,phone\n', 'Неизвестный столбец');
	await file('login,blocked\nx,1\n', 'Неизвестный столбец');
	await file(`${HEAD}"open,x\n`, 'Кавычки не закрыты, или полей больше 16');
	await file(`${HEAD}\ufffd\ufffd,x\n`, 'Файл не в UTF-8');
	await file(HEAD + Array.from({ length: 101 }, (_, i) =>
		`many${i},Многих,Пётр,,26000,,ОП1,,,\n`).join(''),
	'Слишком много строк; больше загружает otklik-admin import-staff');
	assert.equal(await people(), before);
});

test('passwords of a file are hashed in turn with those who sign in, and apart from the pages',
	async () => {
		const form = (await chief.get('/admin/accounts/import')).text;

		assert.match(form, /action="\/bulk\/admin\/accounts\/import"/);
		assert.equal((await chief.post('/admin/accounts/import', { text: HEAD,
			do: 'check' })).status, 404);
		// both places are taken
		const files = [0, 1].map((n) => path.join(pages.dir, `run/hash.${n}`));
		const holders = files.map((f) => spawn('flock', [f, 'sh', '-c',
			'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] }));

		await Promise.all(holders.map((h) => once(h.stdout, 'data')));
		const inodes = files.map((f) => `:${statSync(f).ino} `);
		const waits = () => readFileSync('/proc/locks', 'utf8').split('\n')
			.some((l) => / -> FLOCK /.test(l) && inodes.some((i) =>
				l.includes(i)));
		let res = null;
		const loaded = load(chief, 'accounts',
			`${HEAD}slot,Местов,Пётр,,26000,,ОП1,,,\n`).then((r) => {
			res = r;
		});
		const end = performance.now() + PATIENCE;

		try {
			while (!waits()) {
				assert.equal(res, null, 'it did not wait');
				assert.ok(performance.now() < end);
				await chief.get('/password');
			}
		} finally {
			for (const h of holders)
				h.stdin.end();
		}
		await loaded;
		assert.equal(res.status, 200, res.text);
	});

test('the program loads the same files, of any length', async () => {
	const file = path.join(pages.dir, 'staff.csv');
	const cli = (...args) => spawnSync(path.join(ROOT,
		'build/cgi/otklik-admin'), args, { env: pages.env, encoding: 'utf8',
		cwd: ROOT });
	const before = Number(await people());

	writeFileSync(file, `${HEAD.replaceAll(',', ';')}zoya;Зоева;Зоя;;26000;;"ОП1;СВ";;;\n`);
	const dry = cli('import-staff', '--dry-run', file);

	assert.equal(dry.status, 0, dry.stderr);
	assert.equal(dry.stdout, '');
	assert.equal(Number(await people()), before);
	const done = cli('import-staff', file);

	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, /^zoya,[A-Za-z2-9-]{19}\n$/);
	await enter('zoya', done.stdout.trim().split(',')[1]);
	const again = cli('import-staff', file);

	assert.equal(again.status, 1);
	assert.match(again.stderr, /строка 2, Логин: Уже занято/);
	assert.match(again.stderr, /ничего не записано/);
	assert.equal(Number(await people()), before + 1);
	assert.equal(cli('import-staff', '/no/such').status, 1);
	assert.equal(cli('import-staff').status, 2);
	// the seed's own file of organizations
	const orgs = cli('import-organizations', 'db/seed/organizations.csv');

	assert.equal(orgs.status, 0, orgs.stderr);
	assert.ok(Number(await pages.one(`SELECT COUNT(*) FROM organization
		WHERE kind = 'MO'`)) >= 60);
});

test('K-4.1.6 organizations from a file: new ones, changed ones, the same',
	async () => {
		const p = await Person.in('center', 'Mine-2026!x');
		const head = 'kind,code,short_name,full_name,town,phones\n';
		const text = `${head}MO,269901,Новая МО,Новая МО полностью,Пробный,112
MO,269001,Переименованная,Переименованная МО,,+7 (8652) 00-00-01
`;
		const hours = () => pages.one(`SELECT hours FROM organization
			WHERE code = '269001'`);

		await pages.sql(`UPDATE organization SET hours = 'по будням'
			WHERE code = '269001'`);
		const res = await load(p, 'organizations', text);

		assert.equal(res.status, 200, res.text);
		assert.deepEqual(counts(res), [2, 1, 1, 0, 0]);
		assert.deepEqual(counts(await load(p, 'organizations', text)),
			[2, 0, 0, 2, 0]);
		// what the file has no column for stays
		assert.equal(await hours(), 'по будням');
		const bad = await load(p, 'organizations', `${head}MO,26,a,b,,1
CLINIC,26992,a,b,,112\n`);

		assert.equal(bad.status, 422);
		assert.deepEqual(protocol(bad).map(([line, column]) =>
			[line, column]), [[2, 'Телефоны'], [2, 'Код'], [3, 'Вид']]);
		assert.equal((await load(p, 'accounts', STAFF)).status, 403);
	});

await run();
