#!/usr/bin/env node
// Versions of answers: written, approved, in force, withdrawn; proposals of
// those who may propose. limit: 240 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, signIn } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const PROPOSE = ['op1', 'spec1', 'rep1', 'rep21', 'super1', 'quality'];
const NOBODY = ['rep31', 'auditor', 'director', 'security'];
const ROOT = '/admin/scenarios';
const WORDS = { theme: 'KN-01.04', title: 'Утерян полис', text:
	'Добрый день. [Записать номер.] Ответ будет до {срок}.',
keywords: 'полис;утерян' };
const people = await signIn(['admin', 'admin2', ...PROPOSE, ...NOBODY]);
const day = (shift) => pages.one(`SELECT DATE(CONVERT_TZ(UTC_TIMESTAMP(),
	'+00:00', '+03:00')) + INTERVAL ${shift} DAY`);
const row = async (id, columns) => (await pages.sql(`SELECT ${columns}
	FROM scenario WHERE id = ${id}`))[0];
const plain = (res) => res.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const state = (res) => res.text.match(/data-state="(\w+)"/)?.[1];
const codes = (res) => [...res.text.matchAll(/data-code="(SC-\d+)"/g)]
	.map((m) => m[1]);
const card = (theme, who = 'op1') => people[who].post('/scenarios', {
	type: 'Консультация', theme });
const edit = (id) => pages.one(`SELECT edit FROM scenario WHERE id = ${id}`);
const log = async (id) => (await pages.sql(`SELECT action FROM access_log WHERE
	object_type = 'scenario' AND object_id = '${id}' ORDER BY id`))
	.map(([action]) => action);

async function write(who, fields, from = '') {
	const res = await people[who].post(`${ROOT}/new`,
		{ do: 'save', from, ...WORDS, ...fields });

	assert.equal(res.status, 303, res.text);
	return res.headers.location.match(/\/(\d+)$/)[1];
}

const step = async (id, fields, who = 'admin') => people[who].post(
	`${ROOT}/${id}`, { edit: await edit(id), ...fields });

async function done(id, fields) {
	const res = await step(id, fields);

	assert.equal(res.status, 303, res.text);
}

const version = (code) => pages.one(`SELECT id FROM scenario
	WHERE code = '${code}' ORDER BY version DESC LIMIT 1`);

test('K-5.1.5.5 every delivered answer stands in the list and could be saved',
	async () => {
		const list = await people.admin.get(ROOT);

		for (const [code, title] of await pages.sql(
			'SELECT code, title FROM scenario')) {
			assert.ok(list.text.includes(code), code);
			assert.ok(list.text.includes(title), title);
		}
		for (const [theme, title, keywords, words] of await pages.sql(
			'SELECT theme_code, title, keywords, text FROM scenario')) {
			const res = await people.admin.post(`${ROOT}/new`, { theme, title,
				keywords, text: words, do: 'preview' });

			assert.equal(res.status, 200);
			assert.doesNotMatch(res.text, /is-invalid/, title);
		}
	});

