#!/usr/bin/env node
// Who hears, reads and changes what of whom, over HTTP. limit: 240 s

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const PEOPLE = ['op1', 'op2', 'spec1', 'rep1', 'rep21', 'rep31', 'admin',
	'super1', 'quality', 'auditor', 'director', 'security'];
const people = {}, id = {}, org = {};

const uuid = (n) => `01940000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const sec = (s) => `'2026-11-20 10:00:${String(s).padStart(2, '0')}.000'`;

// Events as the engine writes them: [second, kind, login, data].
async function call(n, user, events, more = {}) {
	const row = { direction: "'IN'", caller: "'+79001234567'",
		called: "'+78652000000'", user_id: user ? id[user] : 'NULL',
		started_at: sec(0), state: "'talk'", ...more };

	await pages.sql(`INSERT INTO call_record (id, ${Object.keys(row)})
		VALUES ('${uuid(n)}', ${Object.values(row)})`);
	for (const [i, [at, kind, login, data]] of events.entries())
		await pages.sql(`INSERT INTO call_event (call_id, seq, at, kind,
			user_id, data) VALUES ('${uuid(n)}', ${i + 1}, ${sec(at)},
			'${kind}', ${login ? id[login] : 'NULL'},
			${data ? `'${JSON.stringify(data)}'` : 'NULL'})`);
	return uuid(n);
}

async function recording(n, of, kind, at) {
	const rec = uuid(n);

	mkdirSync(path.join(pages.dir, 'rec'), { recursive: true });
	writeFileSync(path.join(pages.dir, `rec/${rec}.wav`), 'RIFF');
	await pages.sql(`INSERT INTO recording (id, call_id, kind, path,
		started_at) VALUES ('${rec}', '${of}', '${kind}', '${rec}.wav',
		${sec(at)})`);
	return rec;
}

async function appeal(fields, calls = []) {
	const row = { status: "'IN_PROGRESS'", type: "'Консультация'",
		theme_code: "'KN-01.01'", surname: "'Пробный'",
		given_name: "'Иван'", phone: "'+79001234567'",
		registered_at: sec(30), ...fields };

	if (row.status !== "'DRAFT'")
		row.number = `'26-99-${String(++appeal.n).padStart(6, '0')}'`;
	const made = await pages.one(`INSERT INTO appeal (${Object.keys(row)})
		VALUES (${Object.values(row)}); SELECT LAST_INSERT_ID()`);

	for (const c of calls)
		await pages.sql(`INSERT INTO appeal_call (appeal_id, call_id)
			VALUES (${made}, '${c}')`);
	return made;
}
appeal.n = 0;

const hear = async (rec) => {
	const may = [];

	for (const login of PEOPLE)
		if ((await people[login].get(`/recording/${rec}`)).status === 200)
			may.push(login);
	return may;
};

test('each role signs in', async () => {
	for (const login of PEOPLE) {
		people[login] = await Person.in(login);
		[[id[login], org[login]]] = await pages.sql(`SELECT id,
			organization_id FROM user_account WHERE login = '${login}'`);
	}
});

// ---- recordings -------------------------------------------------------------

test('a consultation is heard by its two, the call by who had it',
	async () => {
		const c = await call(1, 'op1', [[1, 'CONNECT', 'op1'],
			[5, 'CONSULT', 'op1', { to: Number(id.rep1) }],
			[7, 'CONSULTANSWER', 'rep1'], [20, 'CONSULTBACK', 'op1'],
			[21, 'BLINDTRANSFER', 'op1', { to: Number(id.spec1) }],
			[25, 'HANDOVER', 'spec1', { from: Number(id.op1) }]]);
		const whole = await recording(1001, c, 'CALL', 0);
		const part = await recording(1002, c, 'CONSULT', 7);

		assert.deepEqual(await hear(whole), ['op1', 'spec1', 'admin',
			'super1', 'auditor']);
		assert.deepEqual(await hear(part), ['op1', 'rep1', 'admin', 'super1',
			'auditor']);
	});

test('of two consultations each is heard by its own', async () => {
	const c = await call(2, 'op1', [[1, 'CONNECT', 'op1'],
		[5, 'CONSULT', 'op1', { to: Number(id.rep1) }],
		[7, 'CONSULTANSWER', 'rep1'], [20, 'CONSULTBACK', 'op1'],
		[21, 'BLINDTRANSFER', 'op1', { to: Number(id.rep31) }],
		[22, 'HANDOVER', 'rep31', { from: Number(id.op1) }],
		[25, 'CONSULT', 'rep31', { to: Number(id.spec1) }],
		[27, 'CONSULTANSWER', 'spec1'], [30, 'CONSULTBACK', 'rep31']]);
	const first = await recording(1003, c, 'CONSULT', 7);
	const second = await recording(1004, c, 'CONSULT', 27);

	assert.deepEqual(await hear(first), ['op1', 'rep1', 'admin', 'super1',
		'auditor']);
	assert.deepEqual(await hear(second), ['spec1', 'rep31', 'admin', 'super1',
		'auditor']);
});

test('a call that went to an insurer is heard there while its appeal is active',
	async () => {
		const c = await call(3, 'op1', [[1, 'CONNECT', 'rep1'],
			[5, 'BLINDTRANSFER', 'rep1', { to: Number(id.op1) }],
			[8, 'HANDOVER', 'op1', { from: Number(id.rep1) }]]);
		const rec = await recording(1005, c, 'CALL', 0);
		const a = await appeal({ author_id: id.op1, assignee_id: id.op1,
			organization_id: org.op1 }, [c]);
		const fund = ['op1', 'admin', 'super1', 'auditor'];

		assert.deepEqual(await hear(rec), ['op1', 'rep1', ...fund.slice(1)]);
		await pages.sql(`UPDATE appeal SET status = 'CLOSED' WHERE id = ${a}`);
		assert.deepEqual(await hear(rec), fund);
		// closed by the insurer itself: it keeps it
		await pages.sql(`UPDATE appeal SET assignee_id = ${id.rep1},
			organization_id = ${org.rep1} WHERE id = ${a}`);
		assert.deepEqual(await hear(rec), ['op1', 'rep1', ...fund.slice(1)]);
	});

test('author and assignee of an appeal hear its calls, of a draft they do not',
	async () => {
		const c = await call(4, 'op1', [[1, 'CONNECT', 'op1']]);
		const rec = await recording(1006, c, 'CALL', 0);
		const a = await appeal({ author_id: id.op1, assignee_id: id.rep21,
			organization_id: org.rep21 }, [c]);

		assert.deepEqual(await hear(rec), ['op1', 'rep21', 'admin', 'super1',
			'auditor']);
		await pages.sql(`UPDATE appeal SET assignee_id = ${id.op1},
			author_id = ${id.spec1} WHERE id = ${a}`);
		assert.deepEqual(await hear(rec), ['op1', 'spec1', 'admin', 'super1',
			'auditor']);
		await pages.sql(`UPDATE appeal SET status = 'DRAFT' WHERE id = ${a}`);
		assert.deepEqual(await hear(rec), ['op1', 'admin', 'super1',
			'auditor']);
	});

test('a lost call is heard by those who see what it became', async () => {
	const lost = async (n, organization) => {
		const c = await call(n, null, [[1, 'INVITE', null]]);
		const rec = await recording(n + 1000, c, 'CALL', 0);
		const a = await appeal({ status: "'DEFERRED'", type: 'NULL',
			theme_code: 'NULL', origin: "'LOST_CALL'",
			organization_id: organization }, [c]);

		await pages.sql(`INSERT INTO call_back (call_id, appeal_id)
			VALUES ('${c}', ${a})`);
		return rec;
	};

	assert.deepEqual(await hear(await lost(10, org.op1)), ['op1', 'op2',
		'spec1', 'admin', 'super1', 'auditor']);
	assert.deepEqual((await hear(await lost(11, org.rep1))).filter((l) =>
		org[l] !== org.rep1), ['spec1', 'admin', 'auditor']);
	assert.ok((await hear(uuid(1011))).includes('rep1'));
	// nobody was there and nothing was made of it: no operator's business
	assert.deepEqual(await hear(await recording(1012,
		await call(12, null, [[1, 'INVITE', null]]), 'CALL', 0)),
	['admin', 'auditor']);
});

test('who moves to another insurer takes nothing along of what he did before',
	async () => {
		const there = await Person.in('rep22'); // reads what is of 26902
		const [[other]] = await pages.sql(`SELECT organization_id
			FROM user_account WHERE login = 'rep22'`);
		const insured = await pages.one('SELECT MIN(id) FROM insured_person');
		const c = await call(13, 'rep1', [[1, 'CONNECT', 'rep1']]);
		const rec = await recording(1013, c, 'CALL', 0);
		const own = { author_id: id.rep21, assignee_id: id.rep21,
			organization_id: org.rep21, person_id: insured };
		const a = await appeal(own, [c]);
		const passed = await appeal({ ...own, organization_id: org.op1 });
		const new_ = await appeal({ author_id: id.op1, assignee_id: id.op1,
			organization_id: org.op1, person_id: insured,
			registered_at: `${sec(30)} + INTERVAL 1 DAY` });
		const past = async () => (await there.get(`/appeal/${new_}`)).text;
		const status = async () => {
			const all = [];

			for (const where of [`/appeal/${a}`, `/appeal/${a}/print`,
				`/appeal/${passed}`, `/recording/${rec}`])
				all.push((await there.get(where)).status);
			return all;
		};

		assert.notEqual(other, org.rep21);
		assert.deepEqual(await status(), [404, 404, 404, 403]);
		await pages.sql(`UPDATE user_account SET organization_id = ${other}
			WHERE id = ${id.rep21}`);
		try {
			// one of his goes on, one is handed to the fund, one comes to B
			await pages.sql(`UPDATE appeal SET organization_id = ${org.op1},
				assignee_id = ${id.op1} WHERE id = ${passed};
				UPDATE appeal SET organization_id = ${other},
				assignee_id = ${await pages.one(`SELECT id FROM user_account
				WHERE login = 'rep22'`)} WHERE id = ${new_}`);
			assert.deepEqual(await status(), [404, 404, 404, 403]);
			assert.match(await past(), new RegExp(`data-past="${a}"`));
			assert.doesNotMatch(await past(), new RegExp(
				`/past/(${a}|${passed})"|26-99-0*${appeal.n - 2}\\b`));
			// where he did it, all of it is still read
			for (const one of [a, passed])
				assert.equal((await people.rep31.get(`/appeal/${one}`))
					.status, 200, one);
		} finally {
			await pages.sql(`UPDATE user_account SET
				organization_id = ${org.rep21} WHERE id = ${id.rep21}`);
		}
	});

