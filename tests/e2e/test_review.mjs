#!/usr/bin/env node
// An appeal closed by its operator, returned by the administrator, closed
// again, approved; a longer term asked for and given: both at their screens,
// each told at once. limit: 240 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;
// the administrator's browser is the other one
const other = (engine) => ENGINES.find((e) => e !== engine) ?? engine;

const day = (n) => new Date(Date.now() + 3 * 3600e3 + n * 864e5).toISOString()
	.slice(0, 10);
const status = async (number) => (await stack.sql(
	`SELECT status FROM appeal WHERE number = '${number}'`))[0]?.status;

// Until the text is in the page, not only in a notice above it.
const inPage = (b, text) => b.wait(`return document.querySelector('#page')
	.textContent.includes(${JSON.stringify(text)})`, PATIENCE,
`«${text}» in the page`);

const put = (b, id, value) => b.eval(([field, text]) => {
	const node = document.getElementById(field);

	node.value = text;
	for (const name of ['input', 'change'])
		node.dispatchEvent(new Event(name, { bubbles: true }));
}, [id, value]);

async function close(op, result, comment) {
	await op.select('Результат обращения', result);
	await put(op, 's-measures', comment);
}

async function take(admin, number) {
	await admin.click('link', 'На рассмотрении');
	await inPage(admin, 'Обращения на рассмотрении');
	await admin.click('link', number);
	await inPage(admin, 'Решение администратора');
}

const pressed = (b, value) => b.eval((v) =>
	document.querySelector(`#page button[value="${v}"]`).click(), value);

// The demonstration has reminders for everybody.
const counted = (b) => b.eval(() => {
	const { hidden, textContent } =
		document.querySelector('[data-notice-count]');

	return hidden ? 0 : Number(textContent);
});
const unread = (b, n) => b.wait(`const { hidden, textContent } =
	document.querySelector('[data-notice-count]');

	return (hidden ? 0 : Number(textContent)) === ${n}`, PATIENCE,
`${n} unread notices`);

for (const engine of ENGINES) {
	let op, admin, number, appeal;

	test(`${engine}: «Сохранить и закрыть обращение»`, async () => {
		[op, admin] = await Promise.all([desk.sit('op1', { engine }),
			desk.sit('admin', { engine: other(engine) })]);
		await op.press('Новое обращение');
		await inPage(op, 'Черновик обращения');
		await op.select('Тип обращения', 'Консультация');
		await op.wait(`return [...document.querySelectorAll(
			'#theme-code option, [name=theme] option')].length > 1 &&
			!document.querySelector('.htmx-request')`, PATIENCE, 'themes');
		await op.wait(`const list = document.querySelector('[name=theme]');

			if (!list.value) {
				list.value = [...list.options].find((o) => o.value).value;
				list.dispatchEvent(new Event('change', { bubbles: true }));
			}
			return !!list.value`, PATIENCE, 'a theme');
		// nothing is saved without a result, and nothing is lost
		await put(op, 's-measures', 'Рассказано о порядке');
		await op.press('Сохранить и закрыть обращение');
		await inPage(op, 'Заполните поле «Результат обращения»');
		assert.equal(await op.eval(() =>
			document.getElementById('s-measures').value),
		'Рассказано о порядке');
		await op.shot('close');
		await close(op, 'Дана консультация', 'Рассказано о порядке');
		await op.press('Сохранить и закрыть обращение');
		await inPage(op, 'направлено администратору контакт-центра');
		number = await op.eval(() => document.querySelector('.card-number')
			.textContent.match(/\d\d-\d\d-\d{6}/)[0]);
		appeal = await op.eval(() => document.querySelector('[data-card]')
			.dataset.card);
		assert.equal(await status(number), 'UNDER_REVIEW');
	});

	test(`${engine}: returned with a comment, the operator sees it at once`,
		async () => {
			await take(admin, number);
			await inPage(admin, 'Рассказано о порядке');
			await admin.shot('review');
			await pressed(admin, 'return');
			await inPage(admin, 'Заполните поле «Комментарий»');
			await put(admin, 's-comment', 'Опишите, что сделано');
			await pressed(admin, 'return');
			await inPage(admin, `№ ${number}`);
			// without a touch: the notice, and his card is his again
			await op.sees(`Обращение № ${number} возвращено на доработку`);
			await inPage(op, 'Опишите, что сделано');
			assert.equal(await status(number), 'IN_PROGRESS');
			await op.shot('returned');
		});

	test(`${engine}: closed again and approved by keyboard`, async () => {
		await op.wait(`return !!document.querySelector('#s-measures')`,
			PATIENCE, 'the card');
		await close(op, 'Дана консультация', 'Разъяснено подробно');
		await pressed(op, 'close');
		await inPage(op, 'направлено администратору контакт-центра');
		await take(admin, number);
		await admin.key('Control+Enter');
		await inPage(admin, 'Результат утверждён');
		await op.sees(`Обращение № ${number}: результат утверждён`);
		assert.equal(await status(number), 'CLOSED');
		await inPage(op, 'Закрыто');
	});

	test(`${engine}: a longer term is asked for and given`, async () => {
		await stack.sql(`UPDATE appeal SET status = 'IN_PROGRESS',
			closed_at = NULL, result_code = NULL, measures = NULL,
			due_date = '${day(5)}' WHERE id = ${appeal}`);
		await op.goto(`${stack.url}/appeal/${appeal}`);
		await close(op, 'Находится на контроле, сроки рассмотрения продлены',
			'Ждём ответ больницы');
		await put(op, 's-new_due', day(20));
		await op.shot('extension');
		await pressed(op, 'close');
		await inPage(op, 'направлено администратору контакт-центра');
		await take(admin, number);
		// K-6.0.4 who is elsewhere finds it among his notices
		await op.click('link', 'К журналу');
		await inPage(op, 'Электронный журнал');
		const before = await counted(op);

		await pressed(admin, 'extend');
		await inPage(admin, 'Срок рассмотрения продлён');
		await op.sees('срок продлён, уведомите обратившегося');
		await unread(op, before + 1);
		await op.click('link', 'Извещения');
		await inPage(op, `Обращение № ${number} возвращено на доработку`);
		await op.shot('notices');
		await op.eval(() =>
			document.querySelector('#page [data-notices] a').click());
		await inPage(op, 'Направьте обратившемуся уведомление о продлении');
		await unread(op, before);
		const [row] = await stack.sql(`SELECT status, due_date, extended
			FROM appeal WHERE id = ${appeal}`);

		assert.equal(row.status, 'IN_PROGRESS');
		assert.equal(row.due_date.slice(0, 10), day(20));
		assert.equal(String(row.extended), '1');
		for (const b of [op, admin]) {
			// the browser's own word for what was refused
			b.problems = b.problems.filter((p) => !/status of 422/.test(p));
			clean(b);
			await desk.away(b);
		}
	});
}

await run();
