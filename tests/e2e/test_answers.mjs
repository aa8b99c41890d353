#!/usr/bin/env node
// What is typed beside the approved answers, in both browsers: a proposal with
// its preview, an organization for SC-062. limit: 300 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { choose, settled, there } from './answers.mjs';
import { Desk, ENGINES, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const unread = (b) => b.eval(() => Number(document.querySelector(
	'[data-notice-count]').textContent));
const LOGINS = { chromium: 'op1', firefox: 'op2' };
// What is corrected: of an answer of its own, whatever the other has done.
const PROPOSED = { chromium: ['KN-01.05', 'SC-005'],
	firefox: ['KN-01.06', 'SC-006'] };

for (const engine of ENGINES) {
	test(`K-5.1.5.5 ${engine}: a proposal from the card, its preview as one ` +
		'types, approved by the administrator', async () => {
		const [theme, code] = PROPOSED[engine];
		const [op, admin] = await Promise.all([LOGINS[engine], 'admin'].map(
			(who) => desk.sit(who, { engine })));
		const url = (where) => `${desk.stack.url}${where}`;
		const type = (b, text) => b.eval((t) => {
			const field = document.querySelector('#c-text');

			field.value = t;
			field.dispatchEvent(new Event('input', { bubbles: true }));
		}, text);

		await op.press('Новое обращение');
		await choose(op, theme);
		await there(op, `[data-code="${code}"]`);
		await op.click('link', 'Предложить правку');
		await op.wait(`return /^.admin.scenarios.\\d+.new$/.test(
			location.pathname) && !location.search &&
			document.querySelector('#page > form#answer-form') !== null`, 30000,
		'the form is the page');
		await settled(op);
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
		await admin.fill('Поиск', code);
		await admin.wait(`return document.querySelectorAll(
			'[data-list-rows] > tr:not([hidden])').length === 2`, 30000,
		'the answer and the proposal');
		await admin.click('link', 'Предложения: 1');
		await admin.wait(`return document.querySelectorAll(
			'[data-list-rows] > tr').length === 1`, 30000, 'the queue');
		await admin.eval(() =>
			document.querySelector('[data-list-rows] a').click());
		await there(admin, '[data-state=PROPOSED]');
		await admin.shot('answer');
		const before = await unread(op);

		await admin.click('button', 'Утвердить');
		await there(admin, '[data-state=IN_FORCE]');
		// he is told at once
		await op.wait(`return Number(document.querySelector(
			'[data-notice-count]').textContent) === ${before + 1}`, 30000,
		'a notice');
		await op.goto(url('/notices'));
		await op.click('link', `Ваше предложение по сценарию ${code} ` +
			'утверждено');
		await there(op, '[data-state=IN_FORCE]');
		await op.goto(url('/admin/scenarios'));
		await op.sees('Действует');
		clean(op);
		clean(admin);
		await desk.away(op);
		await desk.away(admin);
	});

	test(`K-4.1.6 ${engine}: an organization is found as one types and stands ` +
		'in SC-062', async () => {
		const op = await desk.sit(LOGINS[engine], { engine });
		const [{ phones }] = await desk.stack.sql(`SELECT phones
			FROM organization WHERE code = '26902' AND kind = 'INSURER'`);

		await op.press('Новое обращение');
		await choose(op, 'KN-14.11');
		await there(op, '#entry-words');
		await settled(op);
		await op.eval(() => {
			const field = document.querySelector('#entry-words');

			field.focus();
			field.value = '26902';
			field.dispatchEvent(new Event('input', { bubbles: true }));
		});
		await there(op, '.scenario-entry button');
		await settled(op);
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
}

await run();