// ---- drafts -----------------------------------------------------------------

test('a draft is read by whom the transfer rings, not by whom the queue rang',
	async () => {
		const c = await call(20, 'op1', [[1, 'OFFER', 'spec1'],
			[2, 'RINGNOANSWER', 'spec1'], [3, 'OFFER', 'op1'],
			[4, 'CONNECT', 'op1']]);
		const where = `/appeal/${await appeal({ status: "'DRAFT'",
			author_id: id.op1, organization_id: org.op1,
			registered_at: 'NULL' }, [c])}`;
		const see = async (login) => (await people[login].get(where)).status;
		const more = (seq, kind, login, data) => pages.sql(`INSERT INTO
			call_event (call_id, seq, at, kind, user_id, data) VALUES ('${c}',
			${seq}, ${sec(seq)}, '${kind}', ${id[login]},
			'${JSON.stringify(data ?? {})}')`);

		assert.equal(await see('op1'), 200);
		assert.equal(await see('spec1'), 404);
		await more(5, 'BLINDTRANSFER', 'op1', { to: Number(id.rep1) });
		assert.equal(await see('rep1'), 200);
		assert.equal(await see('spec1'), 404);
		await more(6, 'TARGETGONE', 'rep1');
		await more(7, 'TRANSFERRETURN', 'op1');
		assert.equal(await see('rep1'), 404);
		await more(8, 'CONSULT', 'op1', { to: Number(id.op2) });
		await more(9, 'CONSULTANSWER', 'op2');
		assert.equal(await see('op2'), 200);
		await more(10, 'CONSULTBACK', 'op1');
		assert.equal(await see('op2'), 404);
	});

