#!/usr/bin/env node
// What an administrator keeps of the telephone, over HTTP: settings, queues,
// numbers, hours, dial plan, lines. limit: 240 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const people = {};
const log = async (object, id) => (await pages.sql(`SELECT action, params
	FROM access_log WHERE object_type = '${object}' AND object_id = '${id}'
	AND action IN ('CREATE', 'SAVE', 'REMOVE') ORDER BY id`))
	.map(([action, params]) => [action, JSON.parse(params)]);
const told = async (kind = 'directory') => {
	const n = await pages.one(`SELECT COUNT(*) FROM outbox
		WHERE kind = '${kind}'`);

	await pages.sql('DELETE FROM outbox');
	return Number(n);
};
const setting = (name) => pages.sql(`SELECT value, version FROM setting
	WHERE name = '${name}'`).then(([r]) => r);
const change = (who, name, value, version = 1) => people[who].post(
	`/admin/settings/${name}`, { value, version });
// What a browser sends of a page's form.
const fields = (text) => {
	const form = text.match(/<form class="row[^]*?<\/form>/)[0];
	const all = [];

	for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
		const [, name] = tag.match(/ name="([^"]*)"/) ?? [];
		const box = / type="checkbox"/.test(tag);

		if (name && name !== 'csrf' && (!box || / checked/.test(tag)))
			all.push([name, tag.match(/ value="([^"]*)"/)?.[1] ?? '']);
	}
	for (const [, name, body] of form.matchAll(
		/<select[^>]* name="([^"]*)"[^>]*>([^]*?)<\/select>/g))
		all.push([name, body.match(/value="([^"]*)" selected/)?.[1] ?? '']);
	return all;
};
const opened = async (who, where) =>
	fields((await people[who].get(where)).text);
const sendOf = (who, where, was, change_) => {
	const all = was.filter(([n]) => !(n in change_));

	for (const [n, v] of Object.entries(change_))
		for (const one of [v].flat())
			all.push([n, one]);
	return people[who].send(where, new URLSearchParams([['csrf',
		people[who].csrf], ...all]));
};
const send = async (who, where, change_) =>
	sendOf(who, where, await opened(who, where), change_);

test('each role signs in', async () => {
	for (const login of ['admin', 'admin2', 'super1', 'security'])
		people[login] = await Person.in(login);
});

// ---- settings ---------------------------------------------------------------

test('every setting has its rule, its words and the value of it', async () => {
	assert.deepEqual(await pages.sql(`SELECT name FROM setting
		WHERE about = '' OR (kind = 'NUMBER' AND least > most)
		OR (kind = 'NUMBER' AND value <> '' AND NOT value BETWEEN least + 0
		AND most + 0)`), []);
	const { text } = await people.admin.get('/admin/settings');

	for (const [name] of await pages.sql('SELECT name FROM setting'))
		assert.ok(text.includes(`<tr id="${name}">`), name);
	assert.match(text, /Ожидание ответа при переводе/);
	assert.match(text, /5–120/);
	// nought is a value too
	assert.match(text, /Срок консультации[^]*?<td class="small">0<\/td>/);
});

test('a changed setting is stored, logged and told to the telephone',
	async () => {
		await told();
		assert.equal((await change('admin', 'phone.ring_s', ' 025 ')).status,
			303);
		assert.deepEqual(await setting('phone.ring_s'), ['25', '2']);
		assert.equal(await told(), 1);
		assert.deepEqual(await log('setting', 'phone.ring_s'),
			[['SAVE', { value: ['20', '25'] }]]);
	});

test('a value out of its range is refused beside its field', async () => {
	for (const [name, bad] of Object.entries({
		'phone.ring_s': ['', ' ', '4', '121', '-5', '1e2', '20;', 'x'.repeat(
			1001), '1'.repeat(400), '<b>'],
		'region.zone': ['', 'Moscow', '../../etc/passwd', 'Europe/Paris'],
		'emergency.112': ['', '1', '112 103', '112;'],
		'callback.on': ['2', 'да'] }))
		for (const value of bad) {
			const [was] = await setting(name);
			const res = await change('admin', name, value, 9);

			assert.equal(res.status, 422, `${name}=${value}`);
			assert.match(res.text, /Такое значение не допускается/);
			assert.doesNotMatch(res.text, /<b>/);
			assert.equal((await setting(name))[0], was);
		}
	assert.equal((await change('admin', 'no.such', '1')).status, 404);
	assert.equal((await change('admin', 'phone.ring_s', '20', 'x')).status,
		422);
	// what may be empty may be emptied
	assert.equal((await change('admin', 'unassigned.deal_min', '')).status,
		303);
});

test('the second of two savers sees what the first one saved', async () => {
	const [, version] = await setting('dial.ring_s');

	assert.equal((await change('admin', 'dial.ring_s', '50', version)).status,
		303);
	const late = await change('admin2', 'dial.ring_s', '70', version);

	assert.equal(late.status, 409);
	assert.match(late.text, /Сейчас в базе: 50/);
	assert.match(late.text, /value="70"/);
	assert.equal((await setting('dial.ring_s'))[0], '50');
});

test('a supervisor reads the settings and changes none', async () => {
	const { status, text } = await people.super1.get('/admin/settings');

	assert.equal(status, 200);
	assert.doesNotMatch(text, /name="value"/);
	assert.equal((await change('super1', 'phone.ring_s', '30')).status, 403);
});

test('another zone shows other times at once', async () => {
	const zone = async (name) => {
		const [, version] = await setting('region.zone');

		assert.equal((await change('admin', 'region.zone', name, version))
			.status, 303);
		const end = performance.now() + 30000;

		while (!(await people.super1.get('/admin/settings')).text
			.includes(`data-zone="${name}"`))
			assert.ok(performance.now() < end, name);
	};

	await zone('Asia/Omsk');
	await zone('Europe/Moscow');
});

test('a region below ten has its nought', async () => {
	for (const typed of ['5', '05']) {
		const [, version] = await setting('region.code');

		assert.equal((await change('admin', 'region.code', typed, version))
			.status, 303, typed);
		assert.equal((await setting('region.code'))[0], '05', typed);
	}
	const [, version] = await setting('region.code');

	for (const bad of ['', '0', '00', '100', '5a', '-5'])
		assert.equal((await change('admin', 'region.code', bad, version))
			.status, 422, bad);
	assert.match((await people.admin.get('/admin/settings')).text, /01–99/);
	assert.equal((await change('admin', 'region.code', '26', version)).status,
		303);
	assert.equal((await setting('region.code'))[0], '26');
});

// ---- queues (K-2.0.4) -------------------------------------------------------

test('K-2.0.4 the rule of a queue is the administrator\'s', async () => {
	const [op1, op2, rep1] = await Promise.all(['op1', 'op2', 'rep1'].map(
		(l) => pages.one(`SELECT id FROM user_account WHERE login = '${l}'`)));

	await told();
	const res = await send('admin', '/admin/queues/1', {
		strategy: 'fixed_priority', level1: [op2, op1], level2: rep1,
		priority_s: '30', join_empty: ['paused', 'unavailable'],
		late_action: 'queue', late_queue_id: '2' });

	assert.equal(res.status, 303, res.text);
	assert.equal(await told(), 1);
	assert.deepEqual(await pages.sql(`SELECT strategy, priority_s, join_empty,
		leave_empty, late_action, late_queue_id, version FROM queue
		WHERE id = 1`), [['fixed_priority', '30', 'paused,unavailable', '',
		'queue', '2', '2']]);
	assert.deepEqual(await pages.sql(`SELECT user_id, level FROM queue_member
		WHERE queue_id = 1 ORDER BY position`),
	[[op1, '1'], [op2, '1'], [rep1, '2']]);
	const changes = (await log('queue', 1)).at(-1)[1];

	assert.deepEqual(changes.strategy, ['longest_idle', 'fixed_priority']);
	assert.deepEqual(changes.level2, ['', rep1]);
	// the same again is nothing new
	assert.equal((await send('admin', '/admin/queues/1', {})).status, 303);
	assert.equal(await told(), 0);
	assert.equal(await pages.one('SELECT version FROM queue WHERE id = 1'),
		'2');
});

test('K-2.0.4 a queue that could not work is not stored', async () => {
	const rep1 = await pages.one(`SELECT id FROM user_account
		WHERE login = 'rep1'`);
	const admin = await pages.one(`SELECT id FROM user_account
		WHERE login = 'admin'`);

	for (const [field, bad] of [
		['strategy', { strategy: 'lottery' }],
		['late_queue_id', { late_queue_id: '1' }],
		['late_queue_id', { late_queue_id: '' }],
		['full_queue_id', { full_action: 'queue' }],
		['skill_id', { strategy: 'skills' }],
		['skill_least', { skill_level: '2', skill_least: '3' }],
		['level1', { level1: admin }], // no queue for administrators
		['level1', { level1: '999999' }],
		['level1', { level1: `${rep1},${rep1}` }],
		['level2', { level1: rep1, level2: rep1 }],
		['join_empty', { join_empty: ['paused', 'asleep'] }],
		['join_empty', { join_empty: ['paused', 'paused'] }],
		['ring_timeout_s', { ring_timeout_s: '4' }],
		['max_len', { max_len: '1001' }],
		['max_len', { max_len: '-1' }],
		['name', { name: ' ' }]]) {
		const res = await send('admin', '/admin/queues/1', bad);

		assert.equal(res.status, 422, JSON.stringify(bad));
		assert.match(res.text, new RegExp(`id="error-${field}"`),
			JSON.stringify(bad));
	}
	assert.equal(await pages.one('SELECT version FROM queue WHERE id = 1'),
		'2');
});

// Pages of a set of operators, and where it stands.
const SETS = [
	['/admin/queues/1', 'queue_member', 'queue_id', 'queues.1',
		{ wrapup_s: 61 }, { wrapup_s: 62 }],
	['/admin/skills/1', 'user_skill', 'skill_id', 'skills.1',
		{ name: 'Другой' }, { name: 'Третий' }],
];

for (const [where, table, owner, , other] of SETS) {
	test(`a level above three outlives ${where}`, async () => {
		const [op1, op2, rep1] = await Promise.all(['op1', 'op2', 'rep1'].map(
			(l) => pages.one(`SELECT id FROM user_account
				WHERE login = '${l}'`)));
		const levels = async () => Object.fromEntries(await pages.sql(
			`SELECT user_id, level FROM ${table} WHERE ${owner} = 1
			AND user_id IN (${op1}, ${op2}, ${rep1})`));
		const save = async (change_) => {
			const res = await send('admin', where, change_);

			assert.equal(res.status, 303, res.text);
		};

		await pages.sql(`REPLACE INTO ${table} (${owner}, user_id, level)
			VALUES (1, ${op1}, 7), (1, ${op2}, 1), (1, ${rep1}, 4)`);
		await save(other);
		assert.deepEqual(await levels(), { [op1]: '7', [op2]: '1',
			[rep1]: '4' });
		// one who comes into their group begins there
		await save({ level1: [], level3: [op1, op2, rep1] });
		assert.deepEqual(await levels(), { [op1]: '7', [op2]: '3',
			[rep1]: '4' });
		await save({ level2: op1, level3: [op2] });
		assert.deepEqual(await levels(), { [op1]: '2', [op2]: '3' });
		await save({ level1: [op1, op2], level2: rep1, level3: [] });
	});
}

for (const [where, table, owner, field, , other] of SETS) {
	test(`of two who change one membership the second sees the first: ${where}`,
		async () => {
			const [id, rep1] = await Promise.all(['op2', 'rep1'].map((l) =>
				pages.one(`SELECT id FROM user_account
					WHERE login = '${l}'`)));
			const account = `/admin/accounts/${id}`;
			const level = () => pages.one(`SELECT level FROM ${table}
				WHERE ${owner} = 1 AND user_id = ${id}`);
			const versions = async () => Object.fromEntries(await pages.sql(
				'SELECT login, version FROM user_account'));
			let open = await opened('admin', where);
			let res = await send('security', account, { [field]: 5 });

			assert.equal(res.status, 303, res.text);
			res = await sendOf('admin', where, open, { ...other, level1: [] });
			assert.equal(res.status, 409);
			assert.match(res.text, /Запись изменена другим пользователем/);
			assert.equal(await level(), '5');
			// and the other way round
			const before = await versions();

			open = await opened('security', account);
			res = await send('admin', where, { level2: [id, rep1],
				level3: [] });
			assert.equal(res.status, 303, res.text);
			assert.equal(await level(), '2');
			res = await sendOf('security', account, open,
				{ given_name: 'Пётр' });
			assert.equal(res.status, 409);
			assert.equal(await level(), '2');
			// of nobody else
			const after = await versions();

			assert.deepEqual(Object.keys(after).filter((l) =>
				after[l] !== before[l]), ['op2']);
			res = await send('security', account, { [field]: 1 });
			assert.equal(res.status, 303, res.text);
		});
}

test('a queue of six hundred operators is saved', async () => {
	const name = 'Большая';

	await pages.sql(`INSERT INTO user_account (login, password_hash, surname,
		given_name, organization_id, extension) SELECT CONCAT('many', seq), '',
		'Многих', 'Пётр', (SELECT organization_id FROM user_account
		WHERE login = 'op1'), 20000 + seq FROM seq_1_to_600;
		INSERT INTO user_role (user_id, role) SELECT id, 'OPERATOR_L1'
		FROM user_account WHERE login LIKE 'many%';
		INSERT INTO queue (name) VALUES ('${name}')`);
	const all = (await pages.sql(`SELECT id FROM user_account
		WHERE login LIKE 'many%'`)).flat();
	const id = await pages.one(`SELECT id FROM queue WHERE name = '${name}'`);
	const count = () => pages.one(`SELECT COUNT(*) FROM queue_member
		WHERE queue_id = ${id}`);
	const res = await send('admin', `/admin/queues/${id}`, { level1: all });

	assert.equal(res.status, 303, res.text);
	assert.equal(await count(), '600');
	assert.equal((await send('admin', `/admin/queues/${id}`, { wrapup_s: 61 }))
		.status, 303);
	assert.equal(await count(), '600');
	await pages.sql(`DELETE FROM queue WHERE id = ${id};
		DELETE FROM user_role WHERE user_id IN (${all});
		DELETE FROM user_account WHERE id IN (${all})`);
});

test('a queue is made, and goes while nothing leads to it', async () => {
	const made = await send('admin', '/admin/queues/new', { name: 'Пробная',
		strategy: 'ring_all', ring_timeout_s: 20, wrapup_s: 60,
		position_interval_s: 30, max_wait_s: 600, late_action: 'voice',
		max_len: 10, full_action: 'end', max_places: 5, priority_s: 0,
		sticky_min: 0, keep_min: 0, skill_level: 1, skill_least: 1,
		skill_relax_s: 0 });

	assert.equal(made.status, 303, made.text);
	const id = await pages.one("SELECT id FROM queue WHERE name = 'Пробная'");

	assert.equal((await people.admin.post('/admin/routes/new', {
		number: '8 (8652) 00-00-77', queue_id: id, priority_s: 0 })).status,
	303);
	assert.equal((await people.admin.post(`/admin/queues/${id}`,
		{ remove: 1 })).status, 409);
	const route = await pages.one(`SELECT id FROM inbound_route
		WHERE number = '+78652000077'`);

	assert.equal((await people.admin.post(`/admin/routes/${route}`,
		{ remove: 1 })).status, 303);
	assert.equal((await people.admin.post(`/admin/queues/${id}`,
		{ remove: 1 })).status, 303);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM queue
		WHERE id = ${id}`), '0');
});

test('the route of all other numbers is there once and stays', async () => {
	assert.equal((await send('admin', '/admin/routes/1', { number:
		'+78652000055' })).status, 422);
	assert.equal((await people.admin.post('/admin/routes/new', { number: '',
		queue_id: 1, priority_s: 0 })).status, 422);
	assert.equal((await people.admin.post('/admin/routes/1', { remove: 1 }))
		.status, 409);
	assert.equal((await send('admin', '/admin/routes/1', { hours_id: '1' }))
		.status, 303);
	assert.equal((await send('admin', '/admin/routes/1', { hours_id: '' }))
		.status, 303);
});

// ---- hours ------------------------------------------------------------------

test('hours are kept as they are written, day by day', async () => {
	const res = await send('admin', '/admin/hours/1', { day1: '9-13; 14-18',
		day6: '10:00 – 24:00' });

	assert.equal(res.status, 303, res.text);
	assert.deepEqual(await pages.sql(`SELECT weekday, opens, closes
		FROM business_interval WHERE hours_id = 1 AND weekday IN (1, 6)
		ORDER BY weekday, opens`), [['1', '09:00:00', '13:00:00'],
		['1', '14:00:00', '18:00:00'], ['6', '10:00:00', '24:00:00']]);
	assert.deepEqual((await log('business_hours', 1)).at(-1)[1], {
		day1: ['09:00–18:00', '09:00–13:00, 14:00–18:00'],
		day6: ['', '10:00–24:00'] });
	for (const bad of ['18-9', 'весь день', '9-13, 12-14', '9:99-10',
		'1-2,3-4,5-6,7-8,9-10', '9-18<script>'])
		assert.equal((await send('admin', '/admin/hours/1', { day2: bad }))
			.status, 422, bad);
	const closed = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((d) =>
		[`day${d}`, '']));

	assert.equal((await send('admin', '/admin/hours/1', closed)).status, 422);
	assert.equal((await people.admin.post('/admin/hours/1', { remove: 1 }))
		.status, 409); // a number has them
});

// ---- dial plan (D19) --------------------------------------------------------

const tried = async (number, role = 'OPERATOR_L1') =>
	(await people.admin.post('/admin/dial', { number, role })).text
		.match(/id="try-result">([^]*?)<\/dl>/)?.[1].replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ');

test('«Проверить номер» says what would become of a call', async () => {
	assert.match(await tried('8 (962) 440-11-22'),
		/Разрешено : .*Мобильные номера России.*\+79624401122.*Оператор связи/);
	assert.match(await tried('+4930123456'),
		/Запрещено : .*ни одно правило не подходит/);
	assert.match(await tried('88091234567'),
		/Запрещено : .*Платные и служебные коды/);
	assert.match(await tried('112'), /Экстренная служба : 112/);
	for (const bad of ['', '  ', 'abc', '++7', '1'.repeat(65), '<b>'])
		assert.equal((await people.admin.post('/admin/dial', { number: bad,
			role: 'OPERATOR_L1' })).status, 422, bad);
	assert.equal((await people.admin.post('/admin/dial', { number: '112',
		role: 'KING' })).status, 422);
});

test('a rule is for those it names, and written as its line wants it',
	async () => {
		const rule = { position: 15, name: 'Берлин', pattern: '+4930*',
			allow: 1, roles: 'SUPERVISOR', form: 'E164',
			presented: '8 8652 00-00-09' };

		assert.equal((await people.admin.post('/admin/dial/new', rule)).status,
			303);
		assert.match(await tried('+4930123456', 'SUPERVISOR'),
			/Разрешено.*Берлин.*\+7 \(865\) 200-00-09/);
		assert.match(await tried('+4930123456'), /Запрещено/);
		for (const [field, value] of [['pattern', ''], ['pattern', '+49*30'],
			['pattern', '[12'], ['pattern', 'X'.repeat(41)],
			['presented', 'нет'], ['form', 'E1'], ['roles', 'DIRECTOR'],
			['trunk_id', 'x'], ['position', '10000'], ['name', '']]) {
			const res = await people.admin.post('/admin/dial/new',
				{ ...rule, [field]: value });

			assert.equal(res.status, 422, `${field}=${value}`);
			assert.match(res.text, new RegExp(`id="error-${field}"`));
		}
	});

// ---- who reads what (section 7) ---------------------------------------------

test('in an insurer they read what serves its own queues', async () => {
	const org = await pages.one(`SELECT organization_id FROM user_account
		WHERE login = 'rep1'`);
	const fund = await pages.one("SELECT id FROM organization WHERE kind = 'FUND'");

	await pages.sql(`INSERT INTO queue (name, organization_id) VALUES
		('Своя', ${org}), ('Чужая', (SELECT id FROM organization
		WHERE kind = 'INSURER' AND id <> ${org} LIMIT 1));
		INSERT INTO business_hours (name) VALUES ('Свои часы'), ('Ничьи часы');
		INSERT INTO inbound_route (number, queue_id, hours_id) VALUES
		('+78652000091', (SELECT id FROM queue WHERE name = 'Своя'),
		(SELECT id FROM business_hours WHERE name = 'Свои часы')),
		('+78652000092', (SELECT id FROM queue WHERE name = 'Чужая'), NULL)`);
	for (const [login, role] of [['sv', 'SUPERVISOR'], ['di', 'DIRECTOR']]) {
		await pages.sql(`INSERT INTO user_account (login, password_hash,
			surname, given_name, organization_id) SELECT '${login}',
			password_hash, 'Чтецов', 'Пётр', ${org} FROM user_account
			WHERE login = 'super1'; INSERT INTO user_role (user_id, role)
			VALUES (LAST_INSERT_ID(), '${role}')`);
		people[login] = await Person.in(login);
	}
	const own = await pages.one("SELECT id FROM queue WHERE name = 'Своя'");
	const other = await pages.one("SELECT id FROM queue WHERE name = 'Чужая'");
	const idOf = (table, column, value) => pages.one(`SELECT id FROM ${table}
		WHERE ${column} = '${value}'`);
	const listed = async (who, what) => [...(await people[who]
		.get(`/admin/${what}`)).text.matchAll(
		/<tr tabindex="-1"><td data-find>([^<]*)</g)].map(([, name]) => name);
	const status = async (who, where) => (await people[who]
		.get(`/admin/${where}`)).status;

	for (const who of ['sv', 'di']) {
		assert.deepEqual(await listed(who, 'queues'), ['Своя']);
		assert.deepEqual(await listed(who, 'routes'), ['+78652000091']);
		assert.deepEqual(await listed(who, 'hours'), ['Свои часы']);
		assert.equal(await status(who, `queues/${own}`), 200);
		for (const id of [1, 2, other])
			assert.equal(await status(who, `queues/${id}`), 404);
		assert.equal(await status(who, 'routes/1'), 404);
		assert.equal(await status(who, `routes/${await idOf('inbound_route',
			'number', '+78652000091')}`), 200);
		assert.equal(await status(who, `hours/${await idOf('business_hours',
			'name', 'Ничьи часы')}`), 404);
		// of no organization
		for (const where of ['skills', 'skills/1', 'dial', 'dial/1'])
			assert.equal(await status(who, where), 403, where);
		assert.equal((await people[who].post('/admin/dial', { number: '112',
			role: 'SUPERVISOR' })).status, 403);
		assert.doesNotMatch((await people[who].get('/admin/queues')).text,
			/href="\/admin\/(skills|dial)"/);
	}
	// in the fund: its own, and what is nobody's
	const seen = await listed('super1', 'queues');

	assert.ok(seen.length > 1 && !seen.includes('Своя') &&
		!seen.includes('Чужая'), seen.join());
	assert.ok((await listed('super1', 'hours')).includes('Ничьи часы'));
	assert.ok(!(await listed('super1', 'hours')).includes('Свои часы'));
	assert.equal(await status('super1', 'routes/1'), 200);
	assert.equal(await status('super1', `queues/${own}`), 404);
	await pages.sql(`UPDATE queue SET organization_id = ${fund}
		WHERE id = ${own}`);
	assert.ok((await listed('super1', 'queues')).includes('Своя'));
	await pages.sql(`UPDATE queue SET organization_id = ${org}
		WHERE id = ${own}`);
	assert.deepEqual((await listed('admin', 'queues')).filter((n) =>
		['Своя', 'Чужая'].includes(n)), ['Своя', 'Чужая']);
});

test('in an insurer they hear the prompts of its own callers', async () => {
	const queue = (name) => `(SELECT id FROM queue WHERE name = '${name}')`;
	const [mine, all, theirs, spare] = [1, 2, 3, 4].map((n) => 9000 + n);

	await pages.sql(`INSERT INTO prompt_file (id, used_for, number, name,
		source, user_id, at, state) VALUES ${[mine, all, theirs, spare].map(
	(id) => `(${id}, 'sorry', ${id}, 'Запись ${id}', 'a.wav', 1, NOW(), 'READY')`)};
		INSERT INTO prompt_use (queue_id, used_for, file_id) VALUES
		(${queue('Своя')}, 'sorry', ${mine}), (0, 'sorry', ${all}),
		(${queue('Чужая')}, 'sorry', ${theirs})`);
	const { text } = await people.sv.get('/admin/prompts/sorry');

	assert.match(text, /Запись 9001/);
	assert.match(text, /Запись 9002/);
	assert.doesNotMatch(text, /Запись 900[34]|Чужая|Горячая линия/);
	assert.match(text, /Своя/);
	for (const [id, status] of [[mine, 200], [all, 200], [theirs, 404],
		[spare, 404], ['0', 200]])
		// the file itself is not there: 404 of nginx has no page
		assert.equal((await people.sv.get(`/admin/prompts/sorry/${id}`)).text
			.includes('id="page"'), status === 404, String(id));
	const inForce = async (who) => (await people[who].get('/admin/prompts'))
		.text.match(/prompts\/sorry">[^]*?<td>([^<]*)/)[1];

	assert.match(await inForce('sv'), /: 2$/);
	assert.match(await inForce('admin'), /: 3$/);
	assert.match((await people.admin.get('/admin/prompts/sorry')).text,
		/Запись 9004/);
	assert.doesNotMatch((await people.super1.get('/admin/prompts/sorry')).text,
		/Запись 900[134]|Своя|Чужая/);
});

// ---- lines ------------------------------------------------------------------

const LINE = { name: 'Запасной', enabled: 1, priority: 5, kind: 'REGISTER',
	peer_host: 'sip.operator.example, 192.0.2.7:5070', peer_port: 5060,
	transport: 'TLS', presented: '+78652000088', account: 'tfoms',
	secret: 'Очень тайно 1', expires_s: 600 };

test('a line has a password that nobody sees again', async () => {
	await told();
	assert.equal((await people.security.post('/admin/trunks/new', LINE))
		.status, 303);
	assert.equal(await told(), 1);
	const [[id, builtin]] = await pages.sql(`SELECT id, builtin FROM trunk
		WHERE name = 'Запасной'`);
	const secret = () => pages.one(`SELECT secret FROM trunk_secret
		WHERE trunk_id = ${id}`);

	assert.equal(builtin, '0');
	assert.equal(await secret(), 'Очень тайно 1');
	const page = (await people.security.get(`/admin/trunks/${id}`)).text;

	assert.match(page, /name="secret" type="password" value=""/);
	assert.doesNotMatch(page, /тайно/);
	// saved without it, it stays
	assert.equal((await send('security', `/admin/trunks/${id}`, { priority: 6 }))
		.status, 303);
	assert.equal(await secret(), 'Очень тайно 1');
	assert.equal((await send('security', `/admin/trunks/${id}`,
		{ secret: 'Другой 2' })).status, 303);
	assert.equal(await secret(), 'Другой 2');
	assert.doesNotMatch(JSON.stringify(await log('trunk', id)),
		/тайно|Другой 2/);
	assert.deepEqual((await log('trunk', id)).at(-1)[1], { secret: ['', '***'] });
	// the administrator of the centre reads all but that
	const read = await people.admin.get(`/admin/trunks/${id}`);

	assert.equal(read.status, 200);
	assert.doesNotMatch(read.text, /name="secret"/);
	assert.equal((await people.security.post(`/admin/trunks/${id}`,
		{ remove: 1 })).status, 303);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM trunk_secret
		WHERE trunk_id = ${id}`), '0');
});