test('K-5.1.5.5 draft, approved, in force, replaced, withdrawn', async () => {
	const old = await version('SC-004');
	const id = await write('admin', { title: 'Редакция вторая' }, old);

	assert.deepEqual(await row(id, 'code, version, proposal, approved_at'),
		['SC-004', '2', '0', 'NULL']);
	assert.equal(state(await people.admin.get(`${ROOT}/${id}`)), 'DRAFT');
	assert.doesNotMatch((await card('KN-01.04')).text, /Редакция вторая/);

	await done(id, { do: 'save', ...WORDS, title: 'Редакция 2' });
	await done(id, { do: 'approve', ...WORDS, title: 'Редакция 2' });
	const shown = await people.admin.get(`${ROOT}/${id}`);
	const who = await pages.one(`SELECT approved_by FROM scenario
		WHERE id = ${id}`);

	assert.equal(state(shown), 'IN_FORCE');
	assert.ok(plain(shown).includes(`Утвердил: ${who}`));
	assert.equal(state(await people.admin.get(`${ROOT}/${old}`)), 'REPLACED');
	// at once, in the next search
	assert.match(plain(await card('KN-01.04')), /Редакция 2 .*редакция 2 от/);
	assert.equal(codes(await card('KN-01.04')).length, 1);

	await done(id, { do: 'withdraw' });
	assert.equal(state(await people.admin.get(`${ROOT}/${id}`)), 'WITHDRAWN');
	assert.deepEqual(codes(await card('KN-01.04')), []);
	assert.deepEqual(await log(id), ['CREATE', 'SAVE', 'APPROVE', 'WITHDRAW']);
	const text = plain(await people.admin.get(`${ROOT}/${id}`));

	assert.match(text, /изменено; Название: Редакция вторая → Редакция 2/);
	assert.match(text, /отозвано; Действует по: — → /);
	// a correction of what was withdrawn
	const next = await write('admin', {}, id);

	await done(next, { do: 'approve', ...WORDS });
	assert.match(plain(await card('KN-01.04')), /Утерян полис .*редакция 3/);
});

test('K-5.1.5.5 from a later day on; until then the old version stays',
	async () => {
		const id = await write('admin', { theme: 'KN-01.05',
			title: 'С завтрашнего дня' }, await version('SC-005'));
		const words = { ...WORDS, theme: 'KN-01.05',
			title: 'С завтрашнего дня' };

		for (const valid_from of [await day(-1), '2026-02-30', 'завтра', '<b>'])
			assert.equal((await step(id, { do: 'approve', ...words,
				valid_from })).status, 422, valid_from);
		await done(id, { do: 'approve', ...words, valid_from: await day(1) });
		assert.equal(state(await people.admin.get(`${ROOT}/${id}`)),
			'APPROVED');
		const before = await card('KN-01.05');

		assert.deepEqual(codes(before), ['SC-005']);
		assert.doesNotMatch(before.text, /С завтрашнего дня/);
		// the day comes
		await pages.sql(`UPDATE scenario SET valid_from = '${await day(0)}'
			WHERE id = ${id}`);
		const after = await card('KN-01.05');

		assert.deepEqual(codes(after), ['SC-005']);
		assert.match(after.text, /С завтрашнего дня/);
		// taken back before its day: the old one goes on
		const more = await write('admin', words, id);

		await done(more, { do: 'approve', ...words, title: 'Ещё одна',
			valid_from: await day(5) });
		await done(more, { do: 'refuse', refused_why: 'Передумали' });
		assert.equal(state(await people.admin.get(`${ROOT}/${more}`)),
			'REFUSED');
		assert.match((await card('KN-01.05')).text, /С завтрашнего дня/);
		// withdrawn from a later day on: in force until then
		await done(id, { do: 'withdraw', valid_to: await day(3) });
		assert.deepEqual(codes(await card('KN-01.05')), ['SC-005']);
		assert.equal((await step(id, { do: 'withdraw',
			valid_to: await day(-1) })).status, 422);
	});

test('K-5.1.5.5 an approved version is never changed, whoever tries',
	async () => {
		const id = await version('SC-007');
		const was = await row(id, 'title, text, approved_at');

		for (const act of ['save', 'approve']) {
			const res = await step(id, { do: act, ...WORDS });

			assert.equal(res.status, 409, act);
			assert.match(plain(res), /можно сохранить как новую редакцию/);
			assert.match(res.text, /action="\/admin\/scenarios\/new"/);
			assert.match(res.text, new RegExp(`name="from" value="${id}"`));
			assert.match(res.text, /value="Утерян полис"/);
		}
		assert.equal((await step(id, { do: 'refuse', refused_why: 'Нет' }))
			.status, 409);
		assert.deepEqual(await row(id, 'title, text, approved_at'), was);
		await assert.rejects(pages.sql(`UPDATE scenario SET text = 'x'
			WHERE id = ${id}`), /an approved version is never changed/);
	});