test('who opens a call that is not his is not kept waiting, nor keeps others',
	async () => {
		const c = await call(22, 'op1', [[1, 'CONNECT', 'op1']]);
		const a = await appeal({ status: "'DRAFT'", author_id: id.op1,
			organization_id: org.op1, registered_at: 'NULL' }, [c]);
		const registered = await appeal({ author_id: id.op1,
			assignee_id: id.op1, organization_id: org.op1 }, [c]);
		const open = (login, one) => people[login].get(
			`/appeal/${one}?call=1`);
		const more = (seq, kind, login, data) => pages.sql(`INSERT INTO
			call_event (call_id, seq, at, kind, user_id, data) VALUES ('${c}',
			${seq}, ${sec(seq)}, '${kind}', ${id[login]},
			'${JSON.stringify(data ?? {})}')`);

		// a second each of both workers, were they waited for
		const begun = performance.now();

		for (const [login, one, status] of [['op2', a, 404],
			['rep21', registered, 404], ['spec1', registered, 200]])
			for (const res of await Promise.all(Array.from({ length: 4 },
				() => open(login, one))))
				assert.equal(res.status, status, login);
		assert.ok(performance.now() - begun < 4000,
			`${performance.now() - begun} ms`);
		// whom it rings, his page says that it is his: the row is to come
		await more(5, 'BLINDTRANSFER', 'op1', { to: Number(id.rep21) });
		for (const one of [a, registered]) {
			const late = await open('rep21', one);

			assert.equal(late.status, 503);
			assert.match(late.text, /data-error="call_lags"/);
			assert.equal(late.headers['retry-after'], '1');
		}
		await more(6, 'HANDOVER', 'rep21', { from: Number(id.op1) });
		await pages.sql(`UPDATE call_record SET user_id = ${id.rep21}
			WHERE id = '${c}'`);
		for (const one of [a, registered])
			assert.match((await open('rep21', one)).text, /data-save/);
		// who had it before opens the same address without a pause
		assert.equal((await open('op1', a)).status, 200);
	});

