#!/usr/bin/env node
// What the server's failures do to the page in Chromium: it stays, says so,
// and what was typed is still there. limit: 360 s

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before, beforeEach } from 'node:test';

import { Chromium } from './chromium.mjs';
import { page as html } from './render.mjs';
import { state, states } from './states.mjs';
import { words } from './words.mjs';

const REGISTERED = 'Card.Autosave=0';
const NGINX = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const error = (key, text = 'Так вышло.') => html('error',
	{ more: [`Error.Key=${key}`, `Error.Title=${key}`, `Error.Text=${text}`] });

let chromium, fake, page;

before(async () => {
	chromium = await Chromium.open();
	({ fake } = chromium);
});

after(() => chromium.close());

beforeEach(async () => {
	await chromium.clear();
	page = await chromium.page(null);
});

const alert = (text) => page.getByRole('alert').getByText(text).waitFor();
const link = (name) => page.getByRole('link', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const about = () => page.getByLabel('Краткое описание');
const question = () => page.getByRole('dialog').getByText(words.M16).waitFor();
const ready = () => page.waitForFunction(() => window.otklik?.state);

async function open(path) {
	await page.goto(fake.url + path);
	await ready();
}

async function typed(lines = [REGISTERED]) {
	fake.card = lines;
	await open('/appeal/42');
	await about().fill('Набрано');
}

async function stays() {
	await button(words.Stay).click();
	assert.match(page.url(), /\/appeal\/42$/);
	assert.equal(await about().inputValue(), 'Набрано');
}

test('an answer without a page leaves the page that is there', async () => {
	await open('/');
	fake.fails = [['GET', '/appeal/1', 502, NGINX]];
	await page.locator('[data-appeal="1"] a').first().click();
	await alert(words.Failed);
	await page.locator('[data-appeal="1"] a').first().click();
	await about().waitFor();
	await page.locator('[data-trouble]').waitFor({ state: 'detached' });
});

for (const name of ['away', 'large']) {
	test(`nginx's own page "${name}" is shown, and the desk goes on`,
		async () => {
			const text = readFileSync(new URL(
				`../../static/error/${name}.html`, import.meta.url), 'utf8');

			await open('/');
			fake.fails = [['GET', '/appeal/1', 502, text]];
			await page.locator('[data-appeal="1"] a').first().click();
			await page.locator(`[data-error=${name}]`).waitFor();
			await link('К журналу').click();
			await page.locator('[data-appeal="1"]').waitFor();
		});
}

for (const [what, status, answer, why] of [
	['503 of ours', 503, () => error('db', 'Нет базы.'), 'Нет базы.'],
	['502 of nginx', 502, () => NGINX, words.Failed],
	['413', 413, () => readFileSync(new URL('../../static/error/large.html',
		import.meta.url), 'utf8'), 'он больше допустимого'],
	['409 without a form', 409, () => error('conflict', 'Уже не ваша.'),
		'Уже не ваша.'],
	['403', 403, () => error('csrf', 'Страница устарела.'),
		'Страница устарела.'],
	['no answer', 0, () => '', words.NoAnswer]])
	for (const kind of status === 503 ? [REGISTERED, 'Card.Autosave=1']
		: [REGISTERED])
		test(`K-5.1.6.6 a card not saved (${what}, ${kind}) keeps what was typed`,
			async () => {
				await typed([kind]);
				if (status)
					fake.fails = [['POST', '/appeal/42', status, answer()]];
				else // Chromium itself repeats what a server cut off
					await page.route('**/appeal/42', (r) => r.abort(),
						{ times: 1 });
				await button('Сохранить').click();
				await alert(words.M08);
				await alert(why);
				assert.equal(await about().inputValue(), 'Набрано');
				await button('Сохранить').click();
				await page.locator('[data-trouble]')
					.waitFor({ state: 'detached' });
			});

test('a session that ended under a card: what was typed is there again',
	async () => {
		await typed([REGISTERED, 'Card.Version=3']);
		fake.fails = [['POST', '/appeal/42', 401, error('session'),
			{ 'HX-Redirect': '/login' }]];
		await button('Сохранить').click();
		await page.waitForURL('**/login');
		fake.card = [REGISTERED, 'Card.Version=4'];
		await open('/appeal/42');
		assert.equal(await about().inputValue(), 'Набрано');
		// of the version it was typed over
		assert.equal(await page.locator('[name=version]').inputValue(), '3');
		await link('Электронный журнал').click();
		await question();
		await button(words.Leave).click();
		await page.locator('[data-appeal="1"]').waitFor();
		await open('/appeal/42');
		assert.equal(await about().inputValue(), '');
	});

test('and each box as it was, of several with one name too', async () => {
	const past = [5, 6, 7].flatMap((n, i) =>
		[`Past.${i}.Id=${n}`, `Past.${i}.Attach=1`]);
	const boxes = () => page.locator('[name=past]').evaluateAll((all) =>
		all.filter((b) => b.checked).map((b) => b.value));

	await typed([REGISTERED, 'Card.PastEdit=1', 'Past.1.Attached=1', ...past]);
	assert.deepEqual(await boxes(), ['6']);
	for (const n of [5, 6, 7])
		await page.locator(`[name=past][value="${n}"]`).setChecked(n !== 6);
	fake.fails = [['POST', '/appeal/42', 401, error('session'),
		{ 'HX-Redirect': '/login' }]];
	await button('Сохранить').click();
	await page.waitForURL('**/login');
	await open('/appeal/42');
	assert.equal(await about().inputValue(), 'Набрано');
	assert.deepEqual(await boxes(), ['5', '7']);
});

test('K-5.1.5.2 Enter in the search for an answer asks, and saves no card',
	async () => {
		const field = page.getByRole('searchbox',
			{ name: 'Другие сценарии по словам' });
		const asked = (path) => fake.asks.filter((a) => a === path).length;
		const answers = (act) => Promise.all([page.waitForResponse(
			(r) => r.url().endsWith('/scenarios')), act()]);

		await typed();
		await answers(() => field.fill('полис'));
		await answers(() => field.press('Enter'));
		await button('Сохранить').click();
		await page.waitForFunction(() =>
			!document.querySelector('#description').value);
		assert.equal(asked('POST /appeal/42'), 1);
		// with Ctrl it is «Сохранить», there as anywhere
		await field.press('Control+Enter');
		while (asked('POST /appeal/42') < 2)
			await page.waitForResponse((r) => r.url().endsWith('/42'));
	});

test('who goes on while an answer is on its way keeps the keyboard',
	async () => {
		const found = html('registry', { more: ['Card.Id=42',
			'Persons.0.Id=9', 'Persons.0.Surname=Соколова'] });
		const focus = () => page.evaluate(() => document.activeElement.id ||
			document.activeElement.textContent);
		const search = async (meanwhile) => {
			await page.route('**/registry', async (route) => {
				await meanwhile();
				await route.continue();
			}, { times: 1 });
			fake.fails = [['POST', '/registry', 200, found]];
			await page.locator('#r-surname').fill('Соколова');
			await page.locator('#r-surname').press('Enter');
			await page.getByRole('cell', { name: 'Соколова' }).waitFor();
		};
		const settled = () => page.evaluate(() => new Promise((go) =>
			document.addEventListener('htmx:afterSettle',
				() => setTimeout(go), { once: true })));

		fake.card = ['Card.Registry=1'];
		await open('/appeal/42');
		let done = settled();

		await search(() => {});
		await done;
		assert.equal(await focus(), 'Прикрепить');
		await open('/appeal/42');
		done = settled();
		await search(() => about().pressSequentially('На'));
		await done;
		assert.equal(await focus(), 'description');
		await about().pressSequentially('брано');
		assert.equal(await about().inputValue(), 'Набрано');
	});

test('a form that comes back is shown, and is still not saved', async () => {
	await typed();
	fake.fails = [['POST', '/appeal/42', 409, html('appeal', { more: [
		'Card.Id=42', REGISTERED, 'F.description=Набрано',
		'Card.Message=Карточка изменена', 'Card.MessageKind=warning'] })]];
	await button('Сохранить').click();
	await alert('Карточка изменена');
	await link('Электронный журнал').click();
	await question();
	await stays();
});

test('edits of a registered card are not lost by a click unasked',
	async () => {
		await typed();
		await link('Электронный журнал').click();
		await question();
		await stays();
		await link('Электронный журнал').click();
		await button(words.Leave).click();
		await page.locator('[data-appeal="1"]').waitFor();
		await page.locator('[data-appeal="1"] a').first().click();
		await about().waitFor(); // and nothing is asked about it again
	});

test('kept by the server as they are typed, they are still not saved',
	async () => {
		await typed();
		await page.getByText('Черновик сохранён').waitFor();
		assert.equal(JSON.parse(fake.drafts.at(-1).text).description,
			'Набрано');
		await link('Электронный журнал').click();
		await question();
		await stays();
		// and those the server brings back are not sent anew untouched
		fake.card = [REGISTERED, 'Card.EditAt=24.11.2026 12:01',
			'Card.Message=Черновик', 'Card.MessageKind=warning'];
		fake.drafts = [];
		await open('/appeal/42');
		await link('Электронный журнал').click();
		await question();
		assert.deepEqual(fake.drafts, []);
	});

test('an untouched card is left without a question', async () => {
	fake.card = [REGISTERED];
	await open('/appeal/42');
	await link('Электронный журнал').click();
	await page.locator('[data-appeal="1"]').waitFor();
});

test('nor are they lost by «Назад»', async () => {
	await open('/');
	fake.card = [REGISTERED];
	await page.locator('[data-appeal="42"], [data-appeal="1"]').first()
		.locator('a').first().click();
	await about().fill('Набрано');
	await page.evaluate(() => history.back());
	await question();
	await button(words.Stay).click();
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	assert.equal(await about().inputValue(), 'Набрано');
	assert.match(page.url(), /\/appeal\/1$/);
	await page.evaluate(() => history.back());
	await question();
	await button(words.Leave).click();
	await page.locator('[data-appeal="1"]').waitFor();
});

test('«Назад» comes back to the filter, which stands in no address',
	async () => {
		const name = page.getByLabel('ФИО', { exact: true });
		const number = page.getByLabel('Номер', { exact: true });
		const find = async (field, value, n) => {
			await field.fill(value);
			await button('Поиск').click();
			await page.waitForURL(/\/\?view=[0-9a-f]{8}$/);
			await page.waitForFunction((v) => document.querySelector(
				'form[data-applied] [name=name]')?.value === v, value);
			assert.equal(fake.filters.length, n);
		};
		const sees = (value) => page.waitForFunction((v) =>
			document.getElementById('f-name')?.value === v, value);

		await open('/');
		await find(name, 'Соколова', 1);
		await find(name, 'Ли', 2);
		assert.doesNotMatch(decodeURI(page.url()), /Ли|Соколова/);
		await page.locator('[data-appeal="1"] a').first().click();
		await about().waitFor();
		await page.goBack();
		await sees('Ли');
		await page.goBack();
		await sees('Соколова');
		assert.deepEqual(fake.filters.map((f) => f.name),
			['Соколова', 'Ли', 'Ли', 'Соколова']);
		await page.goForward();
		await sees('Ли');
		// a turn that was asked about comes there too
		fake.card = [REGISTERED];
		await page.locator('[data-appeal="1"] a').first().click();
		await about().fill('Набрано');
		await page.evaluate(() => history.back());
		await question();
		await button(words.Leave).click();
		await sees('Ли');
		// «Очистить фильтр» and the menu lead to all of it
		await link('Очистить фильтр').click();
		await page.waitForURL(/\/$/);
		assert.equal(await name.inputValue(), '');
		assert.equal(await number.inputValue(), '');
	});

test('nor by a transferred call that opens its card, nor by «Добавить»',
	async () => {
		await typed();
		fake.show(state({ state: 'TALKING' }, { role: 'target', card: 43,
			from: { extension: '1002', name: 'Смирнов О. Л.' } }));
		await question();
		await stays();
		await page.keyboard.press('F9');
		await question();
		await stays();
		assert.ok(!fake.asks.includes('POST /appeal'));
		await page.keyboard.press('F9');
		await button(words.Leave).click();
		await page.waitForURL('**/appeal/7');
	});

test('those without a telephone are asked in words too', async () => {
	fake.card = [REGISTERED, 'May.Phone=0'];
	await page.goto(`${fake.url}/appeal/42`);
	await page.waitForFunction(() => window.otklik);
	assert.equal(await page.locator('#phone').count(), 0);
	await about().fill('Набрано');
	await link('Электронный журнал').click();
	await question();
	await stays();
});

const late = () => ['POST', '/appeal', 503, error('call_lags')];
const adds = () => fake.asks.filter((a) => a === 'POST /appeal').length;

test('«Добавить» asks again while the call is on its way to the database',
	async () => {
		fake.state = states.talk;
		await open('/');
		fake.fails = [late(), late()];
		await page.keyboard.press('F9');
		await page.waitForURL('**/appeal/7');
		assert.equal(adds(), 3);
		await page.locator('[data-trouble]').waitFor({ state: 'detached' });
	});

test('and says so when it does not arrive', async () => {
	page = await chromium.page(null, { clock: true });
	fake.state = states.talk;
	await open('/');
	fake.fails = [late(), late(), late(), late(), late()];
	await page.keyboard.press('F9');
	while (adds() < 5)
		await page.clock.runFor(1000);
	await alert('Так вышло.');
	assert.equal(adds(), 5);
	await page.locator('[data-appeal="1"]').waitFor();
	await page.keyboard.press('F9');
	await page.waitForURL('**/appeal/7');
});

test('so does the card of a call that came, and then is his', async () => {
	fake.state = states.talk;
	await open('/');
	fake.fails = [1, 2].map(() => ['GET', '/appeal/43', 503,
		error('call_lags')]);
	fake.show(state({ state: 'TALKING' }, { role: 'owner', card: 43,
		from: { extension: '1002', name: 'Смирнов О. Л.' } }));
	await page.waitForURL('**/appeal/43?call=1');
	await about().waitFor();
	assert.equal(fake.asks.filter((a) => a === 'GET /appeal/43').length, 3);
	await page.waitForFunction(() => !document.querySelector('body > a[hidden]'));
});

test('two presses of «Добавить» are one', async () => {
	fake.state = states.talk;
	await open('/');
	await page.evaluate(() => {
		for (let i = 0; i < 3; i++)
			document.querySelector('[data-add]').requestSubmit();
	});
	await page.waitForURL('**/appeal/7');
	assert.equal(adds(), 1);
});

test('a refresh says that it is one, and repeats a filter that was posted',
	async () => {
		const refresh = () => page.waitForRequest(
			(r) => r.headers()['x-refresh'] === '1');

		await open('/');
		let asked = refresh();

		fake.journal = ['Rows.0.Assignee=Новый Н. Н.'];
		fake.push('rows', { appeals: [1] });
		await page.getByText('Новый Н. Н.').waitFor();
		assert.equal((await asked).method(), 'GET');
		fake.journal = ['Filter.Posted=1', 'Filter.Used.0.Name=name',
			'Filter.Used.0.Value=Соколова', 'Rows.0.Assignee=Другой Д. Д.'];
		await button('Поиск').click();
		await page.getByText('Другой Д. Д.').waitFor();
		await page.waitForURL(/\/\?view=[0-9a-f]{8}$/);
		asked = refresh();
		fake.push('rows', { appeals: [1] });
		const sent = new URLSearchParams((await asked).postData());

		assert.equal((await asked).method(), 'POST');
		assert.equal(sent.get('name'), 'Соколова');
		assert.equal(sent.get('csrf'), 'x');
	});
