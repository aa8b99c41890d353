#!/usr/bin/env node
// The pictures of the guides (docs/img): the demo's people at their work, a
// citizen on the telephone. `make guide` makes them anew.

import path from 'node:path';
import { mkdirSync } from 'node:fs';
import { ROOT, inNamespace, test, run } from '../lab/run.mjs';
import { Browser } from '../lab/browser.mjs';
import { Desk } from '../e2e/desk.mjs';

inNamespace();

const IMG = path.join(ROOT, 'docs/img');
const HOTLINE = '+78652000000';
const desk = await Desk.open({ speech: true });
const shot = (b, name) => b.screenshot(path.join(IMG, `${name}.png`));
const put = (b, id, value) => b.eval(([field, text]) => {
	const node = document.getElementById(field);

	node.value = text;
	for (const name of ['input', 'change'])
		node.dispatchEvent(new Event(name, { bubbles: true }));
}, [id, value]);
const there = (b, selector) => b.wait(`return !!document.querySelector(
	'${selector}')`, 30000, selector);

mkdirSync(IMG, { recursive: true });

test('the operator and the citizen', async () => {
	const op = await desk.active('op1');
	const spec = await desk.active('spec1');

	await shot(op, 'desk');
	await op.goto(`${desk.stack.url}/?status=UNASSIGNED`);
	await op.agent('FREE');
	await shot(op, 'unassigned');
	const call = await desk.phone.call(HOTLINE, { from: '+79180000012' });

	await op.callState('RING');
	await shot(op, 'ring');
	await op.press('Ответить');
	await op.callState('TALK');
	await op.press('Добавить');
	await op.sees('Черновик обращения');
	await op.select('Тип обращения', 'Консультация');
	await put(op, 'theme-search', 'потерял полис');
	await op.wait(`return document.querySelectorAll('#theme-code option')
		.length === 1`, 30000, 'the theme');
	await shot(op, 'card');
	const [person] = await desk.stack.sql(`SELECT surname, given_name
		FROM insured_person WHERE insurer_id IS NOT NULL LIMIT 1`);

	await put(op, 'r-surname', person.surname);
	await put(op, 'r-given_name', person.given_name);
	await op.press('Поиск');
	await there(op, '[data-registry-found] tbody tr');
	await shot(op, 'registry');
	await op.key('F8');
	await shot(op, 'transfer');
	await call.hangup();
	await op.agent('WRAPUP');
	await shot(op, 'wrapup');
	await op.press('Готов');
	for (const [name, where] of [['directory', '/directory'],
		['report', '/report']]) {
		await spec.goto(`${desk.stack.url}${where}`);
		await there(spec, '#page h1');
		await shot(spec, name);
	}
	await desk.away(spec);
	await desk.away(op);
});

test('the supervisor', async () => {
	const op = await desk.active('op2');
	const boss = await desk.sit('super1');
	const waiting = await Promise.all([1, 2, 3].map((n) =>
		desk.phone.call(HOTLINE, { from: `+7918000010${n}` })));

	await op.callState('RING');
	await op.press('Ответить');
	await boss.goto(`${desk.stack.url}/shift`);
	await boss.sees('+7 918 000-01-03');
	await shot(boss, 'shift');
	for (const call of waiting)
		await call.hangup();
	await desk.away(op);
	await desk.away(boss);
});

test('the administrator', async () => {
	const admin = await desk.sit('admin');
	const ready = async () => {
		await there(admin, '#page h1');
		await admin.agent('INACTIVE'); // the telephone is connected again
	};

	for (const [name, where] of [['review', '/review'],
		['holidays', '/holidays'], ['substitutions', '/substitutions'],
		['queue', '/admin/queues/1'], ['dial', '/admin/dial'],
		['prompts', '/admin/prompts'], ['themes', '/admin/themes'],
		['settings', '/admin/settings'], ['start', '/admin/start']]) {
		await admin.goto(`${desk.stack.url}${where}`);
		await ready();
		await shot(admin, name);
	}
	const [row] = await desk.stack.sql(`SELECT id FROM appeal
		WHERE status = 'UNDER_REVIEW' AND review_kind = 'CLOSE'
		ORDER BY id DESC LIMIT 1`);

	await admin.goto(`${desk.stack.url}/appeal/${row.id}`);
	await ready();
	await admin.sees('Решение администратора');
	await shot(admin, 'review-card');
});

test('the security administrator', async () => {
	const b = await Browser.open({ name: 'security' });

	try {
		await b.goto(`${desk.stack.url}/`);
		await b.login('security');
		await b.sees('Выход');
		for (const [name, where] of [['account', '/admin/accounts/1'],
			['trunks', '/admin/trunks']]) {
			await b.goto(`${desk.stack.url}${where}`);
			await there(b, '#page h1');
			await shot(b, name);
		}
	} finally {
		await b.close();
	}
});

await run();
