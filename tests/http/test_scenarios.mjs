#!/usr/bin/env node
// The approved answers beside the card: which are shown, who can help, what is
// kept with the appeal. limit: 240 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { day } from './appeals.mjs';
import { Pages, Person } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const op = await Person.in('op1');
const text = (res) => res.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const codes = (res) => [...res.text.matchAll(/data-code="(SC-\d+)"/g)]
	.map((m) => m[1]);
const helpers = (res) => [...res.text.matchAll(/data-hand-to="(\d+)"/g)]
	.map((m) => m[1]);
const ask = (fields, who = op) => who.post('/scenarios', fields);
const CARD = { type: 'Консультация', theme: 'KN-01.04', form: 'Устная',
	channel: 'HOTLINE', description: 'Полис', phone: '' };
const org = (code) => pages.one(`SELECT id FROM organization
	WHERE code = '${code}' AND kind = 'INSURER'`);

test('K-5.1.5.1, K-5.1.0.1 the answers of type and theme; before that M09',
	async () => {
		const none = await ask({ type: 'Консультация', theme: '' });

		assert.equal(none.status, 200);
		assert.match(none.text,
			/Для отображения сценария ответа укажите тип и тему обращения/);
		assert.deepEqual(codes(await ask(CARD)), ['SC-004']);
		// a theme without one of its own has the general one of its type
		assert.deepEqual(codes(await ask({ type: 'Жалоба',
			theme: 'ZH-01.01' })), ['SC-042']);
	});

test('what is not read out looks otherwise, values are filled in or «…»',
	async () => {
		const res = await ask({ situation: '1', number: '26-26-000001',
			due: '01.12.2026' });
		const own = await ask({ type: 'Жалоба', theme: 'ZH-15.01',
			due: '01.12.2026' });

		assert.match(res.text, /<span class="scenario-do">После второго/);
		assert.match(own.text, /не позднее <b>01\.12\.2026<\/b>/);
		assert.match((await ask({ type: 'Жалоба', theme: 'ZH-15.01' })).text,
			/не позднее <span class="text-body-secondary">…<\/span>/);
	});

test('K-5.1.5.2, K-2.0.6 other answers by words', async () => {
	const res = await ask({ ...CARD, answer: 'грубость врача' });

	assert.ok(codes(res).length > 0 && codes(res).length <= 10);
	assert.ok(codes(res).some((c) => ['SC-034', 'SC-056'].includes(c)),
		codes(res).join());
	assert.match(text(await ask({ ...CARD, answer: 'ъъъъ' })),
		/Сценариев не найдено/);
});

test('K-5.1.5.3, K-2.0.7 under each stands who can help', async () => {
	const [ours, other] = [await org('26901'), await org('26902')];

	assert.deepEqual(helpers(await ask(CARD)), ['2001']);
	assert.deepEqual(helpers(await ask({ ...CARD, insurer: ours })),
		['2001', '2101']);
	assert.deepEqual(helpers(await ask({ ...CARD, insurer: other })),
		['2001', '2201']);
	// never of the insurer complained about (K-5.1.4.8)
	assert.deepEqual(helpers(await ask({ type: 'Жалоба', theme: 'ZH-14.01',
		insurer: ours, about_insurer: ours })), ['2002']);
	// nobody calls himself
	assert.deepEqual(helpers(await ask(CARD, await Person.in('spec1'))), []);
	// an insurer's staff never another's (section 7)
	const rep = await Person.in('rep1');

	assert.deepEqual(helpers(await ask({ ...CARD, insurer: ours }, rep)),
		['2001', '2101']);
	assert.deepEqual(helpers(await ask({ ...CARD, insurer: other }, rep)),
		['2001']);
	// of the person concerned
	assert.deepEqual(helpers(await ask({ ...CARD, insurer: ours,
		applies: 'OTHER', concerned_insurer: other })), ['2001', '2201']);
	await pages.sql(`DELETE FROM user_theme WHERE theme_code = 'KN-01.04'`);
	assert.match(text(await ask(CARD)), /Нет специалистов по этой тематике/);
});

