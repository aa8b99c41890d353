#!/usr/bin/env node
// The citizen's earlier appeals in the card: whose they are, who may know what
// of them, attached, opened, handed over. limit: 120 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Appeals, invalid } from './appeals.mjs';
import { Pages } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const cases = new Appeals(pages);
const { people, id, org } = cases;
let phones = 0;

const phone = () => `+7900777${String(++phones).padStart(4, '0')}`;
const CITIZEN = { surname: "'Памятнов'", given_name: "'Глеб'",
	patronymic: "'Ильич'", birth_date: "'1970-01-02'" };
const ago = (days) => ({ registered_at: `NOW(3) - INTERVAL ${days} DAY` });
// The rows of the list: [id, text without markup].
const rows = (text) => Object.fromEntries([...text.matchAll(
	/<tr data-past="(\d+)">([\s\S]*?)<\/tr>/g)].map(([, n, html]) => [n, html]));
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
const list = async (login, a) => rows((await people[login].get(`/appeal/${a}`))
	.text);
const person = async () => (await pages.sql(`SELECT id, surname, given_name,
	patronymic, birth_date, insurer_id FROM insured_person
	WHERE insurer_id = ${org.rep1} ORDER BY id LIMIT 1`))[0];

test('each role signs in', () => cases.signIn(['op1', 'op2', 'spec1', 'rep1',
	'rep21', 'rep22', 'admin', 'auditor', 'director']));

// ---- whose ----------------------------------------------------------------------

test('K-5.1.7.1 earlier appeals of the same insured person, newest first',
	async () => {
		const [who] = await person();
		const older = await cases.appeal('op1', { person_id: who,
			status: "'CLOSED'", description: "'Терял полис'", ...ago(20) });
		const newer = await cases.appeal('op2', { person_id: who,
			type: "'Жалоба'", theme_code: "'ZH-15.01'", ...ago(3) });
		const a = await cases.appeal('op1', { person_id: who });
		const after = await cases.appeal('op1', { person_id: who,
			registered_at: 'NOW(3) + INTERVAL 1 HOUR' });
		const text = (await people.op1.get(`/appeal/${a}`)).text;
		const seen = rows(text);

		assert.match(text, /Обращения гражданина ранее/);
		for (const name of ['Номер', 'Тип обращения', 'Содержание', 'ФИО',
			'Оператор', 'Дата подачи', 'Статус', 'Действие'])
			assert.match(text, new RegExp(`<th scope="col">${name}</th>`), name);
		assert.ok(!(after in seen));
		assert.match(plain(seen[older]), new RegExp(`^${(await cases.row(older,
			'number'))[0]} Консультация Терял полис Пробный Иван Иванова А. П.` +
			',.* Закрыто'));
		assert.match(plain(seen[newer]), /Жалоба .* В работе/);
		assert.ok(text.indexOf(`data-past="${newer}"`) <
			text.indexOf(`data-past="${older}"`));
		// who saw whose content stands in the log, before the answer
		assert.deepEqual(await pages.sql(`SELECT params, person_id FROM
			access_log WHERE action = 'HISTORY' AND object_id = '${a}'
			AND user_id = ${id.op1}`), [[JSON.stringify({ shown:
			[Number(newer), Number(older)] }), who]]);
	});

test('K-5.1.7.1 of an appeal for another it is the other’s history', async () => {
	const number = phone();
	const [own, his] = [await cases.appeal('op1', { phone: `'${number}'`,
		surname: "'Звонящая'", ...ago(5) }),
	await cases.appeal('op1', { ...CITIZEN, ...ago(6) })];
	const a = await cases.appeal('op1', { phone: `'${number}'`,
		surname: "'Звонящая'", applies: "'OTHER'", ...Object.fromEntries(
			Object.entries(CITIZEN).map(([k, v]) => [`concerned_${k}`, v])) });
	const seen = await list('op1', a);

	assert.ok(his in seen && !(own in seen), Object.keys(seen));
	// and the next call of the same relative finds that one, too
	const b = await cases.appeal('op1', { phone: `'${number}'`,
		applies: "'OTHER'", registered_at: 'NOW(3) + INTERVAL 1 HOUR',
		...Object.fromEntries(Object.entries(CITIZEN).map(([k, v]) =>
			[`concerned_${k}`, v])) });

	assert.ok(a in await list('op1', b));
	await pages.sql(`UPDATE appeal SET status = 'DELETED'
		WHERE id IN (${own}, ${his}, ${a}, ${b})`);
});

