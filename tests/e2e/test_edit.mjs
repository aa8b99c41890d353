#!/usr/bin/env node
// A card that two have open, a browser that is killed, a database that is
// away: nothing typed is lost, nothing is saved twice. limit: 600 s

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE, inNamespace, run, test } from '../lab/run.mjs';
import { Desk, ENGINES } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;
const sv = (what) => promisify(execFile)('sv', ['-w', '60', what,
	path.join(stack.state, 'sv/mariadb')]);
const value = (b, name) => b.eval((n) =>
	document.querySelector('form[data-card]')?.elements[n]?.value, name);
const id = (b) => b.eval(() =>
	document.querySelector('form[data-card]').dataset.card);

// As one types it.
const put = (b, name, text) => b.eval(([n, t]) => {
	const field = document.querySelector('form[data-card]').elements[n];

	field.value = t;
	for (const event of ['input', 'change'])
		field.dispatchEvent(new Event(event, { bubbles: true }));
}, [name, text]);

async function kept(b) {
	await b.wait(`return /Черновик сохран/.test(document.querySelector(
		'[data-draft-state]')?.textContent)`, PATIENCE, 'a draft that is kept');
}

// A card of op1's, «В работе».
async function registered(n) {
	await stack.sql(`INSERT INTO appeal (status, type, theme_code, surname,
		phone, registered_at, author_id, assignee_id, organization_id, number)
		SELECT 'IN_PROGRESS', 'Консультация', 'KN-01.01', 'Пробный',
		'+79001234567', NOW(3), id, id, organization_id, '26-98-${n}'
		FROM user_account WHERE login = 'op1'`);
	const [row] = await stack.sql(`SELECT id FROM appeal WHERE
		number = '26-98-${n}'`);

	return row.id;
}

