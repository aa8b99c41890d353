#!/usr/bin/env node
// What an employee is told about appeals: kept, counted, read. limit: 120 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Appeals, day } from './appeals.mjs';
import { Pages } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const cases = new Appeals(pages);
const { people, id, org } = cases;

test('each role signs in', () => cases.signIn(['op1', 'op2', 'spec1', 'rep1',
	'rep21', 'admin', 'super1', 'security']));

const told = (a) => pages.sql(`SELECT u.login, n.kind, n.read_at IS NOT NULL
	FROM notice n JOIN user_account u ON u.id = n.user_id
	WHERE n.appeal_id = ${a} ORDER BY n.id`);
// What his pages are pushed, as the plugin reads it.
const pushed = async (a, kind = 'appeal_notice') => (await pages.sql(
	`SELECT payload FROM outbox WHERE kind = '${kind}'
	AND JSON_VALUE(payload, '$.appeal') = ${a} ORDER BY id`))
	.map(([text]) => JSON.parse(text));
const badge = (text) => Number(text.match(
	/data-notice-count[^>]*>(\d+)</)?.[1] ?? NaN);

test('every step that concerns somebody else is told him, and stays', async () => {
	const a = await cases.appeal('op1');
	const [number] = await cases.row(a, 'number');

	await cases.card('op1', a, { do: 'save', description: 'Сам' });
	assert.deepEqual(await told(a), []); // nobody is told of his own step
	await cases.card('op1', a, { do: 'forward', forward_to: id.spec1,
		call_back: '1' });
	assert.deepEqual(await told(a), [['spec1', 'CALL_BACK', '0']]);
	assert.deepEqual(await pushed(a), [{ user: Number(id.spec1),
		appeal: Number(a), number, event: 'CALL_BACK', unread: 1 }]);
	await people.super1.post(`/appeal/${a}/reassign`, { do: 'reassign',
		version: (await cases.row(a, 'version'))[0], reassign_to: id.op2,
		comment: 'Отпуск' });
	assert.deepEqual((await told(a)).slice(1), [['op2', 'REASSIGN', '0'],
		['spec1', 'MOVED', '0']]);
	await cases.card('op2', a, { do: 'resume', no_contact: '1',
		no_contact_reason: 'x' });
	await cases.card('op2', a, { do: 'close', result: 'EXTENDED',
		measures: 'Ждём', new_due: day(20) });
	await cases.decide('admin', a, { do: 'return', comment: 'Успеете' });
	await cases.card('op2', a, { do: 'close', result: 'EXTENDED',
		measures: 'Ждём всё же', new_due: day(20) });
	await cases.decide('admin', a, { do: 'extend', new_due: day(20) });
	await cases.card('op2', a, { do: 'close', result: 'CONSULTED',
		measures: 'x' });
	await cases.decide('admin', a, { do: 'return', comment: 'Мало' });
	await cases.card('op2', a, { do: 'close', result: 'CONSULTED',
		measures: 'xx' });
	await cases.decide('admin', a, { do: 'approve' });
	assert.deepEqual((await told(a)).slice(3).map(([who, kind]) =>
		`${who} ${kind}`), ['op2 TERM_REFUSED', 'op2 EXTEND', 'op2 RETURN',
		'op2 APPROVE']);
	const text = (await people.op2.get('/notices')).text;

	for (const words of [`Обращение № ${number}: в продлении срока отказано`,
		`Обращение № ${number}: срок продлён, уведомите обратившегося`,
		`Обращение № ${number} возвращено на доработку`,
		`Обращение № ${number}: результат утверждён`])
		assert.ok(text.includes(words), words);
});

test('whom an administrator names is told', async () => {
	const made = await people.admin.post('/appeal', {});
	const a = made.headers.location.match(/\d+/)[0];

	await cases.card('admin', a, { do: 'save', type: 'Консультация',
		theme: 'KN-01.01', assign_to: id.spec1 });
	assert.deepEqual(await told(a), [['spec1', 'FORWARD', '0']]);
});

