#!/usr/bin/env node
// Card, draft and recordings over HTTP, as each role. limit: 240 s

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inNamespace, test, run, finally_ } from '../lab/run.mjs';
import { invalid } from './appeals.mjs';
import { Pages, draft, field, signIn } from './pages.mjs';

inNamespace();

const pages = await Pages.open();
const people = await signIn(['op1', 'spec1', 'rep1', 'rep21', 'admin',
	'super1', 'quality', 'auditor', 'director', 'security']);

finally_(() => pages.close());

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

const CARD = { type: 'Консультация', theme: 'KN-01.01', form: 'Устная',
	channel: 'HOTLINE', description: 'Как получить полис?',
	surname: 'Пробный', given_name: 'Иван', patronymic: '',
	phone: '8 (900) 123-45-67', mo: '', about_insurer: '' };

test('K-2.0.1, K-5.1.2.1, K-5.1.4.7, K-5.1.6.3 a card for a call: number filled in, saved, linked, announced',
	async () => {
		const p = people.op1;
		const id = await call(1, 'op1');
		const where = await draft(p, { call: id });
		const appeal = where.match(/\d+$/)[0];
		const card = (await p.get(where)).text;

		assert.match(card, /id="phone-number"[^>]*value="\+79001234567"/);
		assert.match(card, /Черновик обращения/);
		assert.match(card, /id="form"[^]*?value="Устная" selected/);
		assert.match(card, /id="channel"[^]*?value="HOTLINE" selected>По телефону горячей линии</);
		assert.deepEqual((await pages.sql(`SELECT form, channel FROM appeal
			WHERE id = ${appeal}`))[0], ['Устная', 'HOTLINE']);
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

test('K-5.1.4.6 a theme may ask for the clinic or the insurer', async () => {
	const p = people.op1;
	const where = await draft(p);
	const version = field((await p.get(where)).text, 'version');
	const mo = await pages.one(`SELECT MIN(id) FROM organization
		WHERE kind = 'MO'`);
	const ask = async (which, more) => p.post(where, { ...CARD,
		type: 'Жалоба', version, theme: await pages.one(`SELECT code FROM
		theme WHERE type = 'Жалоба' AND ${which} LIMIT 1`), ...more });
	const insurer = await ask("code LIKE 'ZH-06.%'", {});
	const clinic = await ask("mo_required = 1 AND code LIKE 'ZH-05.%'", {});

	assert.equal(insurer.status, 422);
	assert.match(insurer.text, /укажите СМО, на которую жалуются/);
	assert.equal(clinic.status, 422);
	assert.deepEqual(invalid(clinic), ['mo']);
	assert.equal((await ask("mo_required = 1 AND code LIKE 'ZH-05.%'",
		{ mo })).status, 303);
});

test('K-5.1.4.8, K-4.0.10 a complaint of an insurer\'s own people about it ' +
	'goes to the fund, for whoever takes it',
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
		assert.match((await people.op1.get('/?status=UNASSIGNED')).text,
			new RegExp(`data-appeal="${where.match(/\d+$/)[0]}"`));
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

test('K-5.1.8.5 a draft goes with its call to whoever has it', async () => {
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

test('nothing personal was written to a log', () => {
	assert.doesNotMatch(pages.errors, /Пробный|9001234567|Demo-2026/);
});

await run();