test('K-6.0.3 who is absent is not recommended', async () => {
	const card = { ...CARD, theme: 'KN-01.05' };
	const away = (from, to) => pages.sql(`DELETE FROM substitution;
		INSERT INTO substitution (absent_id, by_id, from_day, to_day)
		SELECT a.id, b.id, '${day(from)}', '${day(to)}' FROM user_account a
		JOIN user_account b ON b.login = 'spec2' WHERE a.login = 'spec1'`);

	assert.deepEqual(helpers(await ask(card)), ['2001']);
	await away(-2, 1);
	assert.deepEqual(helpers(await ask(card)), []);
	await away(1, 3);
	assert.deepEqual(helpers(await ask(card)), ['2001']);
	await pages.sql('DELETE FROM substitution');
});

test('K-5.1.6.7 what is the citizen\'s stays «…» until he is identified',
	async () => {
		const where = (await op.post('/appeal', {})).headers.location;
		const card = { type: 'Консультация', appeal: where.match(/\d+$/)[0],
			surname: 'Пробный', given_name: 'Иван', patronymic: 'Петрович',
			birth_date: '02.01.1980', status: 'В работе', due: '01.12.2026' };
		const call = { ...card, theme: 'KN-14.12' };
		const when = { ...card, theme: 'KN-14.10' };
		const other = { ...call, applies: 'OTHER',
			concerned_surname: 'Иная', concerned_given_name: 'Анна',
			concerned_birth_date: '01.01.2010' };
		const told = /поговорить с <b>Иван Петрович<\/b>/;
		const confirm = (typed) => pages.sql(`INSERT INTO appeal_identity
			(appeal_id, ticked, subject, user_id, at) SELECT ${card.appeal},
			'NAME,BIRTH,ENP', SHA2('${typed}', 256), id, UTC_TIMESTAMP(3)
			FROM user_account WHERE login = 'op1'`);

		assert.match((await ask(call)).text, /поговорить с <span[^>]*>…</);
		assert.doesNotMatch((await ask(when)).text, /01\.12\.2026/);
		assert.match(text(await ask(when)), /статус « … ».*до … \./);
		await confirm('ПРОБНЫЙ|ИВАН|ПЕТРОВИЧ|1980-01-02');
		assert.match((await ask(call)).text, told);
		assert.match((await ask(when)).text,
			/«<b>В работе<\/b>».*до <b>01\.12\.2026<\/b>/);
		// another's name in the card, or another person: it was not he
		assert.doesNotMatch((await ask({ ...call, surname: 'Другой' })).text,
			told);
		assert.match((await ask(other)).text, /поговорить с <span[^>]*>…</);
		await confirm('ИНАЯ|АННА||2010-01-01');
		assert.match((await ask(other)).text, /поговорить с <span[^>]*>…</);
		assert.match((await ask({ ...other, boxes: 'authority',
			authority: '1' })).text, /поговорить с <b>Анна<\/b>/);
		// a card that is not for his eyes
		assert.equal((await ask(call, await Person.in('rep21'))).status, 404);
	});

test('K-5.1.5.5 only what is approved and in force, with version and date',
	async () => {
		await pages.sql(`INSERT INTO scenario (code, version, theme_code,
			title, text) SELECT code, 2, theme_code, 'Новая редакция', 'Новый'
			FROM scenario WHERE code = 'SC-004'`);
		assert.doesNotMatch((await ask(CARD)).text, /Новая редакция/);
		await pages.sql(`UPDATE scenario SET approved_at = '2020-11-20',
			approved_by = 'Фонд' WHERE code = 'SC-004' AND version = 2`);
		const res = await ask(CARD);

		assert.match(text(res), /Новая редакция.*редакция 2 от 20\.11\.2020/);
		await pages.sql(`UPDATE scenario SET valid_to = '2020-11-21'
			WHERE code = 'SC-004'`);
		assert.deepEqual(codes(await ask(CARD)), []);
		await pages.sql(`UPDATE scenario SET valid_to = NULL
			WHERE code = 'SC-004'`);
	});