test('a line the telephone could not use is not stored', async () => {
	for (const [field, value] of [['peer_host', ''], ['peer_host', 'a b'],
		['peer_host', 'host:99999'], ['peer_host', 'host,'],
		['peer_host', '[::1]'], ['peer_host', 'x"\r\nVia: y'],
		['peer_port', '0'], ['peer_port', '65536'], ['account', ''],
		['account', 'имя'], ['account', 'a b'], ['transport', 'SCTP'],
		['kind', 'GUESS'], ['presented', 'наш'], ['secret', 'x'.repeat(128)],
		['expires_s', '59'], ['name', 'Оператор связи']]) {
		const res = await people.security.post('/admin/trunks/new',
			{ ...LINE, [field]: value });

		assert.equal(res.status, 422, `${field}=${value}`);
		assert.match(res.text, new RegExp(`id="error-${field}"`),
			`${field}=${value}`);
	}
	assert.equal((await people.security.post('/admin/trunks/1', { remove: 1 }))
		.status, 409); // the built-in one
});

test('«Проверить» asks the line, and the page waits for its answer', async () => {
	await told();
	const res = await people.security.post('/admin/trunks/1/check', {});

	assert.equal(res.status, 303);
	assert.deepEqual(await pages.sql(`SELECT payload FROM outbox
		WHERE kind = 'trunk_check'`), [['{"trunk":1}']]);
	const where = res.headers.location;
	const state = async () => (await people.security.get(where)).text
		.match(/data-trunk="1"[^]*?<\/tr>/)[0].replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ');
	const say = (asked, line) => pages.sql(`REPLACE INTO node_status VALUES
		('test', UTC_TIMESTAMP(3), '${JSON.stringify({ trunks: [{ id: 1,
		name: 'Оператор связи', asked, ...line }] })}')`);

	assert.match(await state(), /проверяется/);
	assert.match((await people.security.get(where)).text, /hx-trigger="load/);
	await say(Date.now() + 1000, { state: 'down', status: 408,
		reason: 'No answer' });
	assert.match(await state(), /не работает : 408 No answer/);
	assert.doesNotMatch((await people.security.get(where)).text,
		/hx-trigger="load/);
	await say(Date.now() + 1000, { state: 'up', status: 200, reason: 'OK' });
	assert.match(await state(), /работает/);
	assert.doesNotMatch(await state(), /не работает/);
});

await run();