test('the badge counts what is unread; the card, or a button, reads it',
	async () => {
		await pages.sql('DELETE FROM notice');
		const [a, b, c] = [await cases.appeal('op2'),
			await cases.appeal('op2'), await cases.appeal('op2')];

		for (const one of [a, b, c])
			await cases.card('op2', one, { do: 'forward',
				forward_to: id.op1 });
		assert.equal(badge((await people.op1.get('/')).text), 3);
		// another's card, or his own that says nothing new, changes nothing
		assert.equal((await people.op1.get(`/appeal/${await cases.appeal(
			'op1')}`)).headers['x-notices'], undefined);
		await people.spec1.get(`/appeal/${a}`);
		assert.equal((await people.op1.get(`/appeal/${a}`))
			.headers['x-notices'], '2');
		assert.deepEqual(await told(a), [['op1', 'FORWARD', '1']]);
		assert.equal(badge((await people.op1.get('/')).text), 2);
		// what htmx swaps has no header: the answer says it
		const list = await people.op1.get('/notices', { 'HX-Request': 'true',
			'HX-Target': 'page' });

		assert.equal(list.headers['x-notices'], '2');
		assert.equal((list.text.match(/Новое/g) ?? []).length, 2);
		await people.op1.post('/notices', {});
		assert.equal((await people.op1.get('/notices')).headers['x-notices'],
			'0');
		// nobody reads for another
		assert.deepEqual((await pages.sql(`SELECT DISTINCT user_id FROM notice
			WHERE read_at IS NOT NULL`)).flat(), [id.op1]);
		assert.ok(Number.isNaN(badge((await people.security.get('/notices'))
			.text)) === false);
	});

test('K-6.0.4 reminders and digests have words and lead somewhere', async () => {
	const a = await cases.appeal('op1');
	const [number] = await cases.row(a, 'number');
	const remind = (login, kind, appeal, amount) => pages.sql(`INSERT INTO
		notice (user_id, appeal_id, kind, amount, day, at) VALUES
		(${id[login]}, ${appeal}, '${kind}', ${amount}, '2026-12-07', NOW(3))`);

	for (const kind of ['TERM5', 'TERM1', 'TERM0', 'OVERDUE']) {
		await remind('op1', kind, a, 1);
		await remind('super1', kind, 0, 7);
	}
	await remind('admin', 'LATE_REVIEW', a, 1);
	const his = (await people.op1.get('/notices')).text;

	for (const words of ['срок рассмотрения 07.12.2026<',
		'07.12.2026, остался один рабочий день', 'сегодня, 07.12.2026',
		'07.12.2026 истёк'])
		assert.ok(his.includes(words), words);
	assert.match(his, new RegExp(`href="/appeal/${a}">Обращение № ${number}`));
	const all = (await people.super1.get('/notices')).text;

	assert.match(all, /status=OVERDUE">Срок рассмотрения истёк, обращений: 7</);
	assert.match(all, /status=SOON">Срок рассмотрения истекает сегодня/);
	assert.match((await people.admin.get('/notices')).text,
		/ждёт решения администратора дольше 3 рабочих дней/);
});

test('a change names whose pages it concerns', async () => {
	const [theme] = (await pages.sql(`SELECT code FROM theme
		WHERE code LIKE 'ZH-06.%' LIMIT 1`))[0];
	const n = (x) => Number(x);
	const a = await cases.appeal('op1', { insurer_id: org.rep21 });

	await cases.card('op1', a, { do: 'forward', forward_to: id.rep21,
		insurer: org.rep21 });
	// where it was, and where it is
	const [row] = await pushed(a, 'appeal_changed');

	assert.deepEqual([row.author, row.about, row.call], [n(id.op1), null, null]);
	assert.ok(row.orgs.includes(n(org.op1)) && row.orgs.includes(n(org.rep21)));
	assert.ok(row.users.includes(n(id.rep21)) && row.users.includes(n(id.op1)));
	const b = await cases.appeal('rep1', { type: "'Жалоба'",
		theme_code: `'${theme}'`, about_insurer_id: org.rep1 });

	assert.equal((await cases.card('rep1', b, { do: 'save',
		about_insurer: org.rep1 })).status, 303);
	assert.deepEqual((await pushed(b, 'appeal_changed')).map((r) =>
		[r.author, r.about]), [[n(id.rep1), n(org.rep1)]]);
});

await run();
