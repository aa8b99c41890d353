#!/usr/bin/env node
// The journal over HTTP, as each role. limit: 240 s

import assert from 'node:assert/strict';
import { inNamespace, test, run, finally_ } from '../lab/run.mjs';
import { Pages, signIn } from './pages.mjs';

inNamespace();

const pages = await Pages.open();
const people = await signIn(['op1', 'spec1', 'rep1', 'auditor', 'quality',
	'director']);

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

await run();