test('K-5.1.5.5 the second of two savers sees both', async () => {
	const id = await write('admin', { title: 'Общий' });
	const was = await edit(id);

	await done(id, { do: 'save', ...WORDS, title: 'Первый' });
	const late = await people.admin2.post(`${ROOT}/${id}`, { do: 'save',
		edit: was, ...WORDS, title: 'Второй' });

	assert.equal(late.status, 409);
	assert.match(late.text, /value="Второй"/);
	assert.match(late.text, /Сейчас в базе: Первый/);
	assert.match(late.text, new RegExp(`name="edit" value="${await edit(id)}"`));
	for (const act of ['refuse', 'withdraw', 'approve'])
		assert.equal((await people.admin2.post(`${ROOT}/${id}`, { ...WORDS,
			do: act, edit: was, refused_why: 'Нет' })).status, 409, act);
	assert.deepEqual(await row(id, 'title, approved_at, refused_at'),
		['Первый', 'NULL', 'NULL']);
	// nothing new: no row of the log
	await done(id, { do: 'save', ...WORDS, title: 'Первый' });
	assert.deepEqual(await log(id), ['CREATE', 'SAVE']);
	for (const bad of ['', '0', '-1', 'x', '99999999999'])
		assert.equal((await people.admin.post(`${ROOT}/${id}`, { do: 'save',
			edit: bad, ...WORDS })).status, 422, bad);
});

test('K-5.1.5.5 of two drafts the one approved last is the newest',
	async () => {
		const from = await version('SC-008');
		const words = { ...WORDS, theme: 'KN-02.02' };
		const [a, b] = [await write('op1', words, from),
			await write('spec1', words, from)];

		await done(b, { do: 'approve', ...words, title: 'Вторая заявка' });
		await done(a, { do: 'approve', ...words, title: 'Первая заявка' });
		assert.deepEqual(await row(a, 'code, version'), ['SC-008', '4']);
		assert.match((await card('KN-02.02')).text, /Первая заявка/);
		assert.equal(codes(await card('KN-02.02')).length, 1);
	});

test('K-5.1.5.5 new codes are given by the program, also of situations',
	async () => {
		const most = Number(await pages.one(`SELECT MAX(CAST(SUBSTR(code, 4) AS
			UNSIGNED)) FROM scenario`));
		const id = await write('admin', { code: 'SC-001', theme: 'KN-14.90',
			title: 'Звонит робот' });

		assert.deepEqual(await row(id, 'code, version'),
			[`SC-${most + 1}`, '1']);
		await done(id, { do: 'approve', ...WORDS, theme: 'KN-14.90',
			title: 'Звонит робот' });
		assert.match((await people.op1.post('/scenarios', { situation: 1 }))
			.text, /Звонит робот/);
		const talk = await version('SC-108');

		await done(await write('admin', { theme: 'KN-14.90' }, talk),
			{ do: 'approve', ...WORDS, theme: 'KN-14.90',
				title: 'Разговор не по теме' });
		assert.match((await people.op1.post('/scenarios', { situation: 1 }))
			.text, /Разговор не по теме/);
	});

