#!/usr/bin/env node
// Every field of the card: kept, shown, in the history; and what must not come
// in by any of them. limit: 240 s

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, draft, field as anyField, request } from './pages.mjs';
import { Appeals, day, invalid } from './appeals.mjs';

inNamespace();

const pages = await Pages.open();
const appeals = new Appeals(pages);
const { people, id } = appeals;

finally_(() => pages.close());

// The server's own table: what is added to it is tried here too.
const FIELDS = [...readFileSync(path.join(ROOT, 'cgi/appeal_field.c'), 'utf8')
	.matchAll(/^\t\{ "(\w+)", "(\w+)", "[\w.]+", FIELD_(\w+), (\d+),/gm)]
	.map(([, name, column, kind, max]) => ({ name, column, kind,
		max: Number(max) }));
const STEP_FIELDS = readFileSync(path.join(ROOT, 'cgi/card_step_show.c'),
	'utf8').match(/static void show_typed\([^]*?names\[\] = \{([^}]*)\}/)[1]
	.match(/\w+(?=")/g);
const COLUMNS = FIELDS.map((f) => `COALESCE(${f.column}, '')`).join(', ');
const BOXES = FIELDS.filter((f) => f.kind === 'FLAG').map((f) => f.name)
	.join(' ');
let mo, insurer, people2;

// of the card's form: the search has fields of the same names
const field = (text, name) => anyField(
	text.match(/<form class="card-form[^]*/)[0], name);
const all = (a) => appeals.row(a, `${COLUMNS}, version, status`);
const appeal = (login, more) => appeals.appeal(login, {
	description: "'Как было'", ...more });
// the whole form of a plain consultation, then what is typed over it
const save = (login, a, typed) => appeals.card(login, a, { do: 'save',
	description: 'Как было', applies: 'SELF', channel: 'HOTLINE',
	boxes: BOXES, ...typed });

test('each role signs in', async () => {
	await appeals.signIn(['op1', 'spec1', 'rep1', 'rep21', 'rep22', 'admin',
		'auditor', 'director']);
	mo = await pages.one("SELECT MIN(id) FROM organization WHERE kind = 'MO'");
	[[insurer], [people2]] = await pages.sql(`SELECT id FROM organization
		WHERE kind = 'INSURER' ORDER BY id LIMIT 2`);
	assert.equal(FIELDS.length, Number(readFileSync(path.join(ROOT,
		'cgi/appeal_field.h'), 'utf8').match(/APPEAL_FIELDS (\d+)/)[1]));
	assert.ok(STEP_FIELDS.length > 15 && people2);
});

test('K-5.1.4.6, K-5.1.6.2, K-5.2.1.6 each field is kept, shown and in the ' +
	'history', async () => {
	const a = await appeal('spec1');
	const typed = { form: 'Письменная', channel: 'POST', mo,
		appealed_on: '01.02.2026', received_on: '02.02.2026',
		incoming_number: 'В-17/2', source: 'OTHER',
		source_name: 'Городская больница', surname: 'Заявителев',
		given_name: 'Пётр', patronymic: 'Ильич', birth_date: '03.04.1980',
		enp: '12 АБ-7', insurer: people2, phone: '8 900 111-22-33',
		email: 'a.b@example.org', address: 'г. Пробный, ул. Дальняя, 5',
		representative: 'Иванова Анна', representative_phone: '89001112244',
		add_representative: '1', reply_channel: 'POST',
		call_time: 'после 18', language: 'русский жестовый',
		do_not_call: '1', applies: 'OTHER', concerned_surname: 'Заявителев',
		concerned_given_name: 'Илья', concerned_patronymic: 'Петрович',
		concerned_birth_date: '05.06.2015', concerned_enp: '77',
		concerned_insurer: insurer, relation: 'сын', authority: '1' };
	const res = await save('spec1', a, { ...typed,
		boxes: `${BOXES} add_representative` });

	assert.equal(res.status, 303, invalid(res).join());
	assert.deepEqual(await appeals.row(a, `form, mo_id, appealed_on,
		received_on, incoming_number, source, source_name, surname, birth_date,
		enp, phone, email, address, representative, representative_phone,
		reply_channel, call_time, language, do_not_call, applies,
		concerned_surname, concerned_birth_date, concerned_enp, relation,
		authority`), ['Письменная', mo, '2026-02-01', '2026-02-02', 'В-17/2',
		'OTHER', 'Городская больница', 'Заявителев', '1980-04-03', '12 АБ-7',
		'+79001112233', 'a.b@example.org', 'г. Пробный, ул. Дальняя, 5',
		'Иванова Анна', '+79001112244', 'POST', 'после 18',
		'русский жестовый', '1', 'OTHER', 'Заявителев', '2015-06-05', '77',
		'сын', '1']);
	// K-5.1.6.8: insurer and scope follow the person concerned
	assert.deepEqual(await appeals.row(a, 'insurer_id, applicant_insurer_id'),
		[insurer, people2]);

	const { text } = await people.spec1.get(`/appeal/${a}`);

	for (const name of ['surname', 'email', 'address', 'incoming_number',
		'source_name', 'representative', 'call_time', 'language',
		'concerned_given_name', 'relation'])
		assert.equal(field(text, name), typed[name], name);
	assert.equal(field(text, 'received_on'), '02.02.2026');
	assert.match(text, /id="authority"[^>]* checked/);
	// registered long after its receipt: a warning, §3.5
	assert.match(text, /позже трёх дней со дня поступления/);

	const changed = new Set((await pages.sql(`SELECT field FROM appeal_change
		WHERE appeal_id = ${a}`)).flat());

	for (const f of FIELDS)
		if (typed[f.name] !== undefined)
			assert.ok(changed.has(f.column), `${f.column} in the history`);

	// back to himself, oral: what belongs to the other kind is gone
	assert.equal((await save('spec1', a, { form: 'Устная', insurer,
		version: 2 })).status, 303);
	assert.deepEqual(await appeals.row(a, `received_on, incoming_number,
		source, concerned_surname, relation, authority, insurer_id,
		applicant_insurer_id, do_not_call`), ['NULL', '', '', '', '', '0',
		insurer, 'NULL', '0']);
});

test('a draft keeps what is typed of its end, too', async () => {
	const p = people.op1;
	const where = await draft(p);
	const typed = { version: '1', type: 'Жалоба', theme: 'ZH-15.01',
		result: 'FORWARDED_EXTERNAL', measures: 'Позвонил в больницу',
		justified: '1.1', refund: '12,5', to_organization: 'Больница',
		letter_number: 'И-5', letter_date: day(0), direction: '',
		deferred_reason: 'Ждёт документ' };

	assert.equal((await p.json(`${where}/draft`, typed)).status, 204);
	const { text } = await p.get(where);

	assert.match(text, /value="FORWARDED_EXTERNAL"[^>]* selected/);
	assert.match(text, />Позвонил в больницу<\/textarea>/);
	assert.match(text, /value="1.1" selected/);
	for (const [name, value] of [['refund', '12.50'],
		['to_organization', 'Больница'], ['letter_number', 'И-5'],
		['letter_date', day(0)], ['deferred_reason', 'Ждёт документ']])
		assert.equal(field(text, name), value, name);
	assert.match(text, /id="deferred"[^>]* checked/);
});

test('K-5.2.0.2 written appeals are for the second level', async () => {
	const a = await appeal('op1');
	const res = await save('op1', a, { form: 'Письменная' });

	assert.equal(res.status, 422);
	assert.deepEqual(invalid(res), ['form']);
	assert.doesNotMatch((await people.op1.get(`/appeal/${a}`)).text,
		/<option value="Письменная"/);
	assert.match((await people.spec1.get(await draft(people.spec1))).text,
		/<option value="Письменная"/);
});

test('K-5.2.0.2 the second level registers what is written, e-mailed, said at ' +
	'a reception', async () => {
	for (const [form, channel] of [['Письменная', 'LETTER'],
		['Письменная', 'EMAIL'], ['Устная', 'VISIT']]) {
		const where = await draft(people.spec1);
		const res = await people.spec1.post(where, { type: 'Консультация',
			theme: 'KN-01.01', version: 1, do: 'save', form, channel,
			surname: 'Пробный', given_name: 'Иван',
			description: 'Как получить полис?', received_on: day(0),
			incoming_number: 'В-17/3', address: 'Улица, 1' });

		assert.equal(res.status, 303, `${channel}: ${invalid(res)}`);
		assert.deepEqual(await appeals.row(where.match(/\d+$/)[0],
			'form, channel, status, author_id, assignee_id'),
		[form, channel, 'IN_PROGRESS', id.spec1, id.spec1]);
	}
});

test('K-5.2.1.5 a reception keeps that he agreed to an oral answer',
	async () => {
		const a = await appeal('spec1');

		await save('spec1', a, { channel: 'VISIT', oral_answer: '1' });
		assert.deepEqual(await appeals.row(a, 'channel, oral_answer'),
			['VISIT', '1']);
	});

test('K-5.1.4.6 «Рассмотреть до» may be set sooner, never later', async () => {
	const p = people.op1;
	const where = await draft(p);
	const form = { type: 'Консультация', theme: 'KN-01.01',
		form: 'Устная', channel: 'HOTLINE', version: 1, do: 'save' };

	for (const due of [day(-1), day(400)]) {
		const res = await p.post(where, { ...form, due });

		assert.equal(res.status, 422);
		assert.deepEqual(invalid(res), ['due']);
	}
	assert.equal((await p.post(where, { ...form, due: day(2) })).status, 303);
	const a = where.match(/\d+$/)[0];

	assert.deepEqual(await appeals.row(a, 'due_date, appealed_on'),
		[day(2), day(0)]); // «Дата обращения»: now, unless said otherwise
	// from now on it is not his to change
	assert.equal((await save('op1', a, { due: day(1) })).status, 303);
	assert.deepEqual(await appeals.row(a, 'due_date'), [day(2)]);
});

test('K-5.1.6.8, K-5.1.3.6 «Прикрепить» fills the block that is meant',
	async () => {
		const p = people.op1;
		const [[child, surname], [own]] = await pages.sql(`SELECT id, surname
			FROM insured_person ORDER BY id LIMIT 2`);
		const a = await appeal('op1');
		const form = { version: 1, type: 'Консультация', theme: 'KN-01.01',
			form: 'Устная', channel: 'HOTLINE', applies: 'OTHER',
			surname: 'Мать', given_name: 'Анна' };
		const res = await p.post(`/appeal/${a}/person`, { ...form,
			attach: child, attach_to: 'CONCERNED' });

		assert.equal(res.status, 200);
		assert.equal(field(res.text, 'surname'), 'Мать');
		assert.equal(field(res.text, 'concerned_surname'), surname);
		assert.equal(field(res.text, 'concerned_person'), child);

		const two = await p.post(`/appeal/${a}/person`, { ...form,
			attach: own, attach_to: 'APPLICANT' });

		assert.equal(field(two.text, 'person'), own);
		assert.equal(field(two.text, 'concerned_surname'), '');
	});

test('K-5.1.6.2 wishes are kept with the person', async () => {
	const [[person, surname, given, patronymic, birth]] = await pages.sql(
		`SELECT id, surname, given_name, patronymic, birth_date
		FROM insured_person ORDER BY id LIMIT 1 OFFSET 5`);
	const a = await appeal('op1');
	const saved = await save('op1', a, { person, surname,
		given_name: given, patronymic, birth_date: birth, do_not_call: '1',
		language: 'татарский' });

	assert.equal(saved.status, 303);
	const where = await draft(people.op1);

	await people.op1.post(`${where}/person`, { version: 1, attach: person });
	const { text } = await people.op1.get(where);

	assert.equal(field(text, 'language'), 'татарский');
	assert.match(text, /id="do_not_call"[^>]* checked/);
});

test('K-5.1.6.7 identity: three values, who and when; it is about a person',
	async () => {
		const p = people.op1;
		const a = await appeal('op1', { birth_date: "'1980-01-02'" });
		const tick = (values, typed = {}) => p.post(`/appeal/${a}/identity`,
			new URLSearchParams([['csrf', p.csrf], ...values.map((v) =>
				['tick', v]), ...Object.entries(typed)]));

		// two alike in one form are more than an object can say
		p.post = async (where, fields) => {
			const body = String(fields instanceof URLSearchParams ? fields
				: new URLSearchParams({ csrf: p.csrf, ...fields }));

			return p.keep(await request('POST', where, p.headers({
				'content-type': 'application/x-www-form-urlencoded',
				'content-length': Buffer.byteLength(body) }), body));
		};
		assert.match((await p.get(`/appeal/${a}`)).text,
			/Не сообщать: личность не подтверждена/);
		assert.match((await tick(['NAME', 'BIRTH'])).text,
			/Не сообщать: личность не подтверждена/);
		assert.match((await tick(['NAME', 'ENP', 'SNILS'])).text,
			/Не сообщать/);
		const yes = (await tick(['NAME', 'BIRTH', 'ADDRESS', 'X'])).text;

		assert.match(yes, /data-confirmed="1"/);
		assert.doesNotMatch(yes, /Не сообщать/);
		assert.deepEqual((await pages.sql(`SELECT ticked, user_id FROM
			appeal_identity WHERE appeal_id = ${a} ORDER BY id`)).at(-1),
		['NAME,BIRTH,ADDRESS', id.op1]);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'IDENTITY' AND object_id = '${a}'`), '3');
		// another name: it was not he
		await save('op1', a, { surname: 'Другой', birth_date: '02.01.1980' });
		assert.match((await p.get(`/appeal/${a}`)).text, /Не сообщать/);
		// for another: with authority only
		assert.match((await tick(['NAME', 'BIRTH', 'MO'],
			{ applies: 'OTHER', concerned_surname: 'Иной',
				concerned_birth_date: '01.01.2010' })).text,
		/Отметьте «Полномочия подтверждены»/);
		assert.match((await tick(['NAME', 'BIRTH', 'MO'],
			{ applies: 'OTHER', concerned_surname: 'Иной', boxes: 'authority',
				authority: '1' })).text, /data-confirmed="1"/);
		// not his card
		assert.equal((await people.spec1.post(`/appeal/${a}/identity`,
			{ tick: 'NAME' })).status, 403);
	});

test('K-5.1.4.8 a complaint about an insurer is shown to it once passed on',
	async () => {
		const org = appeals.org.rep21;
		const a = await appeal('spec1', { type: "'Жалоба'",
			theme_code: "'ZH-06.01'", about_insurer_id: org });
		const pass = async (login) => people[login].post(
			`/appeal/${a}/review`, { do: 'pass',
				version: (await appeals.row(a, 'version'))[0] });
		const listed = async () => (await people.rep21.post('/', {
			number: (await appeals.row(a, 'number'))[0] })).text
			.includes(`/appeal/${a}`);

		assert.equal((await people.rep21.get(`/appeal/${a}`)).status, 404);
		assert.equal(await listed(), false);
		assert.equal((await pass('spec1')).status, 403);
		assert.equal((await pass('admin')).status, 303);
		assert.deepEqual(await appeals.row(a, 'passed_by, passed_at > 0'),
			[id.admin, '1']);
		assert.equal((await people.rep21.get(`/appeal/${a}`)).status, 200);
		assert.equal(await listed(), true);
		assert.equal((await people.rep22.get(`/appeal/${a}`)).status, 404);
		assert.deepEqual(await appeals.history(a), ['PASS']);
		assert.equal((await pass('admin')).status, 409); // once
	});

test('masked eyes see nothing of a person in any field', async () => {
	const secret = { surname: 'Тайнов', email: 'tajnov@example.org',
		address: 'Тайная улица', representative: 'Тайнова',
		concerned_surname: 'Тайный', relation: 'тайна' };
	const a = await appeal('spec1');

	assert.equal((await save('spec1', a, { ...secret, applies: 'OTHER',
		add_representative: '1' })).status, 303);
	const { text } = await people.director.get(`/appeal/${a}`);

	for (const value of Object.values(secret))
		assert.ok(!text.includes(value), value);
});

// ---- what must not come in --------------------------------------------------

// -> what the field says to it: a status, and whether the field is named
const TEXTS = new Set(['TEXT', 'NAME', 'EMAIL', 'ENP', 'PHONE', 'THEME']);
const CHOICES = new Set(['CHOICE', 'ONE']);
const IDS = new Set(['MO', 'INSURER', 'SCENARIO']);
const DATES = new Set(['DATE']);
const BAD = [
	['markup', '<b>"x"</b>', (k) => k !== 'TEXT'],
	['a quote', '\'";--', (k) => k !== 'TEXT'],
	['a mark that turns the text', 'а\u202eб', () => true],
	['an emoji', '😀', (k) => k !== 'TEXT'],
	['a control character', 'а\u0007б', () => true],
	['too long', (f) => 'я'.repeat((f.max || 24) + 1), () => true],
	['spaces', '   ', (k) => CHOICES.has(k) || IDS.has(k) || DATES.has(k)],
	['a number out of range', '99999999999999999999',
		(k) => k !== 'TEXT' && k !== 'ENP' && k !== 'PHONE'],
	['a negative number', '-1',
		(k) => !['TEXT', 'ENP', 'PHONE'].includes(k)],
	['a day that is none', '31.02.2020', (k) => DATES.has(k) || IDS.has(k) ||
		CHOICES.has(k)],
	['a day to come', '01.01.2999', (k) => DATES.has(k)],
	['nobody\'s id', '4294967294', (k) => IDS.has(k)],
	['SQL', '1 OR 1=1', (k) => IDS.has(k) || DATES.has(k) || CHOICES.has(k)],
];

test('each field refuses what is not its kind, beside itself, and saves ' +
	'nothing of the rest', async () => {
	const a = await appeal('spec1');
	const before = await all(a);
	const tried = { form: 'Письменная', applies: 'OTHER',
		concerned_surname: 'Иной', source: 'OTHER', source_name: 'Иная',
		add_representative: '1' };
	let refusals = 0;

	for (const f of FIELDS) {
		if (['PERSON', 'FLAG', 'TERM'].includes(f.kind))
			continue;
		for (const [what, value, refused] of BAD) {
			const text = typeof value === 'function' ? value(f) : value;

			if (!refused(f.kind) || (f.kind === 'THEME' && !text.trim()))
				continue;
			const res = await save('spec1', a, { ...tried, [f.name]: text,
				address: f.name === 'address' ? text : 'Не сохранять' });

			assert.equal(res.status, 422, `${f.name}: ${what}`);
			assert.ok(invalid(res).includes(f.name) ||
				(f.kind === 'THEME' || f.name === 'type'),
			`${f.name}: ${what}: ${invalid(res)}`);
			assert.doesNotMatch(res.text, /<b>"x"/);
			refusals++;
		}
	}
	assert.ok(refusals > 200, String(refusals));
	assert.deepEqual(await all(a), before);
});

test('text keeps what people write, and no page runs it', async () => {
	const hard = '<script>alert("x")</script> \'";-- 😀 שלום\u200f «»';

	for (const f of FIELDS.filter((g) => g.kind === 'TEXT')) {
		const a = await appeal('spec1');
		const text = hard.slice(0, f.max).trim();
		const res = await save('spec1', a, { form: 'Письменная',
			applies: 'OTHER', concerned_surname: 'Иной', source: 'OTHER',
			source_name: 'Иная', [f.name]: text });

		assert.equal(res.status, 303, `${f.name}: ${invalid(res)}`);
		assert.deepEqual(await appeals.row(a, f.column), [text], f.name);
		const page = (await people.spec1.get(`/appeal/${a}`)).text;

		assert.ok(page.includes('&lt;script&gt;'), f.name);
		assert.ok(!page.includes('<script>alert'), f.name);
	}
});

test('whatever a body is made of, each field of the form answers 4xx whole',
	async () => {
		const a = await appeal('spec1');
		const before = await all(a);
		const { text } = await people.spec1.get(`/appeal/${a}`);
		const form = text.match(/<form class="card-form[^]*?<\/form>/)[0];
		const shown = [...form.matchAll(/ name="([a-z_]+)"/g)].map((m) => m[1]);
		const names = new Set([...FIELDS.map((f) => f.name), ...STEP_FIELDS,
			...shown]);
		const p = people.spec1;

		// a field of the page that is in neither table is looked at too
		for (const f of FIELDS)
			assert.ok(shown.includes(f.name) || f.kind === 'TERM',
				`${f.name} stands in the form`);
		for (const name of names) {
			for (const [value, status] of [['%ff%fe', 400], ['a%00b', 400],
				['%zz', 400]]) {
				const body = `csrf=${p.csrf}&version=1&${name}=${value}`;
				const res = await request('POST', `/appeal/${a}`, p.headers({
					'content-type': 'application/x-www-form-urlencoded',
					'content-length': body.length }), body);

				assert.equal(res.status, status, `${name}=${value}`);
			}
			const big = await save('spec1', a, { [name]: 'я'.repeat(100000) });

			assert.ok(name === 'q' || name === 'boxes' || name === 'attach_to' ||
				(big.status >= 400 && big.status < 500) || big.status === 303,
			`${name}: ${big.status}`);
			if (big.status === 303) // no field of a saved card
				assert.ok(!FIELDS.some((f) => f.name === name &&
					TEXTS.has(f.kind)), `${name} took 100000 letters`);
			assert.ok(big.status < 500, name);
		}
		const mega = 'x'.repeat(1 << 20);

		for (const name of names)
			assert.equal((await request('POST', `/appeal/${a}`, p.headers({
				'content-type': 'application/x-www-form-urlencoded',
				'content-length': mega.length + name.length + 1 }),
			`${name}=${mega}`)).status, 413, name);
		const after = await all(a);

		assert.deepEqual(after.slice(0, FIELDS.length),
			before.slice(0, FIELDS.length));
	});

test('K-5.1.6.6 a save whose answer got lost is asked for again and done once',
	async () => {
		const p = people.op1;
		const where = await draft(p);
		const a = where.match(/\d+$/)[0];
		const form = { version: 1, type: 'Консультация', theme: 'KN-01.01',
			form: 'Устная', channel: 'HOTLINE', description: 'Один раз',
			appealed_on: '01.02.2026', do: 'save' };

		for (let i = 0; i < 3; i++)
			assert.equal((await p.post(where, form)).status, 303);
		assert.deepEqual(await appeals.history(a), ['SAVE']);
		assert.deepEqual(await appeals.row(a, 'version, description'),
			['2', 'Один раз']);
		// other words are no repetition, and a colleague's save is none
		assert.equal((await p.post(where, { ...form, description: 'Иное' }))
			.status, 409);
		await pages.sql(`INSERT INTO appeal_history (appeal_id, user_id,
			event, to_status) VALUES (${a}, ${id.spec1}, 'UPDATE',
			'IN_PROGRESS')`);
		assert.equal((await p.post(where, form)).status, 409);
	});

test('an old version, no code of the page, another\'s card: nothing is saved',
	async () => {
		const a = await appeal('spec1');
		const before = await all(a);
		await pages.sql(`UPDATE appeal SET measures = 'Его меры' WHERE
			id = ${a}`);
		const stale = await save('spec1', a, { version: 77,
			description: 'Моё', result: '', measures: 'Мои меры' });

		assert.equal(stale.status, 409);
		assert.match(stale.text, /Моё/); // his
		assert.match(stale.text, /Как было/); // beside theirs
		assert.match(stale.text, /<dd[^>]*>Его меры/);
		assert.equal((await people.spec1.post(`/appeal/${a}`, { version: 1 },
			{ csrf: '' })).status, 403);
		assert.equal((await save('op1', a, {})).status, 403); // same fund
		assert.equal((await save('rep22', a, {})).status, 404);
		assert.equal((await people.spec1.post(`/appeal/${a}`,
			{ version: 'x' })).status, 422);
		assert.deepEqual(await all(a), before);
	});

await run();
