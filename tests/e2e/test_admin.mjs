#!/usr/bin/env node
// An account from its first key to its first day, in both browsers: put in by
// the keyboard alone, signed in with the password that is shown once, blocked
// in the middle of work. limit: 180 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, test, run } from '../lab/run.mjs';
import { Browser } from '../lab/browser.mjs';
import { Desk, ENGINES } from './desk.mjs';

inNamespace();

const desk = await Desk.open();

async function open(engine, name) {
	const b = await Browser.open({ name, engine });

	finally_(() => b.close());
	await b.goto(`${desk.stack.url}/login`);
	return b;
}

for (const engine of ENGINES)
	test(`an account is put in, used and blocked in ${engine}`, async () => {
		const login = `new.${engine}`;
		const [b, own] = await Promise.all([open(engine, 'security'),
			open(engine, 'newcomer')]);

		await b.login('security');
		await b.sees('Администрирование');
		await b.click('link', 'Администрирование');
		await b.sees('Учётные записи');
		await b.click('link', 'Добавить учётную запись');
		await b.sees('Логин');
		// the first field has the focus, and Enter sends
		await b.wait('return document.activeElement?.id === "c-login"', 10000,
			'the login field');
		await b.type(login);
		for (const word of ['Новикова', 'Нина', 'Петровна']) {
			await b.key('Tab');
			await b.type(word);
		}
		await b.key('Enter');
		await b.sees('Укажите организацию');
		// where the first error is
		await b.wait('return document.activeElement?.id ===' +
			' "c-organization_id"', 10000, 'the organization');
		assert.equal(await b.eval(() =>
			document.querySelector('#c-surname').value), 'Новикова');
		await b.select('Организация', 'ТФОМС');
		await b.fill('Внутренний номер', engine === 'firefox' ? '1901'
			: '1902');
		await b.eval(() => document.querySelector(
			'[name="roles.OPERATOR_L1"]').focus());
		await b.type(' ');
		await b.click('button', 'Сохранить');
		await b.sees('Одноразовый пароль, показан один раз');
		const secret = await b.eval(() =>
			document.querySelector('#secret').textContent);

		await own.login(login, secret);
		await own.sees('Пароль одноразовый');
		await own.fill('Текущий пароль', secret);
		await own.fill('Новый пароль', 'Newcomer-2026!');
		await own.fill('Новый пароль ещё раз', 'Newcomer-2026!');
		await own.click('button', 'Сменить пароль');
		await own.agent('INACTIVE'); // his telephone is there
		await b.click('button', 'Заблокировать');
		await b.sees('Учётные записи');
		// at once: his page is out without being touched
		await own.wait('return location.pathname === "/login"', 20000,
			'the blocked one to be out');
		await own.goto(`${desk.stack.url}/`);
		await own.login(login, 'Newcomer-2026!');
		await own.sees('Учётная запись заблокирована');
		// the answer to a form with a fault is all the console heard
		assert.deepEqual(b.problems.filter((p) => !/ 422 /.test(p)), []);
	});

await run();