test('a draft hung on a call of others catches nobody', async () => {
	const c = uuid(21);
	const bad = await appeal({ status: "'DRAFT'", author_id: id.op2,
		organization_id: org.op2, registered_at: 'NULL' }, [c]);

	// its row arrives afterwards, and it is op1's
	await call(21, 'op1', [[1, 'CONNECT', 'op1']]);
	const good = await people.op1.post('/appeal', { call: c });

	assert.equal(good.status, 303);
	assert.notEqual(good.headers.location, `/appeal/${bad}`);
	assert.equal((await people.op1.get(`/appeal/${bad}`)).status, 404);
	assert.equal((await people.op2.get(`/appeal/${bad}`)).status, 200);
	assert.equal(await pages.one(`SELECT author_id FROM appeal
		WHERE id = ${bad}`), id.op2);
	const list = (await people.op1.get('/?status=DRAFT')).text;

	assert.ok(list.includes(good.headers.location));
	assert.ok(!list.includes(`data-appeal="${bad}"`));
});

// ---- masked data ------------------------------------------------------------

test('the director reads neither numbers nor free text, and cannot guess',
	async () => {
		const c = await call(30, 'op1', [[1, 'CONNECT', 'op1']]);
		const a = await appeal({ author_id: id.op1, assignee_id: id.op1,
			organization_id: org.op1, surname: "'Секретный'",
			description: "'Секретный Иван просит перезвонить'" }, [c]);

		await pages.sql(`INSERT INTO appeal_history (appeal_id, event,
			to_status, comment) VALUES (${a}, 'SAVE', 'IN_PROGRESS',
			'Секретный звонил')`);
		const { status, text } = await people.director.get(`/appeal/${a}`);

		assert.equal(status, 200);
		assert.doesNotMatch(text, /Секретный/);
		assert.doesNotMatch(text, /123-45-67|9001234567/);
		assert.match(text, /\*\*\*-45-67/);
		assert.match((await people.op1.get(`/appeal/${a}`)).text,
			/Секретный Иван просит/);
		for (const q of [{ name: 'С' }, { name: ' И' }, { phone: '67' }])
			assert.equal((await people.director.post('/', q)).status, 403,
				JSON.stringify(q));
		assert.equal((await people.op1.post('/', { name: 'С' })).status, 200);
		// so he is not offered it
		assert.match((await people.op1.get('/')).text, /name="phone"/);
		assert.match((await people.op1.get('/')).text, /name="name"/);
		assert.doesNotMatch((await people.director.get('/')).text,
			/name="(phone|name)"/);
		assert.equal((await people.director.get('/?status=ALL')).status, 200);
	});

