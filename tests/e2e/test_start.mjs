#!/usr/bin/env node
// The first day of a new customer: an empty state, one security administrator
// made on the command line, everything else in the browser. limit: 480 s

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Browser } from '../lab/browser.mjs';
import { Phone } from '../lab/phone.mjs';
import { ROOT, finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Stack } from '../lab/stack.mjs';
import { sine, wav } from '../lab/tone.mjs';
import { tonePrompts } from '../lab/sounds.mjs';
import { ENGINES, HOTLINE, HZ } from './desk.mjs';

inNamespace();

const phone = await Phone.open();

finally_(() => phone.close());

const OWN = 1700; // Hz of the fund's own greeting
const NEW = 'Otklik-2026!';

// Which steps are done.
const done = (b) => b.eval(() => [...document.querySelectorAll(
	'[data-step][data-done]')].map((e) => e.dataset.step));

async function step(b, name) {
	await b.goto(`${b.url}/admin/start`);
	await b.wait(`return !!document.querySelector(
		'[data-step="${name}"][data-done]')`, 30000, `${name} is done`);
}

async function enter(stack, engine, login, password) {
	const b = await Browser.open({ name: login, engine, hz: HZ.op1 });

	b.url = stack.url;
	await b.goto(`${b.url}/`);
	await b.fill('Логин', login);
	await b.fill('Пароль', password);
	await b.press('Войти');
	await b.sees('Смена пароля');
	await b.fill('Текущий пароль', password);
	await b.fill('Новый пароль', NEW);
	await b.fill('Новый пароль ещё раз', NEW);
	await b.press('Сменить пароль');
	await b.sees('Первый запуск');
	return b;
}

// A new account's one-time password, from the page that shows it once.
async function account(b, fields, role) {
	await b.goto(`${b.url}/admin/accounts/new`);
	for (const [label, text] of Object.entries(fields))
		await b.fill(label, text, 'main');
	await b.eval((r) => document.querySelector(
		`input[name="roles.${r}"]`).click(), role);
	await b.eval(() => {
		const list = document.querySelector('[name="organization_id"]');

		list.value = list.options[1].value;
	});
	await b.press('Сохранить');
	await b.sees('Одноразовый пароль');
	return b.eval(() => document.querySelector('#secret')
		.textContent.trim());
}

async function setting(b, label, change) {
	await b.goto(`${b.url}/admin/settings`);
	await change();
	await b.press(`Сохранить: ${label}`);
	await b.sees(`Сохранено: ${label}`);
}

// A file as if it had been chosen: both engines know this way.
async function upload(b, name, bytes) {
	await b.goto(`${b.url}/admin/prompts/greeting`);
	await b.fill('Название записи', name);
	await b.eval(({ text, file }) => {
		const all = new DataTransfer();

		all.items.add(new File([Uint8Array.from(atob(text), (c) =>
			c.charCodeAt(0))], file, { type: 'audio/wav' }));
		document.querySelector('#prompt-file').files = all.files;
	}, { text: bytes.toString('base64'), file: 'greeting.wav' });
	await b.press('Загрузить');
	await b.wait(`return !!document.querySelector('tr[data-file] audio')`,
		60000, 'the recording is converted');
}

async function firstDay(stack, engine) {
	assert.deepEqual(await stack.sql('SELECT id FROM user_account'), []);
	const once = execFileSync(path.join(ROOT, 'build/cgi/otklik-admin'),
		['create', 'guard', 'Зайцев', 'Роман'],
		{ env: stack.env, encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	const guard = await enter(stack, engine, 'guard', once);

	// what is there already, and what the guard may do himself
	for (const name of ['Region', 'Zone', 'Greeting', 'Admin', 'Staff',
		'Call', 'Certificate'])
		assert.ok(!(await done(guard)).includes(name), name);
	await guard.sees('делает администратор контакт-центра');
	await guard.goto(`${stack.url}/admin/trunks`);
	await guard.press('Проверить: Оператор связи');
	await guard.wait(`return document.querySelector(
		'[data-trunk="1"] [data-state]')?.textContent === 'работает'`,
	30000, 'the line answers');
	await step(guard, 'Line');
	const password = await account(guard, { Логин: 'chief',
		Фамилия: 'Новикова', Имя: 'Татьяна',
		'Внутренний номер': '9001' }, 'CC_ADMIN');

	await step(guard, 'Admin');
	assert.deepEqual(guard.problems, []);
	await guard.close();

	const chief = await enter(stack, engine, 'chief', password);

	await setting(chief, 'Код региона', () =>
		chief.fill('Код региона', '77'));
	await step(chief, 'Region');
	await setting(chief, 'Часовой пояс региона', () =>
		chief.select('Часовой пояс региона', 'Омск, UTC+6'));
	await step(chief, 'Zone');
	await chief.goto(`${stack.url}/admin/hours/1`);
	await chief.fill('Суббота', '10-14');
	await chief.press('Сохранить');
	await chief.sees('Добавить расписание');
	await step(chief, 'Hours');
	await upload(chief, 'Наше приветствие', Buffer.from(wav([sine(OWN, 4,
		{ level: 0.5 })])));
	await chief.select('Все очереди', '1 · Наше приветствие');
	await chief.press('Поставить');
	await chief.sees('Сохранено');
	await step(chief, 'Greeting');

	// who calls the hotline hears it
	const call = await phone.call(HOTLINE, { tone: HZ.citizen });

	await call.media.hears(OWN);
	await call.hangup();

	// a call to oneself
	await chief.press('Начало работы');
	await chief.agent('FREE');
	await chief.fill('Ваш номер', '89624401122');
	await chief.press('Позвонить');
	const own = await phone.incoming({ to: '+79624401122' });

	await own.answer({ tone: HZ.citizen });
	await chief.callState('TALK');
	await chief.press('Сброс');
	await own.ended;
	await stack.row(`SELECT id FROM call_record WHERE trunk_id IS NOT NULL
		AND answered_at IS NOT NULL`, (rows) => rows.length > 0);
	await step(chief, 'Call');
	assert.deepEqual((await done(chief)).filter((name) =>
		!['Clinics', 'Fund', 'Staff', 'Certificate'].includes(name)),
	['Admin', 'Region', 'Zone', 'Hours', 'Line', 'Greeting', 'Call']);
	assert.deepEqual(chief.problems, []);
	await chief.press('Завершить');
	await chief.close();
}

for (const engine of ENGINES)
	test(`${engine}: from an empty state to an answered call`, async () => {
		const state = mkdtempSync(path.join(os.tmpdir(), 'state-'));

		tonePrompts(state);
		const stack = await Stack.open({ state, env: { OTKLIK_DEMO: '0' } });

		try {
			await firstDay(stack, engine);
		} catch (err) {
			console.log(stack.logs().replace(/^/gm, '#   '));
			throw err;
		} finally {
			await stack.close();
		}
	}, { limit: 200000 });

await run();