for (const engine of ENGINES) {
	const n = engine === 'firefox' ? '00001' : '00000';

	test(`${engine}: a draft survives a killed browser, boxes and all`,
		async () => {
			const op = await desk.sit('op1', { engine });

			await op.press('Новое обращение');
			await op.sees('Черновик обращения');
			const card = await id(op);

			await put(op, 'description', 'Набрано до обрыва');
			await put(op, 'language', 'удмуртский');
			await put(op, 'applies', 'OTHER');
			await put(op, 'concerned_surname', 'Убитов');
			await op.eval(() => document.querySelector('#authority').click());
			await kept(op);
			await stack.row(`SELECT authority, description FROM appeal WHERE
				id = ${card}`, ([r]) => r.authority === '1' &&
				r.description === 'Набрано до обрыва');
			await op.kill();
			await desk.away(op);

			const next = await desk.sit('op1', { engine });

			await next.goto(`${stack.url}/appeal/${card}`);
			await next.sees('Черновик обращения');
			assert.equal(await value(next, 'description'),
				'Набрано до обрыва');
			assert.equal(await value(next, 'language'), 'удмуртский');
			assert.equal(await value(next, 'concerned_surname'), 'Убитов');
			assert.equal(await next.eval(() =>
				document.querySelector('#authority').checked), true);
			await desk.away(next);
		});

	test(`K-6.1.10 ${engine}: so do edits of a registered card, answer and all`,
		async () => {
			const card = await registered(`${n}3`);
			const op = await desk.sit('op1', { engine });

			await op.goto(`${stack.url}/appeal/${card}`);
			await put(op, 'description', 'Дополнено до обрыва');
			await put(op, 'answer_text', 'Ответили');
			await op.eval(() => document.querySelector('#do_not_call').click());
			await kept(op);
			await stack.row(`SELECT fields FROM appeal_edit WHERE
				appeal_id = ${card}`, ([r]) => r &&
				JSON.parse(r.fields).do_not_call === '1');
			await op.kill();
			await desk.away(op);

			const next = await desk.sit('op1', { engine });

			await next.goto(`${stack.url}/appeal/${card}`);
			await next.sees('Черновик: показано то, что вы ввели и не сохранили');
			assert.equal(await value(next, 'description'),
				'Дополнено до обрыва');
			assert.equal(await value(next, 'answer_text'), 'Ответили');
			assert.equal(await next.eval(() =>
				document.querySelector('#do_not_call').checked), true);
			await next.shot('kept');
			// words alone are no answer yet
			await put(next, 'answer_text', '');
			await next.press('Сохранить');
			await next.sees('Обращение сохранено');
			const [row] = await stack.sql(`SELECT a.description, a.do_not_call,
				(SELECT COUNT(*) FROM appeal_edit WHERE appeal_id = a.id) AS kept
				FROM appeal a WHERE a.id = ${card}`);

			assert.deepEqual({ ...row }, { description: 'Дополнено до обрыва',
				do_not_call: '1', kept: '0' });
			await desk.away(next);
		}, { limit: 240000 }); // two browsers start

	test(`K-6.1.10 ${engine}: two have it open: each is told, the second ` +
		'saver sees both versions', async () => {
		const card = await registered(`${n}1`);
		const op = await desk.sit('op1', { engine });
		const other = await desk.sit('spec1', { engine });
		const where = `${stack.url}/appeal/${card}`;

		await op.goto(where);
		await other.goto(where);
		await op.sees('Карточка открыта также:');
		await other.sees('Карточка открыта также:');
		await op.shot('viewers');
		await other.goto(`${stack.url}/`);
		await op.wait(`return !document.querySelector('[data-viewers]')
			.textContent`, PATIENCE, 'nobody else');

		// a colleague is given it and saves while it stands open here
		await put(op, 'description', 'Моё');
		await put(op, 'email', 'moe@example.org');
		await stack.sql(`UPDATE appeal SET description = 'Его',
			address = 'Его улица', version = version + 1 WHERE id = ${card}`);
		await op.press('Сохранить');
		await op.sees('Карточка изменена другим пользователем');
		assert.equal(await value(op, 'description'), 'Моё');
		await op.sees('Его улица');
		assert.equal(await op.eval(() => document.querySelector(
			'[aria-labelledby=theirs-title]').textContent.includes('Его')),
		true);
		await op.shot('conflict');
		// he has seen both, and saves over it
		await op.press('Сохранить');
		await op.sees('Обращение сохранено');
		const [row] = await stack.sql(`SELECT description, email FROM appeal
			WHERE id = ${card}`);

		assert.deepEqual({ ...row }, { description: 'Моё',
			email: 'moe@example.org' });
		await desk.away(other);
		await desk.away(op);
	});

	test(`K-5.2.1.2 ${engine}: a file is attached beside what is typed, and ` +
		'removed only when asked twice', async () => {
		const op = await desk.sit('spec1', { engine });
		const choose = (name, text) => op.eval(([n, t]) => {
			const list = new DataTransfer();

			list.items.add(new File([t], n));
			document.querySelector('#file').files = list.files;
		}, [name, text]);

		await op.press('Новое обращение');
		await op.sees('Черновик обращения');
		await put(op, 'description', 'Не потерять');
		await op.press('Приложить');
		await op.sees('Заполните: Номер документа');
		await op.sees('Выберите файлы');
		await op.fill('Номер документа', '17/3');
		await op.fill('Дата регистрации документа', '01.02.2026');
		await choose('письмо.pdf', 'MZ');
		await op.press('Приложить');
		await op.sees('Содержимое не соответствует имени файла');
		await op.fill('Номер документа', '17/3');
		await op.fill('Дата регистрации документа', '01.02.2026');
		await choose('письмо.pdf', '%PDF-1.4\n%%EOF');
		await op.press('Приложить');
		await op.sees('Файлы приложены');
		assert.equal(await value(op, 'description'), 'Не потерять');
		await op.shot('files');
		const link = await op.eval(() =>
			document.querySelector('[data-file] a').getAttribute('href'));

		assert.equal(await op.eval(async (a) => (await (await fetch(a)).text()),
			link), '%PDF-1.4\n%%EOF');
		const remove = () => op.eval((a) => document.querySelector(
			`[action="${a}/delete"] button`).click(), link);
		const rows = () => op.eval(() =>
			document.querySelectorAll('[data-file]').length);

		await remove();
		await op.sees('Удалить файл из обращения?');
		await op.press('Отмена');
		assert.equal(await rows(), 2);
		await remove();
		await op.sees('Удалить файл из обращения?');
		await op.eval(() => document.querySelector(
			'dialog[open] button').click());
		await op.wait(`return document.querySelectorAll('[data-file]')
			.length === 1`, PATIENCE, 'only the one in quarantine');
		assert.equal(await value(op, 'description'), 'Не потерять');
		assert.deepEqual(op.problems.filter((p) => !/422/.test(p)), []);
		await desk.away(op);
	});

	test(`K-5.1.6.6 ${engine}: the database stops during a save: M08, all is ` +
		'there, and the next press saves it once', async () => {
		const card = await registered(`${n}2`);
		const op = await desk.sit('op1', { engine });

		await op.goto(`${stack.url}/appeal/${card}`);
		await put(op, 'description', 'Записать один раз');
		await put(op, 'call_time', 'утром');
		await sv('down');
		await op.press('Сохранить');
		await op.sees('Ошибка при сохранении');
		assert.equal(await value(op, 'description'), 'Записать один раз');
		await sv('up');
		await op.wait(`const x = new XMLHttpRequest();

			x.open('GET', '/healthz', false);
			x.send();
			return x.status === 200`, 2 * PATIENCE, 'the database is back');
		await op.press('Сохранить');
		await op.sees('Обращение сохранено');
		const [row] = await stack.sql(`SELECT a.description, a.call_time,
			a.version, (SELECT COUNT(*) FROM appeal_history h WHERE
			h.appeal_id = a.id AND h.event = 'UPDATE') AS saves FROM appeal a
			WHERE a.id = ${card}`);

		assert.deepEqual({ ...row }, { description: 'Записать один раз',
			call_time: 'утром', version: '2', saves: '1' });
		await desk.away(op);
	});
}

await run();