test('K-5.1.7.2 a possible match shows date, type, status until he says so',
	async () => {
		const number = phone();
		const byPhone = await cases.appeal('op2', { phone: `'${number}'`,
			description: "'Тайна'", surname: "'Скрытов'", ...ago(2) });
		const [who, surname, given, patronymic, birth] = await person();
		const named = { surname: `'${surname}'`, given_name: `'${given}'`,
			patronymic: `'${patronymic}'`, birth_date: `'${birth}'` };
		const byName = await cases.appeal('op2', { ...named,
			phone: `'${phone()}'`, description: "'Тайна'", ...ago(4) });
		// another insured person with the same telephone is another person
		const another = await cases.appeal('op2', { phone: `'${number}'`,
			person_id: Number(who) + 1, ...ago(3) });
		const a = await cases.appeal('op1', { phone: `'${number}'`,
			person_id: who, ...named });
		const text = (await people.op1.get(`/appeal/${a}`)).text;
		const seen = rows(text);

		assert.ok(!(another in seen));
		for (const one of [byPhone, byName]) {
			assert.match(plain(seen[one]),
				/^возможное совпадение Консультация .* В работе Это тот же человек$/);
			assert.doesNotMatch(seen[one], /Тайна|Скрытов|Васильева|26-97-/);
			assert.doesNotMatch(seen[one], /name="past"|past\/\d/);
		}
		// not opened, nor attached, by who knows the address
		assert.equal((await people.op1.get(`/appeal/${a}/past/${byPhone}`))
			.status, 404);
		assert.equal((await cases.card('op1', a, { do: 'save', person: who,
			surname, given_name: given, patronymic, birth_date: birth,
			past_shown: byPhone, past: byPhone })).status, 303);
		assert.deepEqual(await pages.sql('SELECT * FROM appeal_link'), []);
		// nobody says so for another, nor of what is no match
		assert.equal((await people.spec1.post(`/appeal/${a}/same`,
			{ earlier: byPhone })).status, 403);
		assert.equal((await people.op1.post(`/appeal/${a}/same`,
			{ earlier: another })).status, 404);
		const res = await people.op1.post(`/appeal/${a}/same`,
			{ earlier: byPhone, past_shown: '' });

		assert.equal(res.status, 200);
		assert.match(plain(rows(res.text)[byPhone]), /Тайна Скрытов/);
		assert.match(rows(res.text)[byName], /возможное совпадение/);
		assert.deepEqual(await pages.sql(`SELECT earlier_id, reason, user_id
			FROM appeal_link WHERE appeal_id = ${a}`),
		[[byPhone, 'SAME', id.op1]]);
		assert.deepEqual((await pages.sql(`SELECT action, reason FROM
			access_log WHERE object_id = '${a}' AND action IN ('SAME',
			'HISTORY') AND user_id = ${id.op1} ORDER BY id`)).slice(-2),
		[['SAME', `Это тот же человек: ${byPhone}`], ['HISTORY', '']]);
		assert.equal((await people.op1.get(`/appeal/${a}/past/${byPhone}`))
			.status, 200);
		await pages.sql(`UPDATE appeal SET status = 'DELETED' WHERE id IN
			(${byName}, ${a})`);
	});

test('K-5.1.7.2 whose appeals a typed number showed stands in the log',
	async () => {
		const number = phone();
		const foreign = await cases.appeal('rep21', { phone: `'${number}'`,
			...ago(2) });
		const a = await cases.appeal('op1', { status: "'DRAFT'",
			registered_at: 'NULL', number: 'NULL', phone: `'${number}'` });
		const res = await people.op1.get(`/appeal/${a}/past`);

		assert.ok(foreign in rows(res.text));
		assert.deepEqual(await pages.sql(`SELECT params FROM access_log WHERE
			action = 'HISTORY' AND object_id = '${a}' AND user_id = ${id.op1}`),
		[[JSON.stringify({ shown: [Number(foreign)] })]]);
	});

// ---- who may know what ----------------------------------------------------------