// ---- themes -----------------------------------------------------------------

test('a closed theme is taken by no new card and kept by an old one',
	async () => {
		const p = people.op1;
		const field = (text) => text.match(
			/name="version"[^>]*value="([^"]*)"/)[1];
		const card = { type: 'Консультация', theme: 'KN-01.02',
			form: 'Устная', channel: 'HOTLINE', surname: 'Пробный' };
		const save = async (where) => p.post(where, { ...card,
			version: field((await p.get(where)).text) });
		const draft = async () => (await p.post('/appeal', {})).headers
			.location;
		const old = await draft();

		assert.equal((await save(old)).status, 303);
		await pages.sql(`UPDATE theme SET valid_to = '2026-01-01'
			WHERE code = 'KN-01.02'`);
		assert.equal((await save(await draft())).status, 422);
		assert.equal((await save(old)).status, 303);
		assert.equal(await pages.one(`SELECT theme_code FROM appeal
			WHERE id = ${old.match(/\d+$/)[0]}`), 'KN-01.02');
		await pages.sql(`UPDATE theme SET valid_to = NULL,
			valid_from = '2099-01-01' WHERE code = 'KN-01.02'`);
		assert.equal((await save(await draft())).status, 422);
		await pages.sql(`UPDATE theme SET valid_from = NULL
			WHERE code = 'KN-01.02'`);
	});

// ---- refusals ---------------------------------------------------------------

test('what is refused because of whose it is stands in the log', async () => {
	const c = await call(40, 'op1', [[1, 'CONNECT', 'op1']],
		{ ended_at: sec(50) });
	const a = await appeal({ author_id: id.op1, assignee_id: id.op1,
		organization_id: org.op1 }, [c]);
	const d = await appeal({ status: "'DRAFT'", author_id: id.op1,
		organization_id: org.op1, registered_at: 'NULL' });
	const refused = (type, object) => pages.one(`SELECT COUNT(*)
		FROM access_log WHERE action = 'DENY' AND result = 'DENIED'
		AND user_id = ${id.rep1} AND object_type = '${type}'
		AND object_id = '${object}'`);
	const p = people.rep1;

	assert.equal((await p.get(`/appeal/${a}`)).status, 404);
	assert.equal(await refused('appeal', a), '1');
	assert.equal((await p.post(`/appeal/${a}`, { version: 1 })).status, 404);
	assert.equal(await refused('appeal', a), '2');
	assert.equal((await p.get(`/appeal/${d}`)).status, 404);
	assert.equal((await p.json(`/appeal/${d}/draft`, { version: '1' })).status,
		404);
	assert.equal(await refused('appeal', d), '2');
	assert.equal((await p.get(`/api/calls/${c}`)).status, 404);
	assert.equal(await refused('call', c), '1');
	assert.equal((await p.post('/appeal', { call: c })).status, 403);
	assert.equal(await refused('call', c), '2');
	// what does not exist is no refusal
	assert.equal((await p.get('/appeal/999999')).status, 404);
	assert.equal(await refused('appeal', 999999), '0');
	assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'DENY' AND object_type = 'journal'
		AND user_id = ${id.director}`), '3');
});

// ---- accounts ---------------------------------------------------------------

const admin = (args, input, env = pages.env) => spawnSync(path.join(ROOT,
	'build/cgi/otklik-admin'), args, { input, env, encoding: 'utf8' });
const outbox = async (kind, user) => Number(await pages.one(`SELECT COUNT(*)
	FROM outbox WHERE kind = '${kind}' AND payload = '{"user":${user}}'`));

test('a new password ends every session of the account, and the log says so',
	async () => {
		const one = await Person.in('rep22');
		const two = await Person.in('rep22');
		const user = await pages.one(`SELECT id FROM user_account
			WHERE login = 'rep22'`);

		await pages.sql('DELETE FROM outbox');
		assert.equal(admin(['password', 'rep22'], 'Other-2026!\n').status, 0);
		assert.equal((await one.get('/')).status, 303);
		assert.equal((await two.get('/')).status, 303);
		assert.equal(await outbox('logout', user), 1);
		assert.equal(await outbox('user_changed', user), 1);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log
			WHERE action = 'PASSWORD_RESET' AND object_type = 'user'
			AND object_id = '${user}'`), '1');
		await Person.in('rep22', 'Other-2026!');
	});

