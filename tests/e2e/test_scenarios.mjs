#!/usr/bin/env node
// The approved answers beside the card in a talk, in both browsers: they come
// with the theme, a recommended name goes into the transfer field, «Нестандарт-
// ная ситуация» is one key away. limit: 180 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HOTLINE, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const there = (b, selector) => b.wait(`return !!document.querySelector(
	${JSON.stringify(selector)})`, 30000, selector);
const press = (b, selector) => b.eval((s) =>
	document.querySelector(s).click(), selector);
const LOGINS = { chromium: 'op1', firefox: 'op2' };

for (const engine of ENGINES)
	test(`K-5.1.5.4, K-5.1.5.6 ${engine}: an answer is used, and its helper ` +
		'stands in the transfer field', async () => {
		const spec = await desk.active('spec1');
		const op = await desk.active(LOGINS[engine], { engine });
		const call = await desk.phone.call(HOTLINE);

		await op.callState('RING');
		await op.press('Ответить');
		await op.callState('TALK');
		await op.press('Добавить');
		await op.sees('Для отображения сценария ответа укажите тип и тему');
		await op.select('Тип обращения', 'Консультация');
		await there(op, '#theme-code option[value="KN-01.04"]');
		await op.eval(() => {
			const list = document.querySelector('#theme-code');

			list.value = 'KN-01.04';
			list.dispatchEvent(new Event('change', { bubbles: true }));
		});
		await there(op, '[data-code="SC-004"]');
		await op.wait(`return document.querySelector(
			'.scenario-helpers .presence')?.textContent === 'Свободен'`, 30000,
		'the helper is free');
		await op.shot('scenario');
		await press(op, '[data-code="SC-004"]');
		await there(op, '[data-code="SC-004"][aria-pressed=true]');
		await press(op, '[data-hand-to="2001"]');
		await op.wait(`return document.activeElement.id === 'phone-to' &&
			document.activeElement.value === '2001'`, 10000, 'his number');
		await op.key('F7');
		await there(op, '[data-code="SC-102"]');
		await there(op, '[data-flag=THREAT]');
		await desk.stack.row(`SELECT s.code FROM appeal a LEFT JOIN scenario s
			ON s.id = a.scenario_id ORDER BY a.id DESC LIMIT 1`,
		(r) => r[0].code === 'SC-004');
		await desk.end(call, op);
		clean(op);
		await desk.away(op);
		await desk.away(spec);
	});

if (ENGINES.includes('chromium'))
	test('K-5.1.5.5 chromium: a proposal from the card, its preview as one ' +
		'types, approved by the administrator', async () => {
		const [op, admin] = await Promise.all([desk.sit('op1'),
			desk.sit('admin')]);
		const url = (where) => `${desk.stack.url}${where}`;
		const type = (b, text) => b.eval((t) => {
			const field = document.querySelector('#c-text');

			field.value = t;
			field.dispatchEvent(new Event('input', { bubbles: true }));
		}, text);

		await op.press('Новое обращение');
		await op.select('Тип обращения', 'Консультация');
		await there(op, '#theme-code option[value="KN-01.05"]');
		await op.eval(() => {
			const list = document.querySelector('#theme-code');

			list.value = 'KN-01.05';
			list.dispatchEvent(new Event('change', { bubbles: true }));
		});
		await there(op, '[data-code="SC-005"]');
		await op.click('link', 'Предложить правку');
		await op.wait(`return /^.admin.scenarios.\\d+.new$/.test(
			location.pathname) && !location.search &&
			document.querySelector('#page > form#answer-form') !== null`, 30000,
		'the form is the page');
		await type(op, 'Скажите о {срок}. [Проверить] {нет_такого}');
		await op.wait(`return document.querySelector(
			'#answer-preview .scenario-do')?.textContent === 'Проверить' &&
			document.querySelector('#answer-preview .text-danger') !== null`,
		30000, 'preview and what is wrong with it');
		await type(op, 'Скажите о {срок}. [Записать]');
		await op.wait(`return document.querySelector(
			'#answer-preview .scenario-do')?.textContent === 'Записать' &&
			document.querySelector('#answer-preview .text-danger') === null &&
			document.querySelector('#c-text').value.includes('Записать')`,
		30000, 'preview of what is right');
		await op.click('button', 'Отправить предложение');
		await there(op, '[data-state=PROPOSED]');

		await admin.goto(url('/admin/scenarios'));
		await admin.fill('Поиск', 'SC-005');
		await admin.wait(`return document.querySelectorAll(
			'[data-list-rows] > tr:not([hidden])').length === 2`, 30000,
		'the answer and the proposal');
		await admin.click('link', 'Предложения: 1');
		await admin.wait(`return document.querySelectorAll(
			'[data-list-rows] > tr').length === 1`, 30000, 'the queue');
		await press(admin, '[data-list-rows] a');
		await there(admin, '[data-state=PROPOSED]');
		await admin.shot('answer');
		await admin.click('button', 'Утвердить');
		await there(admin, '[data-state=IN_FORCE]');
		await op.goto(url('/admin/scenarios'));
		await op.sees('Действует');
		clean(op);
		clean(admin);
		await desk.away(op);
		await desk.away(admin);
	});

if (ENGINES.includes('chromium'))
	test('K-4.1.6 chromium: an organization is found as one types and stands ' +
		'in SC-062', async () => {
		const op = await desk.sit('op1');
		const [{ phones }] = await desk.stack.sql(`SELECT phones
			FROM organization WHERE code = '26902' AND kind = 'INSURER'`);

		await op.press('Новое обращение');
		await op.select('Тип обращения', 'Консультация');
		await there(op, '#theme-code option[value="KN-14.11"]');
		await op.eval(() => {
			const list = document.querySelector('#theme-code');

			list.value = 'KN-14.11';
			list.dispatchEvent(new Event('change', { bubbles: true }));
		});
		await there(op, '#entry-words');
		await op.eval(() => {
			const field = document.querySelector('#entry-words');

			field.focus();
			field.value = '26902';
			field.dispatchEvent(new Event('input', { bubbles: true }));
		});
		await there(op, '.scenario-entry button');
		// he goes on typing in the same field
		assert.equal(await op.eval(() => document.activeElement.id),
			'entry-words');
		await op.eval(() => [...document.querySelectorAll(
			'.scenario-entry button')].find((e) =>
			e.textContent.trim().endsWith(' 26902')).click());
		await op.wait(`return [...document.querySelectorAll('.scenario-text b')]
			.some((b) => b.textContent === ${JSON.stringify(phones)})`, 30000,
		'its telephones');
		clean(op);
		await desk.away(op);
	});

await run();
