#!/usr/bin/env node
// The card on paper: printed to PDF by Chromium, and read back. limit: 240 s

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import playwright from 'playwright-core';
import { BUILD, PATIENCE, finally_, inNamespace, run, test }
	from '../lab/run.mjs';
import { Pages } from './pages.mjs';
import { Appeals } from './appeals.mjs';

inNamespace();

const pages = await Pages.open();
const appeals = new Appeals(pages);
const { people } = appeals;
const dir = mkdtempSync('/tmp/print-');
let browser;

finally_(() => pages.close());
finally_(() => browser?.close());
finally_(() => rmSync(dir, { recursive: true, force: true }));

const LONG = Array.from({ length: 60 }, (_, i) =>
	`Абзац ${i + 1}: просит разъяснить порядок.`).join('\n');

test('each role signs in', async () => {
	await appeals.signIn(['spec1', 'spec2', 'rep22', 'admin', 'director']);
});

test('the card is printed whole: fields, measures, history, who and when',
	async () => {
		const a = await appeals.appeal('spec1', { form: "'Письменная'",
			incoming_number: "'В-17'", result_code: "'REVIEWED'",
			measures: "'Направлен ответ <почтой> & факсом'" });

		assert.equal((await appeals.card('spec1', a, { do: 'save',
			description: LONG, email: 'a@example.org', incoming_number: 'В-17',
			birth_date: '03.04.1980', applies: 'OTHER',
			concerned_surname: 'Другова', relation: 'дочь' })).status, 303);
		await pages.sql(`UPDATE appeal SET status = 'CLOSED' WHERE id = ${a}`);
		browser = await playwright.chromium.launch({
			executablePath: '/usr/bin/chromium', timeout: 2 * PATIENCE,
			args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
		const context = await browser.newContext({
			viewport: { width: 900, height: 1200 } });
		const problems = [];

		await context.addCookies(Object.entries(people.spec1.cookies)
			.map(([name, value]) => ({ name, value, domain: '127.0.0.1',
				path: '/' })));
		const page = await context.newPage();

		page.on('console', (m) => m.type() === 'error' &&
			problems.push(m.text()));
		page.on('pageerror', (e) => problems.push(e.stack));
		await page.goto(`http://127.0.0.1:8080/appeal/${a}/print`);
		mkdirSync(path.join(BUILD, 'screenshots'), { recursive: true });
		await page.screenshot({ fullPage: true,
			path: path.join(BUILD, 'screenshots/print.png') });

		const file = path.join(dir, 'card.pdf');

		await page.pdf({ path: file, preferCSSPageSize: true });
		const text = execFileSync('pdftotext', ['-layout', file, '-'],
			{ encoding: 'utf8' });
		const info = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
		const [number] = await appeals.row(a, 'number');

		for (const words of [`Обращение № ${number}`, 'Закрыто',
			'Консультация', 'KN-01.01', 'Пробный', '03.04.1980',
			'a@example.org', 'В-17', 'Другова', 'дочь', 'Абзац 1:',
			'Абзац 60:', 'Рассмотрено обращение',
			'Направлен ответ <почтой> & факсом', 'Изменено', 'Напечатал'])
			assert.ok(text.includes(words), `${words}\n${text}`);
		assert.doesNotMatch(text, /Печать/); // the button stays on the screen
		assert.match(info, /Page size:.*A4/);
		assert.match(info, /Pages: +[2-4]/);
		assert.deepEqual(problems, []);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'PRINT' AND object_id = '${a}'`), '1');
		assert.match((await people.spec1.get(`/appeal/${a}`)).text,
			new RegExp(`href="/appeal/${a}/print"`));
	});

test('what one may not see, or sees masked, is not printed', async () => {
	const a = await appeals.appeal('spec1');

	assert.equal((await people.rep22.get(`/appeal/${a}/print`)).status, 404);
	assert.equal((await people.director.get(`/appeal/${a}/print`)).status,
		403);
	assert.equal((await people.admin.get(`/appeal/${a}/print`)).status, 200);
	assert.doesNotMatch((await people.director.get(`/appeal/${a}`)).text,
		/\/print"/);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'PRINT' AND object_id = '${a}'`), '1');
});

await run();