test('a new password is written with the word of it, or not at all',
	async () => {
		const hash = () => pages.one(`SELECT password_hash FROM user_account
			WHERE login = 'rep22'`);
		const before = await hash();
		const p = await Person.in('rep22', 'Other-2026!');

		await pages.sql('RENAME TABLE outbox TO outbox_away');
		try {
			assert.equal(admin(['password', 'rep22'], 'Third-2026!\n').status,
				1);
		} finally {
			await pages.sql('RENAME TABLE outbox_away TO outbox');
		}
		assert.equal(await hash(), before);
		assert.equal((await p.get('/')).status, 200);
	});

test('an account is blocked with the word of it, or not at all', async () => {
	const p = new Person();
	const state = async () => (await pages.sql(`SELECT failed_logins, blocked
		FROM user_account WHERE login = 'rep12'`))[0];
	const user = await pages.one(`SELECT id FROM user_account
		WHERE login = 'rep12'`);

	await pages.sql(`UPDATE user_account SET failed_logins = 9
		WHERE login = 'rep12'; RENAME TABLE outbox TO outbox_away`);
	try {
		assert.ok((await p.enter('rep12', 'Wrong-2026!')).status >= 500);
	} finally {
		await pages.sql('RENAME TABLE outbox_away TO outbox');
	}
	assert.deepEqual(await state(), ['9', '0']);
	assert.match((await p.enter('rep12', 'Wrong-2026!')).text,
		/Учётная запись заблокирована/);
	assert.deepEqual(await state(), ['10', '1']);
	assert.equal(await outbox('logout', user), 1);
	assert.equal(await outbox('user_changed', user), 1);
});

test('«Выход» names the same session as the telephone\'s token', async () => {
	const p = await Person.in('op2');
	const { user, user_id: own } = JSON.parse((await p.get('/api/phone')).text);
	const [, web] = user.match(/,user=\d+,web=([0-9a-f]{16}),nonce=/);

	await p.post('/logout', {});
	assert.equal(await pages.one(`SELECT payload FROM outbox WHERE
		kind = 'logout' ORDER BY id DESC LIMIT 1`),
	JSON.stringify({ user: own, session: web }));
});

test('otklik-admin says which file it misses', () => {
	const env = { ...process.env };

	delete env.OTKLIK_STATE;
	const lost = spawnSync(path.join(ROOT, 'build/cgi/otklik-admin'),
		['password', 'op1'], { input: 'Other-2026!\n', env, cwd: '/',
			encoding: 'utf8' });

	assert.equal(lost.status, 1);
	assert.match(lost.stderr, /\.\/var\/secrets\/db_admin: No such file/);
	assert.match(lost.stderr, /OTKLIK_STATE/);
	assert.doesNotMatch(lost.stderr, /нет такой записи/);
	// that one is for an unknown login
	assert.match(admin(['password', 'nobody'], 'Other-2026!\n').stderr,
		/nobody: нет такой записи/);
});

await run();