test('K-5.1.5.5 whoever may propose proposes and sees what becomes of it',
	async () => {
		const from = await version('SC-010');

		for (const who of PROPOSE) {
			const p = people[who];
			const words = { ...WORDS, theme: 'KN-04.01',
				title: `Предлагает ${who}` };
			const form = await p.get(`${ROOT}/${from}/new`);

			assert.equal(form.status, 200, who);
			assert.match(form.text, /Отправить предложение/);
			const yes = await write(who, words, from);
			const no = await write(who, words);

			assert.deepEqual(await row(yes, 'code, proposal, approved_at'),
				['SC-010', '1', 'NULL']);
			assert.match((await people.admin.get(`${ROOT}?state=PROPOSED`))
				.text, new RegExp(`scenarios/${yes}"`));
			assert.equal(state(await p.get(`${ROOT}/${yes}`)), 'PROPOSED');
			// he decides nothing, not even of his own
			for (const act of ['save', 'approve', 'refuse', 'withdraw'])
				assert.equal((await step(yes, { do: act, ...words,
					refused_why: 'x' }, who)).status, 403, `${who} ${act}`);
			assert.equal((await step(no, { do: 'refuse', refused_why: ' ' }))
				.status, 422);
			await done(no, { do: 'refuse', refused_why: `Уже есть, ${who}` });
			await done(yes, { do: 'approve', ...words,
				text: 'Поправлено фондом.' });
			const mine = await p.get(ROOT);

			assert.match(plain(mine), new RegExp(
				`Отклонён: Уже есть, ${who}`));
			assert.match(plain(mine), /Действует/);
			assert.match(plain(await p.get(`${ROOT}/${no}`)),
				new RegExp(`Причина отклонения: Уже есть, ${who}`));
			assert.match(plain(await p.get(`${ROOT}/${yes}`)),
				/Поправлено фондом/);
		}
	});

