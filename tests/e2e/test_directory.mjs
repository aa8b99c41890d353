#!/usr/bin/env node
// The directory by keyboard alone, in both browsers, and presence in it as it
// changes. limit: 180 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HZ, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const LOGINS = { chromium: 'op1', firefox: 'op2' };
const [colleague, ...readers] = await Promise.all([
	desk.sit('spec1', { hz: HZ.spec }),
	...ENGINES.map((engine) => desk.sit(LOGINS[engine], { engine })),
]);

const rows = (b) => b.eval(() => [...document.querySelectorAll(
	'[data-list-rows] > tr:not([hidden])')].map((tr) => tr.dataset.number));

// The state word in the row of an extension.
function stands(b, number, word) {
	return b.wait(`return document.querySelector('tr[data-number="${number}"]' +
		' .presence')?.textContent === '${word}'`, 15000,
	`${number} «${word}»`);
}

const focused = (b, what, selector) => b.wait(
	`return document.activeElement?.matches('${selector}')`, 10000, what);

async function open(b) {
	await b.key('Shift+F8');
	await focused(b, 'the search field', '#list-search');
}

for (const b of readers) {
	test(`opened, searched and left by keyboard in ${b.engine}`, async () => {
		await open(b);
		assert.ok((await rows(b)).length > 10);
		await b.type('СеМЕНов'); // Семёнов
		await b.sees('Найдено: 1');
		assert.deepEqual(await rows(b), ['1002']);
		await b.type(' нет таких');
		await b.sees('Ничего не найдено');
		await b.key('Escape');
		await b.type('полын 1101');
		await b.sees('Найдено: 1');
		assert.deepEqual(await rows(b), ['1101']);
		await b.key('Escape');
		assert.ok((await rows(b)).length > 10);
	});

	test(`K-4.1.4 arrows choose, Enter takes the number in ${b.engine}`, async () => {
		await open(b);
		await b.type('200');
		await b.key('ArrowDown');
		await focused(b, 'Васильева', 'tr[data-number="2002"]');
		await b.key('ArrowUp');
		await focused(b, 'the field again', '#list-search');
		await b.key('ArrowDown');
		await b.key('ArrowDown');
		await focused(b, 'Морозов', 'tr[data-number="2001"]');
		await b.key('Enter');
		await focused(b, '«Введите номер»', '#phone-dial');
		assert.equal(await b.eval(() =>
			document.querySelector('#phone-dial').value), '2001');
		assert.equal(await b.eval(() =>
			document.querySelector('#phone-keys').hidden), true);
	});
}

test('K-4.1.3 presence changes in the open directory as it happens', async () => {
	for (const b of readers) {
		await open(b);
		await stands(b, '2001', 'Недоступен');
	}
	await desk.activate(colleague);
	for (const b of readers)
		await stands(b, '2001', 'Свободен');
	await colleague.press('Завершить');
	for (const b of readers)
		await stands(b, '2001', 'Недоступен');
	// a page that turns has it at once
	await readers[0].key('Shift+F8');
	await desk.activate(colleague);
	await readers[0].click('link', 'Организации');
	await readers[0].click('link', 'Сотрудники');
	await stands(readers[0], '2001', 'Свободен');
});

const NUMBER = { chromium: '1001', firefox: '1002' };

// The colleague of a number stands in «Последние вызовы» with these words.
async function listed(b, number, words) {
	await b.click('link', 'Последние вызовы');
	await b.wait(`return [...document.querySelectorAll(
		'.calls-list tbody tr')].some((tr) => tr.dataset.number ===
		'${number}' && tr.textContent.includes('${words}'))`, 15000,
	`${number} «${words}» in the list`);
}

for (const op of readers) {
	test('in a talk Enter puts the number up, a second press transfers in ' +
		op.engine, async () => {
		await desk.activate(op);
		await open(op);
		const call = await desk.talk(op);

		await stands(op, NUMBER[op.engine], 'Разговаривает');
		await op.key('Shift+F8');
		await op.type('2001');
		await op.key('Enter');
		await focused(op, 'the field of the transfer', '#phone-to');
		await op.key('Enter');
		await colleague.callState('RING');
		await colleague.press('Ответить');
		await colleague.callState('TALK');
		await desk.hearEachOther(call, colleague);
		await stands(op, '2001', 'Разговаривает');
		await desk.free(op);
		await desk.end(call, colleague);
	});

	test('at rest Enter calls the colleague, who stands in «Последние ' +
		`вызовы» in ${op.engine}`, async () => {
		await open(op);
		await op.type('морозов');
		await op.key('Enter');
		await colleague.callState('RING');
		await colleague.press('Отклонить');
		await op.agent('FREE');
		await listed(op, '2001', 'Внутренний');
		await listed(colleague, NUMBER[op.engine], 'Отклонён');
		await op.press('Завершить');
	});
}

const day = (ago) => new Date(Date.now() - ago * 86400000)
	.toISOString().slice(0, 10);

test('the pages as they are seen', async () => {
	for (const op of readers)
		for (const [where, name] of [['/directory', 'directory'],
			['/directory/organizations', 'organizations'],
			['/calls', 'calls'],
			[`/report?from=${day(30)}&to=${day(0)}`, 'report']]) {
			await op.goto(`${desk.stack.url}${where}`);
			await op.until((s) => !s.agent.started ||
				s.agent.leg === 'up', { what: 'the telephone is back' });
			for (const [theme, word] of [['Светлое', 'light'],
				['Тёмное', 'dark']]) {
				await op.select('Оформление', theme);
				await op.shot(`${name}-${word}`);
			}
		}
});

test('nothing wrong in any console', () => {
	for (const b of [colleague, ...readers])
		clean(b);
});

await run();
