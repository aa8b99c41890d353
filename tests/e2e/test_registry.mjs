#!/usr/bin/env node
// The search in the register of insured persons, by keyboard alone, in both
// browsers. limit: 300 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const LOGINS = { chromium: 'op1', firefox: 'op2' };
const [person] = await desk.stack.sql('SELECT id, surname, given_name, ' +
	'DATE_FORMAT(birth_date, \'%d.%m.%Y\') AS birth, enp FROM insured_person ' +
	'WHERE k_sn NOT LIKE \'%Е%\' LIMIT 1');

const focus = (b, selector) => b.eval((s) => {
	document.querySelector(s).focus();
}, selector);
const focused = (b, what, selector) => b.wait(
	`return document.activeElement?.matches('${selector}')`, PATIENCE, what);
const value = (b, selector) => b.eval((s) =>
	document.querySelector(s).value, selector);

for (const engine of ENGINES) {
	let b;

	test(`K-5.1.3.2 ${engine}: without a field M04, and no request`,
		async () => {
			b = await desk.sit(LOGINS[engine], { engine });
			await b.press('Добавить');
			await b.sees('Черновик обращения');
			const before = await b.eval(() =>
				performance.getEntriesByType('resource').length);

			await focus(b, '#r-given_name');
			await b.type('  ');
			await b.key('Enter');
			await b.sees('Заполните хотя бы одно поле поиска');
			await focused(b, 'the first field', '#r-surname');
			assert.ok(!await b.eval((n) => performance
				.getEntriesByType('resource').slice(n)
				.some((e) => e.name.endsWith('/registry')), before));
		});

	test(`K-5.1.3.6 ${engine}: found and attached, what was typed stays`,
		async () => {
			await focus(b, '#description');
			await b.type('О полисе');
			await focus(b, '#r-surname');
			await b.type(person.surname.toLowerCase());
			await b.key('Tab');
			await b.eval(() => { document.activeElement.value = ''; });
			await focus(b, '#r-birth_date');
			await b.type(person.birth);
			await b.key('Enter');
			await b.wait('return !!document.querySelector(' +
				`'[data-attach] [value="${person.id}"]')`, PATIENCE,
			'the person');
			await focus(b, `[data-attach]:has([value="${person.id}"]) button`);
			await b.key('Enter');
			await b.wait('return document.querySelector(' +
				`'[data-card] [name=enp]')?.value === '${person.enp}'`,
			PATIENCE, 'the person in the card');
			assert.equal(await value(b, '#surname'), person.surname);
			assert.equal(await value(b, '#birth_date'), person.birth);
			assert.equal(await value(b, '#description'), 'О полисе');
			const [row] = await desk.stack.sql('SELECT a.description FROM ' +
				`appeal a WHERE a.person_id = ${person.id} AND a.status = ` +
				'\'DRAFT\' ORDER BY a.id DESC LIMIT 1');

			assert.equal(row.description, 'О полисе');
		});

	test(`K-5.1.3.4 ${engine}: «Очистить» and «Скрыть»`, async () => {
		await focus(b, '#r-surname');
		await b.type('Ъъъ');
		await b.key('Enter');
		await b.sees('Застрахованное лицо не найдено');
		await b.press('Очистить');
		await focused(b, 'the first field', '#r-surname');
		assert.equal(await value(b, '#r-surname'), '');
		assert.ok(!await b.eval(() => document.querySelector(
			'[data-registry-found]').textContent.trim()));
		await b.press('Скрыть');
		assert.ok(await b.eval(() =>
			!document.querySelector('#r-surname').checkVisibility()));
		await b.press('Показать');
		assert.ok(await b.eval(() =>
			document.querySelector('#r-surname').checkVisibility()));
		await b.shot('registry');
		clean(b);
		await desk.away(b);
	});
}

await run();
