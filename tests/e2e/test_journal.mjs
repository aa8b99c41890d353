#!/usr/bin/env node
// The journal of one while a colleague works: rows change, come and go, and
// what is read stays where it is. limit: 600 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, run, test } from '../lab/run.mjs';
import { Desk, ENGINES, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;
const LIMIT = 240000; // two browsers to start
const rows = (b) => b.eval(() => [...document.querySelectorAll(
	'table.journal tr[data-appeal]')].map((r) => r.dataset.appeal));
// Which elements stand where, what has the focus, how far down it is.
const view = (b, id) => b.eval((one) => {
	const row = document.querySelector(`tr[data-appeal="${one}"]`);

	return { top: Math.round(row.getBoundingClientRect().top),
		focus: document.activeElement.getAttribute('href'),
		same: row === window.mine };
}, id);
const inRow = (b, id, text) => b.wait(`return document.querySelector(
	'tr[data-appeal="${id}"]')?.textContent.includes('${text}')`, PATIENCE,
`«${text}» in row ${id}`);

// Read from here on, in the middle of the list: this row and this link in it.
const read = (b, id) => b.eval((one) => {
	const scroll = document.querySelector('.journal-scroll');
	const row = document.querySelector(`tr[data-appeal="${one}"]`);

	scroll.scrollTop = 200;
	window.mine = row;
	window.sameDocument = true;
	row.querySelector('td a').focus({ preventScroll: true });
}, id);

let op, other; // who reads, in the browser of the case; who works

async function both(engine) {
	op ??= await desk.sit('op1', { engine });
	other ??= await desk.sit('spec1');
}

for (const engine of ENGINES) {
	test(`${engine}: a colleague's work is seen without a reload, and ` +
		'nothing jumps', async () => {
		await both(engine);
		const id = (await rows(op))[12];

		await stack.sql(`UPDATE appeal SET status = 'IN_PROGRESS',
			type = 'Консультация', theme_code = 'KN-01.01', assignee_id =
			(SELECT id FROM user_account WHERE login = 'spec1')
			WHERE id = ${id}`);
		await op.goto(`${stack.url}/`);
		await read(op, id);
		const before = await view(op, id);

		// one that is shown
		await other.goto(`${stack.url}/appeal/${id}`);
		await other.fill('Фамилия', 'Переменов', '[data-card]');
		await other.press('Сохранить');
		await other.sees('Обращение сохранено');
		await inRow(op, id, 'Переменов');
		assert.deepEqual(await view(op, id), before);
		assert.equal(before.same, true);

		// one that comes in above
		const had = await rows(op);

		await other.goto(`${stack.url}/`);
		await other.press('Новое обращение');
		await other.sees('Черновик обращения');
		await other.select('Тип обращения', 'Консультация');
		await other.fill('Поиск темы', 'прикреп');
		await other.eval(() => document.querySelector('#theme-search').focus());
		await other.key('Enter');
		await other.wait(`return document.querySelector('#theme-code')
			.selectedIndex === 0`, PATIENCE, 'a theme');
		await other.fill('Краткое описание', 'Спрашивает о прикреплении');
		await other.fill('Фамилия', 'Новичков', '[data-card]');
		await other.fill('Имя', 'Пробный', '[data-card]');
		await other.press('Сохранить');
		await other.sees('Обращение сохранено');
		const fresh = await other.eval(() =>
			document.querySelector('form[data-card]').dataset.card);

		await inRow(op, fresh, 'Новичков');
		assert.deepEqual(await rows(op), [fresh, ...had]);
		assert.deepEqual(await view(op, id), before);
		assert.equal(await op.eval(() => window.sameDocument), true);
		clean(op);
	}, { limit: LIMIT });

	test(`K-4.0.10 ${engine}: what a colleague has taken says so, and goes ` +
		'once nobody looks', async () => {
		await both(engine);
		const count = () => op.eval(() => Number(document.getElementById(
			'unassigned-count').textContent));

		await stack.sql(`INSERT INTO appeal (status, origin, channel, phone,
			registered_at, organization_id, number) SELECT 'DEFERRED',
			'LOST_CALL', 'HOTLINE', CONCAT('+7900123450', n.seq), NOW(3) -
			INTERVAL n.seq MINUTE, u.organization_id, CONCAT('26-96-',
			'${engine}' = 'firefox', n.seq) FROM user_account u
			JOIN seq_1_to_9 n WHERE u.login = 'op1'`);
		await op.goto(`${stack.url}/?status=UNASSIGNED`);
		await other.goto(`${stack.url}/?status=UNASSIGNED`);
		const list = await rows(op);
		const there = await count();
		const [, first, second] = list;
		const taken = (id) => other.eval((one) => document.querySelector(
			`tr[data-appeal="${one}"] form button`).click(), id);

		await taken(first);
		await inRow(op, first, 'Больше не в этом списке');
		assert.equal(await count(), there - 1);
		assert.deepEqual(await rows(op), list, 'no row moves under the hand');
		assert.match(await op.eval(() => document.querySelector(
			'[data-journal-news]').textContent),
		/^26-96-\d+\. Больше не в этом списке$/);
		await op.shot('journal-gone');

		// out of sight it goes, unless the focus is in it
		await op.eval((one) => document.querySelector(
			`tr[data-appeal="${one}"] td a`).focus(), second);
		await other.goto(`${stack.url}/?status=UNASSIGNED`);
		await taken(second);
		await inRow(op, second, 'Больше не в этом списке');
		await op.eval(() => {
			const scroll = document.querySelector('.journal-scroll');

			scroll.style.flex = '0 0 80px';
			scroll.scrollTop = scroll.scrollHeight;
		});
		await op.wait(`return !document.querySelector(
			'tr[data-appeal="${first}"]')`, PATIENCE, 'it is gone');
		assert.deepEqual(await rows(op), list.filter((id) => id !== first));
		clean(op);
	}, { limit: LIMIT });

	test(`${engine}: a filter is kept and chosen by keyboard; the archive`, async () => {
		const open = async () => {
			await op.eval(() => document.querySelector('.head-menu summary')
				.focus());
			await op.key('Enter');
		};
		const chosen = (what) => op.wait(`return ${what} && document
			.querySelector('#f-type').value === 'Жалоба' &&
			[...document.querySelectorAll('tr[data-appeal] .type')].every(
				(t) => t.textContent === 'Жалоба')`, PATIENCE,
		'the complaints');

		await both(engine);
		await op.goto(`${stack.url}/`);
		await op.select('Тип', 'Жалоба');
		await op.press('Поиск');
		await chosen('true');
		await open();
		await op.fill('Сохранить текущий фильтр как', `Жалобы ${engine}`);
		await op.eval(() => document.querySelector('#saved-title').focus());
		await op.key('Enter');
		await op.wait(`return document.querySelector('.head-menu summary')
			.textContent === 'Жалобы ${engine}'`, PATIENCE, 'its name');
		await op.goto(`${stack.url}/`);
		await open();
		await op.key('Tab');
		await op.shot('journal-saved');
		await op.key('Enter');
		await chosen('location.search');

		await op.click('link', 'Архив');
		await op.wait(`return document.querySelector('#f-result') &&
			[...document.querySelectorAll('tr[data-appeal] td:nth-child(5)')]
				.every((t) => t.textContent.trim() === 'Закрыто')`, PATIENCE,
		'the closed ones');
		await op.select('Результат обращения', 'Дана консультация');
		await op.press('Поиск');
		await op.wait(`return document.querySelector('#f-result').value ===
			'CONSULTED' && document.querySelector('form[data-applied]') &&
			!!document.querySelector('tr[data-appeal]')`, PATIENCE,
		'those with that result');
		await op.shot('journal-archive');
		clean(op);
		await desk.away(op);
		op = null;
	}, { limit: LIMIT });

	test(`${engine}: an export leaves the page and its telephone alone`,
		async () => {
			const admin = await desk.sit('admin', { engine });

			await admin.eval(() => {
				window.sameDocument = true;
				document.querySelector('.export summary').click();
			});
			await admin.fill('Цель выгрузки', `Сверка ${engine}`);
			await admin.shot('journal-export');
			await admin.press('XLSX');
			await stack.row(`SELECT 1 FROM access_log WHERE action = 'EXPORT'
				AND reason = 'Сверка ${engine}'`, (found) => found.length > 0);
			await admin.agent('INACTIVE');
			assert.equal(await admin.eval(() => window.sameDocument), true);
			clean(admin);
			await desk.away(admin);
		}, { limit: LIMIT });
}

await run();
