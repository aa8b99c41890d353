#!/usr/bin/env node
// «Не распределено» over HTTP: who takes what, and only once. limit: 120 s

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const PEOPLE = ['op1', 'op2', 'spec1', 'rep1', 'rep12', 'admin', 'super1',
	'auditor'];
const people = {}, id = {}, org = {};
const uuid = (n) => `01950000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const TAB = '/?status=UNASSIGNED';

async function call(n, caller) {
	await pages.sql(`INSERT INTO call_record (id, direction, caller,
		started_at, ended_at, end_reason) VALUES ('${uuid(n)}', 'IN',
		'${caller}', NOW(3), NOW(3), 'VOICEMAIL')`);
	return uuid(n);
}

let made = 0;

// What jobs makes of a voice message or a left number.
async function item(n, organization, origin = 'VOICEMAIL') {
	const c = await call(n, '+79001234567');
	const a = await pages.one(`INSERT INTO appeal (number, status, origin,
		channel, phone, organization_id, registered_at) VALUES
		('26-98-${String(++made).padStart(6, '0')}', 'DEFERRED',
		'${origin}', 'VOICEMAIL', '+79001234567', ${organization}, NOW(3));
		SELECT LAST_INSERT_ID()`);

	await pages.sql(`INSERT INTO appeal_call (appeal_id, call_id)
		VALUES (${a}, '${c}'); INSERT INTO call_back (call_id, appeal_id)
		VALUES ('${c}', ${a})`);
	return a;
}

async function message(n, organization) {
	const c = await call(n, '');
	const rec = uuid(n + 1000);

	writeFileSync(path.join(pages.dir, `rec/${rec}.wav`), 'RIFF');
	await pages.sql(`INSERT INTO recording (id, call_id, kind, path,
		started_at) VALUES ('${rec}', '${c}', 'VOICEMAIL', '${rec}.wav',
		NOW(3)); INSERT INTO loose_message (call_id, organization_id, at)
		VALUES ('${c}', ${organization}, NOW(3))`);
	return { c, rec };
}

const counter = (text) =>
	Number(text.match(/id="unassigned-count">(\d+)</)?.[1] ?? NaN);
const assignee = (a) =>
	pages.one(`SELECT assignee_id FROM appeal WHERE id = ${a}`);

test('each role signs in', async () => {
	for (const login of PEOPLE) {
		people[login] = await Person.in(login);
		[[id[login], org[login]]] = await pages.sql(`SELECT id,
			organization_id FROM user_account WHERE login = '${login}'`);
	}
});

test('K-4.0.10 the tab shows what the own organization has, and counts it',
	async () => {
		const before = counter((await people.op1.get('/')).text);
		const ours = await item(1, org.op1);
		const theirs = await item(2, org.rep1);
		const tab = (await people.op1.get(TAB)).text;

		assert.equal(counter(tab), before + 1);
		assert.match(tab, new RegExp(`data-appeal="${ours}"`));
		assert.ok(!tab.includes(`data-appeal="${theirs}"`));
		assert.match(tab, /Голосовое сообщение/);
		assert.match((await people.rep1.get(TAB)).text,
			new RegExp(`data-appeal="${theirs}"`));
		// no tab for those who take nothing
		for (const login of ['admin', 'super1', 'auditor'])
			assert.ok(!(await people[login].get('/')).text
				.includes('unassigned-count'), login);
		assert.equal((await people.op1.post(`/appeal/${theirs}/take`, {}))
			.status, 404);
		assert.equal(await assignee(theirs), 'NULL');
	});

test('K-4.0.10 of ten that take at once one has it, the others are told who',
	async () => {
		const a = await item(3, org.op1);
		const logins = ['op1', 'op2', 'spec1', 'op1', 'op2', 'spec1', 'op1',
			'op2', 'spec1', 'op2'];
		const got = await Promise.all(logins.map((l) =>
			people[l].post(`/appeal/${a}/take`, {})));
		const won = logins.filter((l, i) =>
			got[i].headers.location === `/appeal/${a}`);

		assert.equal(won.length, 1);
		assert.equal(await assignee(a), id[won[0]]);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal_history
			WHERE appeal_id = ${a} AND event = 'TAKE'`), '1');
		for (const [i, l] of logins.entries())
			if (got[i].headers.location !== `/appeal/${a}`) {
				const late = await people[l].get(got[i].headers.location);
				const [[name]] = await pages.sql(`SELECT surname FROM
					user_account WHERE id = ${id[won[0]]}`);

				assert.match(late.text, new RegExp(`Уже взял: ${name}`));
				break;
			}
	});