test('K-5.1.5.6 which was used is kept with the appeal, and its version',
	async () => {
		const where = (await op.post('/appeal', {})).headers.location;
		const id = where.match(/\d+$/)[0];
		const kept = () => pages.one(`SELECT scenario_id
			FROM appeal WHERE id = ${id}`);
		const used = (await ask(CARD)).text.match(/data-use="(\d+)"/)[1];

		assert.equal(await pages.one(`SELECT version FROM scenario
			WHERE id = ${used}`), '2');
		for (const bad of ['SC-004', '-1', '../1', '99999'])
			assert.equal((await op.post(where, { ...CARD, version: 1,
				do: 'save', scenario: bad })).status, 422, bad);
		assert.equal((await op.post(where, { ...CARD, version: 1, do: 'save',
			scenario: used })).status, 303);
		assert.equal(await kept(), used);
		const card = (await op.get(where)).text;

		assert.match(card, new RegExp(
			`id="scenario" name="scenario" value="${used}"`));
		assert.equal((await op.post(where, { ...CARD, do: 'save',
			version: card.match(/name="version" value="(\d+)"/)[1],
			scenario: '' })).status, 303);
		assert.equal(await kept(), 'NULL');
		assert.deepEqual(await pages.sql(`SELECT field, before_value FROM
			appeal_change WHERE appeal_id = ${id}`),
		[['scenario_id', used]]);
	});

test('K-4.1.6 an entry of «Организации» is inserted into SC-062', async () => {
	const of = { type: 'Консультация', theme: 'KN-14.11' };
	const [[id, name, phones, address, mo]] = await pages.sql(`SELECT id,
		short_name, phones, address, (SELECT MIN(id) FROM organization
		WHERE kind = 'MO') FROM organization WHERE kind = 'INSURER' LIMIT 1`);
	const found = await ask({ ...of, entry_words: name.toLowerCase() });

	assert.deepEqual(codes(found), ['SC-062']);
	assert.ok(found.text.includes(`&quot;entry&quot;:&quot;${id}&quot;`));
	const told = await ask({ ...of, mo, entry: id });

	for (const part of [name, phones, address])
		assert.ok(told.text.includes(`<b>${part}</b>`), part);
	assert.match(told.text, new RegExp(`name="entry" value="${id}"`));
	// without one it is the clinic of the card
	assert.ok(!(await ask({ ...of, mo })).text.includes(`<b>${phones}</b>`));
	assert.match(text(await ask({ ...of, entry_words: 'ъъъъ' })),
		/Ничего не найдено|Не найдено/i);
	assert.doesNotMatch((await ask({ ...CARD })).text, /entry-words/);
	assert.doesNotMatch((await ask({ ...of, entry_words: '"><x9' })).text,
		/<x9/);
	assert.equal((await ask({ ...of, entry_words: 'я'.repeat(101) })).status,
		422);
	assert.equal((await ask({ ...of, entry: '999999' })).status, 404);
});

test('hostile words are text, wrong ones are refused', async () => {
	const bad = await ask({ ...CARD, given_name: '<x9>', number: '"><x9' });

	assert.equal(bad.status, 200);
	assert.doesNotMatch(bad.text, /<x9/);
	assert.equal((await ask({ type: 'Нечто', theme: '' })).status, 422);
	assert.equal((await ask({ ...CARD, answer: 'я'.repeat(101) })).status, 422);
	assert.equal((await op.post('/scenarios', CARD, { csrf: 'x' })).status, 403);
});

await run();