test('K-5.1.5.5 its proposer is told what became of it, and why', async () => {
	const told = (who) => pages.sql(`SELECT n.kind, n.scenario_id,
		n.read_at IS NULL FROM notice n JOIN user_account u
		ON u.id = n.user_id WHERE u.login = '${who}' AND n.scenario_id > 0
		ORDER BY n.id`);
	const words = { ...WORDS, theme: 'KN-01.06' };

	await pages.sql('DELETE FROM notice; DELETE FROM outbox');
	const [yes, no, own] = [await write('op1', words,
		await version('SC-006')), await write('rep1', words),
	await write('admin', words)];
	const [code] = await row(yes, 'code');
	const why = '<x9>Уже есть';

	assert.deepEqual(await told('op1'), []);
	await done(yes, { do: 'save', ...words, title: 'Поправлено' });
	assert.deepEqual(await told('op1'), []); // nothing is decided
	await done(yes, { do: 'approve', ...words });
	await done(no, { do: 'refuse', refused_why: why });
	await done(own, { do: 'approve', ...words });
	assert.deepEqual(await told('op1'), [['ANSWER_APPROVE', yes, '1']]);
	assert.deepEqual(await told('rep1'), [['ANSWER_REFUSE', no, '1']]);
	assert.deepEqual(await told('admin'), []);
	// what was approved and is withdrawn was decided long ago
	await done(yes, { do: 'withdraw' });
	assert.equal((await told('op1')).length, 1);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM outbox
		WHERE kind = 'appeal_notice' AND JSON_VALUE(payload, '$.event')
		LIKE 'ANSWER%' AND JSON_VALUE(payload, '$.unread') = 1`), '2');
	assert.ok(plain(await people.op1.get('/notices')).includes(
		`Ваше предложение по сценарию ${code} утверждено`));
	const list = await people.rep1.get('/notices');

	assert.match(list.text, new RegExp(`href="${ROOT}/${no}"`));
	assert.match(list.text, /отклонено<.a><div[^>]*>&lt;x9&gt;Уже есть</);
	assert.equal(list.headers['x-notices'], '1');
	// read with the version before him
	assert.equal((await people.rep1.get(`${ROOT}/${no}`))
		.headers['x-notices'], '0');
	assert.deepEqual(await told('rep1'), [['ANSWER_REFUSE', no, '0']]);
	assert.deepEqual(await told('op1'), [['ANSWER_APPROVE', yes, '1']]);
});

test('nobody sees a proposal of another, and its author only his own',
	async () => {
		const id = await write('rep1', { title: 'Секрет страховой' });

		for (const who of PROPOSE.filter((p) => p !== 'rep1')) {
			assert.equal((await people[who].get(`${ROOT}/${id}`)).status, 404);
			assert.equal((await people[who].get(`${ROOT}/${id}/new`))
				.status, 404);
			assert.equal((await people[who].post(`${ROOT}/new`, { ...WORDS,
				do: 'save', from: id })).status, 404);
			assert.equal((await people[who].post(`${ROOT}/${id}`, { ...WORDS,
				do: 'save', edit: 1 })).status, 404);
			assert.doesNotMatch((await people[who].get(ROOT)).text,
				/Секрет страховой/);
		}
		for (const who of NOBODY)
			for (const res of [await people[who].get(ROOT),
				await people[who].get(`${ROOT}/${id}`),
				await people[who].post(`${ROOT}/new`, { ...WORDS,
					do: 'save' })])
				assert.equal(res.status, 403, who);
		assert.match((await people.rep1.get(ROOT)).text, /Секрет страховой/);
	});

test('what is wrong is said beside its field, and nothing is stored',
	async () => {
		const count = () => pages.one('SELECT COUNT(*) FROM scenario');
		const before = await count();
		const wrong = {
			theme: ['', 'KN-99.99', 'x\'y', '<x9>', '٣'.repeat(400)],
			title: ['', '   ', 'я'.repeat(301), 'a\nb', 'a\u0001b'],
			keywords: ['я'.repeat(601), 'a\nb', ';;'],
			text: ['', ' \n ', 'я'.repeat(4001), 'x'.repeat(100000), '[а', 'а]',
				'{срок', '{нет_такого}', '{}', '{<script>alert(1)</script>}'],
		};

		for (const who of ['admin', 'op1'])
			for (const [name, values] of Object.entries(wrong))
				for (const value of values) {
					const res = await people[who].post(`${ROOT}/new`,
						{ do: 'save', ...WORDS, [name]: value });
					const about = `${who} ${name}=${value.slice(0, 20)}`;

					assert.equal(res.status, 422, about);
					assert.match(res.text, new RegExp(`id="error-${name}"`),
						about);
					assert.doesNotMatch(res.text, /<script>alert|<x9/);
					assert.ok(res.bytes.equals(Buffer.from(res.text)), about);
				}
		for (const more of [{ do: '' }, { do: 'delete' }, { do: 'approve' },
			{ do: 'refuse' }, { do: 'withdraw' }])
			assert.equal((await people.admin.post(`${ROOT}/new`,
				{ ...WORDS, ...more })).status, 422, more.do);
		for (const from of ['0', '-1', 'x', '999999', '99999999999'])
			assert.equal((await people.admin.post(`${ROOT}/new`,
				{ ...WORDS, do: 'save', from })).status, 404, from);
		for (const id of ['0', 'x/new', '0/new', 'new/new', 'x', '1x', '99999999999', 'new2'])
			assert.equal((await people.admin.get(`${ROOT}/${id}`)).status, 404,
				id);
		assert.equal((await people.admin.get(`${ROOT}?state=NONE`)).status,
			422);
		assert.equal((await people.admin.post(`${ROOT}/new`, { ...WORDS,
			do: 'save' }, { csrf: 'x' })).status, 403);
		assert.equal(await count(), before);
	});

test('markup is text in list, form, preview and card; the preview is the card',
	async () => {
		const evil = '<x9 onload=1>"\'&';
		const words = { theme: 'KN-01.06', title: evil, keywords: evil,
			text: `Скажите ${evil} [сделать ${evil}] до {срок} 🙂\u202e` };
		const before = await people.admin.post(`${ROOT}/new`,
			{ do: 'preview', ...words });

		assert.equal(before.status, 200);
		assert.match(before.text, /<span class="scenario-do">сделать /);
		assert.match(before.text, /<b>\{срок\}<\/b>/);
		const id = await write('admin', words, await version('SC-006'));

		await done(id, { do: 'approve', ...words });
		for (const res of [before, await people.admin.get(ROOT),
			await people.admin.get(`${ROOT}/${id}`), await card('KN-01.06')]) {
			assert.equal(res.status, 200);
			assert.doesNotMatch(res.text, /<x9/);
			assert.match(res.text, /&lt;x9/);
		}
	});

await run();