test('a place the telephone gave away is not taken in the journal',
	async () => {
		const a = await item(4, org.op1, 'NUMBER');

		await pages.sql(`INSERT INTO call_place (id, call_id, queue_id, number,
			since) VALUES ('${uuid(900)}', '${uuid(4)}', 1, '+79001234567',
			NOW(3)); INSERT INTO call_place_end (place_id, ended_at, reason,
			user_id) VALUES ('${uuid(900)}', NOW(3), 'DIALLED', ${id.op2})`);
		const res = await people.op1.post(`/appeal/${a}/take`, {});

		assert.match(res.headers.location, /late=/);
		assert.match((await people.op1.get(res.headers.location)).text,
			/Уже взял: /);
		assert.equal(await assignee(a), 'NULL'); // jobs gives it to op2
	});

test('of what is not his the telephone gives nothing away, and no name shows',
	async () => {
		const a = await item(6, org.rep1, 'NUMBER');
		const { c } = await message(7, org.rep1);
		const names = async (key) => (await people.op1.get(
			`${TAB}&late=${key}`)).text.includes('Уже взял');

		await pages.sql(`INSERT INTO call_place (id, call_id, queue_id, number,
			since) VALUES ('${uuid(902)}', '${uuid(6)}', 1, '+79001234567',
			NOW(3))`);
		assert.equal((await people.op1.post(`/appeal/${a}/take`, {})).status,
			404);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM outbox
			WHERE kind = 'place_take' AND payload LIKE '%:${a},%'`), '0');
		assert.equal(await pages.one(`SELECT COUNT(*) FROM call_place_end
			WHERE place_id = '${uuid(902)}'`), '0');
		await pages.sql(`UPDATE appeal SET assignee_id = ${id.rep12}
			WHERE id = ${a}; UPDATE loose_message SET state = 'TAKEN',
			user_id = ${id.rep12} WHERE call_id = '${c}'`);
		assert.equal(await names(a), false);
		assert.equal(await names(c), false);
		assert.match((await people.rep1.get(`${TAB}&late=${a}`)).text,
			/Уже взял: /);
	});

test('K-4.0.10 a complaint about an insurer is not there for its people', async () => {
	const a = await item(8, org.rep1);

	await pages.sql(`UPDATE appeal SET about_insurer_id = ${org.rep1}
		WHERE id = ${a}`);
	const tab = (await people.rep1.get(TAB)).text;

	assert.ok(!tab.includes(`data-appeal="${a}"`));
	assert.equal(counter(tab), [...tab.matchAll(
		/<tr[^>]* data-(appeal|loose)=/g)].length);
	assert.equal((await people.rep1.post(`/appeal/${a}/take`, {})).status,
		404);
	assert.equal(await assignee(a), 'NULL');
});

test('more messages than a page shows are not silent', async () => {
	const shown = (text) => [...text.matchAll(/<tr[^>]* data-loose=/g)].length;
	const said = (text) => text.match(/id="loose-first">([^<]*)</)?.[1];
	const before = shown((await people.op1.get(TAB)).text);

	assert.equal(said((await people.op1.get(TAB)).text), undefined);
	await pages.sql(`INSERT INTO loose_message (call_id, organization_id, at)
		SELECT CONCAT('01950001-0000-7000-8000-', LPAD(seq, 12, '0')),
		${org.op1}, NOW(3) FROM seq_1_to_${101 - before}`);
	const { text } = await people.op1.get(TAB);

	assert.equal(shown(text), 100);
	assert.equal(said(text), 'Сообщения без номера: показаны первые 100 из 101');
	await pages.sql(`DELETE FROM loose_message
		WHERE call_id LIKE '01950001-0000-7000-8000-%'`);
	assert.equal(said((await people.op1.get(TAB)).text), undefined);
});

test('who has the place has the item, though jobs was faster', async () => {
	const a = await item(9, org.op1, 'NUMBER');

	await pages.sql(`INSERT INTO call_place (id, call_id, queue_id, number,
		since) VALUES ('${uuid(903)}', '${uuid(9)}', 1, '+79001234567',
		NOW(3)); INSERT INTO call_place_end (place_id, ended_at, reason,
		user_id) VALUES ('${uuid(903)}', NOW(3), 'TAKEN', ${id.op1});
		UPDATE appeal SET assignee_id = ${id.op1} WHERE id = ${a}`);
	assert.equal((await people.op1.post(`/appeal/${a}/take`, {}))
		.headers.location, `/appeal/${a}`);
	assert.match((await people.op2.post(`/appeal/${a}/take`, {}))
		.headers.location, /late=/);
});

// A telephone that spoke so long ago has a place. -> ms until it was taken
async function takes(call, place, ago) {
	const a = await item(call, org.op1, 'NUMBER');

	await pages.sql(`REPLACE INTO node_status (node, at, body) VALUES
		('n', UTC_TIMESTAMP(3) - INTERVAL ${ago} SECOND, '{}');
		INSERT INTO call_place (id, call_id, node, queue_id, number, since)
		VALUES ('${uuid(place)}', '${uuid(call)}', 'n', 1,
		'+79001234567', NOW(3))`);
	const at = Date.now();
	const res = await people.op1.post(`/appeal/${a}/take`, {});
	const ms = Date.now() - at;

	assert.equal(res.headers.location, `/appeal/${a}`);
	assert.deepEqual(await pages.sql(`SELECT reason, user_id FROM
		call_place_end WHERE place_id = '${uuid(place)}'`),
	[['TAKEN', id.op1]]);
	// it may have been alive all the same: it is told
	assert.equal(await pages.one(`SELECT COUNT(*) FROM outbox
		WHERE kind = 'place_take' AND payload LIKE '%:${a},%'`), '1');
	return ms;
}

test('without a telephone the journal gives a place away itself', async () => {
	const silent = await takes(5, 901, 1);
	const gone = await takes(12, 904, 16);

	await pages.sql('DELETE FROM node_status');
	assert.ok(silent >= 1900, `a telephone that ran was asked ${silent} ms`);
	// a worker is not held by one that is known to be gone
	assert.ok(gone < silent / 2, `${gone} ms, ${silent} ms`);
});

test('K-4.0.10 a message without a number is heard, and becomes a card once',
	async () => {
		const { c, rec } = await message(10, org.op1);
		const play = (l) => people[l].get(`/recording/${rec}`)
			.then((r) => r.status);
		const tab = (await people.op1.get(TAB)).text;

		assert.match(tab, /Сообщение без номера/);
		assert.match(tab, new RegExp(`/recording/${rec}`));
		assert.equal(await play('op2'), 200);
		assert.notEqual(await play('rep1'), 200);
		assert.equal((await people.rep1.post(`/message/${c}/take`, {}))
			.status, 404);
		const got = await Promise.all(['op1', 'op2', 'op1', 'op2'].map((l) =>
			people[l].post(`/message/${c}/take`, {})));
		const won = got.filter((r) => /^\/appeal\//.test(r.headers.location));

		assert.equal(won.length, 1);
		const [[draft, channel, author]] = await pages.sql(`SELECT a.id,
			a.channel, a.author_id FROM appeal a JOIN appeal_call l
			ON l.appeal_id = a.id WHERE l.call_id = '${c}'`);
		const taker = ['op1', 'op2'].find((l) => id[l] === author);
		const other = taker === 'op1' ? 'op2' : 'op1';

		assert.equal(won[0].headers.location, `/appeal/${draft}`);
		assert.equal(channel, 'VOICEMAIL');
		assert.match((await people[taker].get(`/appeal/${draft}`)).text,
			new RegExp(`/recording/${rec}`));
		assert.equal(await play(taker), 200);
		assert.notEqual(await play(other), 200);
		assert.ok(!(await people.op1.get(TAB)).text.includes(c));
	});

test('K-4.0.10 «Нецелевое» ends a message without an appeal', async () => {
	const { c } = await message(11, org.op1);
	const res = await people.op1.post(`/message/${c}/nontarget`, {});

	assert.equal(res.headers.location, TAB);
	assert.ok(!(await people.op1.get(TAB)).text.includes(c));
	assert.equal(await pages.one(`SELECT COUNT(*) FROM appeal_call
		WHERE call_id = '${c}'`), '0');
	assert.match((await people.op2.post(`/message/${c}/take`, {}))
		.headers.location, /late=/);
});

await run();