test('K-5.1.7.6 each knows of it what his scope lets him', async () => {
	const [who] = await person();
	const [theme] = (await pages.sql(`SELECT code FROM theme
		WHERE code LIKE 'ZH-06.%' LIMIT 1`))[0];
	const secret = { person_id: who, description: "'Тайна'", ...ago(7) };
	const fund = await cases.appeal('op1', secret);
	const mine = await cases.appeal('rep21', secret);
	const about = await cases.appeal('op1', { ...secret, type: "'Жалоба'",
		theme_code: `'${theme}'`, about_insurer_id: org.rep1 });
	const later = { person_id: who, insurer_id: org.rep1 };
	const [ofOp, ofRep] = [await cases.appeal('op2', later),
		await cases.appeal('rep1', later)];
	const number = async (a) => (await cases.row(a, 'number'))[0];

	// ОП1: the insurer's without its content, with who has it
	const op = await list('op2', ofOp);

	assert.match(op[fund], /Тайна/);
	assert.doesNotMatch(op[mine], /Тайна|Пробный|Консультация/);
	assert.ok(plain(op[mine]).startsWith(`${await number(mine)} `));
	assert.match(op[mine], /Полынь-Полис/);
	assert.match(op[about], /Тайна/);
	// the insurer's staff: that it exists; of the complaint nothing
	const rep = await list('rep1', ofRep);

	assert.match(rep[mine], /Тайна/);
	assert.ok(fund in rep && !(about in rep));
	assert.doesNotMatch(rep[fund], /Тайна|Пробный|26-97-|Иванова/);
	assert.match(plain(rep[fund]), /ТФОМС .* В работе$/);
	for (const [login, a, past] of [['op2', ofOp, mine], ['rep1', ofRep, fund],
		['rep1', ofRep, about]])
		assert.equal((await people[login].get(`/appeal/${a}/past/${past}`))
			.status, 404, login);
	// ОП2 and the auditor read all of it, the director no names
	assert.match((await list('spec1', ofOp))[mine], /Тайна/);
	assert.match((await list('auditor', ofOp))[mine], /Тайна/);
	const masked = (await list('director', ofOp))[fund];

	assert.doesNotMatch(masked, /Тайна|Пробный/);
	assert.match(masked, /\*\*\*/);
	// who only reads is offered nothing to do
	assert.doesNotMatch((await people.spec1.get(`/appeal/${ofOp}`)).text,
		/name="past|data-past-forward|Это тот же человек/);
});

// ---- attached, opened, handed over -------------------------------------------------

test('K-5.1.7.3 attached on saving, with the reason, and taken off again',
	async () => {
		const [who, surname, given, patronymic, birth] = await person();
		const fields = { surname, given_name: given, patronymic,
			birth_date: birth, person: who, do: 'save' };
		const shown = async (a) => (await people.op1.get(`/appeal/${a}`)).text
			.match(/name="past_shown" value="([\d ]*)"/)[1];
		const [one, two] = [await cases.appeal('op1', { person_id: who,
			...ago(9) }), await cases.appeal('op1', { person_id: who,
			...ago(8) })];
		const a = await cases.appeal('op1', { person_id: who,
			surname: `'${surname}'`, given_name: `'${given}'`,
			patronymic: `'${patronymic}'`, birth_date: `'${birth}'` });
		const links = async () => (await pages.sql(`SELECT earlier_id, reason
			FROM appeal_link WHERE appeal_id = ${a} ORDER BY earlier_id`));
		// another person's, put into the form, is not attached
		const foreign = await cases.appeal('op1', { ...ago(9) });

		assert.equal((await cases.card('op1', a, { ...fields,
			past_shown: `${await shown(a)} ${foreign}`, past: foreign,
			past_reason: 'THEME' })).status, 303);
		assert.deepEqual(await links(), []);
		await cases.card('op1', a, { ...fields, past_shown: await shown(a),
			past: one, past_reason: 'DISSATISFIED' });
		assert.deepEqual(await links(), [[one, 'DISSATISFIED']]);
		assert.match(plain((await list('op1', a))[one]),
			/прикреплено: не удовлетворён результатом/);
		// a corrected reason takes its place; without one it stays
		await cases.card('op1', a, { ...fields, past_shown: await shown(a),
			past: one, past_reason: 'THEME' });
		assert.deepEqual(await links(), [[one, 'THEME']]);
		await cases.card('op1', a, { ...fields, past_shown: await shown(a),
			past: one, past_reason: 'DISSATISFIED' });
		await cases.card('op1', a, { ...fields, past_shown: await shown(a),
			past: one });
		assert.deepEqual(await links(), [[one, 'DISSATISFIED']]);
		assert.match((await people.op1.get(`/appeal/${a}`)).text,
			/<option value="DISSATISFIED" selected>/);
		// a refused save attaches nothing and keeps the tick
		const refused = await cases.card('op1', a, { ...fields, theme: '',
			past_shown: await shown(a), past: two });

		assert.deepEqual(invalid(refused), ['theme']);
		assert.match(rows(refused.text)[two], /checked/);
		assert.doesNotMatch(rows(refused.text)[one], /checked/);
		assert.deepEqual(await links(), [[one, 'DISSATISFIED']]);
		// a card that did not show them changes nothing
		await cases.card('op1', a, fields);
		assert.deepEqual(await links(), [[one, 'DISSATISFIED']]);
		await cases.card('op1', a, { ...fields, past_shown: two });
		assert.deepEqual(await links(), [[one, 'DISSATISFIED']]);
		await cases.card('op1', a, { ...fields, past_shown: await shown(a) });
		assert.deepEqual(await links(), []);
		assert.deepEqual((await pages.sql(`SELECT action FROM access_log WHERE
			object_id = '${a}' AND action IN ('LINK', 'UNLINK') ORDER BY id`))
			.flat(), ['LINK', 'LINK', 'LINK', 'UNLINK']);
	});

test('K-5.1.7.3 another name in the same save takes off nothing it never showed',
	async () => {
		const [who, surname, given, patronymic, birth] = await person();
		const number = phone();
		const ofNumber = await cases.appeal('op1', { phone: `'${number}'`,
			person_id: who, ...ago(11) });
		const a = await cases.appeal('op1', { person_id: who,
			phone: `'${number}'`, surname: `'${surname}'`,
			given_name: `'${given}'`, patronymic: `'${patronymic}'`,
			birth_date: `'${birth}'` });
		const links = () => pages.sql(`SELECT earlier_id, reason FROM
			appeal_link WHERE appeal_id = ${a}`);
		const fields = { surname, given_name: given, patronymic,
			birth_date: birth, person: who, do: 'save' };

		await cases.card('op1', a, { ...fields, past_shown: ofNumber,
			past: ofNumber, past_reason: 'DISSATISFIED' });
		assert.deepEqual(await links(), [[ofNumber, 'DISSATISFIED']]);
		// for another, the number finds nothing: a form without it
		await pages.sql(`UPDATE appeal SET applies = 'OTHER', person_id = NULL
			WHERE id = ${a}`);
		assert.ok(!(ofNumber in await list('op1', a)));
		assert.equal((await cases.card('op1', a, { ...fields, applies: 'SELF',
			past_shown: '' })).status, 303);
		assert.ok(ofNumber in await list('op1', a));
		assert.deepEqual(await links(), [[ofNumber, 'DISSATISFIED']]);
	});

test('K-5.1.7.5 opened beside the card, read only and logged', async () => {
	const [who] = await person();
	const past = await cases.appeal('op2', { person_id: who, status: "'CLOSED'",
		description: "'Что было'", result_code: "'CONSULTED'",
		measures: "'Разъяснено тогда'", ...ago(12) });
	const a = await cases.appeal('op1', { person_id: who });
	const res = await people.op1.get(`/appeal/${a}/past/${past}`);

	assert.equal(res.status, 200);
	for (const text of ['Что было', 'Разъяснено тогда', 'Дана консультация',
		'Закрыто'])
		assert.ok(res.text.includes(text), text);
	assert.doesNotMatch(res.text, /<form|<input|<textarea|<!doctype/);
	assert.deepEqual(await pages.sql(`SELECT reason, person_id FROM access_log
		WHERE action = 'VIEW' AND object_id = '${past}'
		AND user_id = ${id.op1}`), [['История обращений', who]]);
});

test('K-5.1.7.4 handed over to who had the earlier one, as section 7 allows',
	async () => {
		const [who] = await person();
		const of = async (login, a) => (await list('op1', a))[login];
		const past = { person_id: who, status: "'CLOSED'", ...ago(15) };
		const [spec, rep, foreign] = [await cases.appeal('spec1', past),
			await cases.appeal('rep21', past), await cases.appeal('rep22', past)];
		const a = await cases.appeal('op1', { person_id: who,
			insurer_id: org.rep21 });
		const to = (html) => html.match(/data-past-forward="(\d+)"/)?.[1];

		assert.equal(to(await of(spec, a)), id.spec1);
		assert.equal(to(await of(rep, a)), id.rep21);
		assert.equal(to(await of(foreign, a)), undefined); // M23
		assert.equal((await cases.card('op1', a, { do: 'forward',
			forward_to: id.spec1 })).status, 303);
		assert.deepEqual(await cases.row(a, 'assignee_id'), [id.spec1]);
	});

await run();
