#!/usr/bin/env node
// axe-core over every page, each as two of the roles that can open it, and over
// the desk in a talk: no fault it calls serious or critical. The pages are
// those of the route table, so a new one is looked at without being named
// here. limit: 1200 s

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, finally_, inNamespace, test, run } from '../lab/run.mjs';
import { Browser } from '../lab/browser.mjs';
import { Desk } from './desk.mjs';

inNamespace();

const AXE = readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'),
	'utf8');
const desk = await Desk.open();
const { stack } = desk;
// one account of each role; who has something in every list comes first
const accounts = await stack.sql(`SELECT MIN(u.login) login, role
	FROM user_account u JOIN user_role r ON r.user_id = u.id
	WHERE u.blocked = 0 GROUP BY role ORDER BY role <> 'CC_ADMIN', role`);

// GET rows of routes.c that answer with a page of their own; those with an
// {id} are looked for among the links of the others.
const routes = [...readFileSync(path.join(ROOT, 'cgi/routes.c'), 'utf8')
	.matchAll(/HTTP_GET,\s*"([^"]+)",\s*(\w+),\s*(\w+),\s*("[^"]+"|NULL),\s*([^}]+)\}/g)]
	.filter((m) => m[3].startsWith('page_') && m[4] !== 'NULL' &&
		!m[5].includes('JSON'))
	.map((m) => m[1]);
const PARTS = ['/themes', '/journal/more', '/appeal/{id}/past',
	'/appeal/{id}/past/{earlier}']; // of pages, for htmx
const pages = routes.filter((r) => !PARTS.includes(r));
const fixed = pages.filter((r) => !r.includes('{'));
const pattern = (route) => new RegExp(
	`^${route.replace(/\{[^}]*\}/g, '[^/?]+')}$`);
const shapes = pages.filter((r) => r.includes('{') && r !== '/recording/{id}');

async function look(b, where) {
	const found = await b.eval(async (source) => {
		if (!window.axe)
			(0, eval)(source);
		const { violations } = await window.axe.run(document, {
			resultTypes: ['violations'] });

		return violations.filter((v) => ['serious', 'critical']
			.includes(v.impact)).map((v) => `${v.id}: ${v.nodes.slice(0, 3)
			.map((n) => `${n.target.join(' ')} ${n.html.slice(0, 160)}`)
			.join(' | ')} (${v.nodes.length})`);
	}, AXE);

	return found.map((f) => `${where}: ${f}`);
}

const links = (b) => b.eval(() => [...document.querySelectorAll('a[href^="/"]')]
	.map((a) => new URL(a.href).pathname));

const b = await Browser.open({ name: 'reader' });

finally_(() => b.close());

const looked = new Map(); // how often a route was

for (const { login, role } of accounts)
	test(`${role}: the pages he may open`, async () => {
		const faults = [], seen = new Set(), open = new Map();

		await b.context.clearCookies();
		await b.goto(`${stack.url}/login`);
		faults.push(...await look(b, '/login'));
		await b.login(login);
		await b.sees('Выход');
		const visit = async (where, route = where) => {
			if ((looked.get(route) ?? 0) >= 2)
				return;
			// a page, not a part of one, and not somewhere else
			const whole = await b.eval(async (w) => {
				const res = await fetch(w, { redirect: 'manual' });

				return res.status === 200 &&
					/^<!doctype html>/i.test(await res.text());
			}, where);

			if (!whole)
				return;
			looked.set(route, (looked.get(route) ?? 0) + 1);
			await b.goto(`${stack.url}${where}`);
			seen.add(where);
			faults.push(...await look(b, where));
			for (const link of await links(b))
				for (const shape of shapes) {
					// a new one is a page beside those of what is there
					const route = link.endsWith('/new') &&
						shape.endsWith('{id}') ? link : shape;

					if (pattern(shape).test(link) && !open.has(route))
						open.set(route, link);
				}
		};

		for (const where of fixed.filter((r) => r !== '/login'))
			await visit(where);
		for (const [shape, link] of open)
			await visit(link, shape);
		console.log(`# ${role}: ${[...seen].join(' ')}`);
		assert.deepEqual(faults, []);
	}, { limit: 400000 });

test('no page was left out', () => {
	assert.deepEqual([...fixed, ...shapes].filter((r) => !looked.has(r) &&
		r !== '/login'), []);
});

test('the desk as it rings, in a talk and after it, with a card open',
	async () => {
		const op = await desk.active('op1');
		const faults = [];
		const call = await desk.phone.call('+78652000000');

		await op.callState('RING');
		faults.push(...await look(op, 'ring'));
		await op.press('Ответить');
		await op.callState('TALK');
		await op.press('Добавить');
		await op.sees('Черновик обращения');
		faults.push(...await look(op, 'talk'));
		await call.hangup();
		await op.agent('WRAPUP');
		faults.push(...await look(op, 'wrap-up'));
		await op.shot('axe');
		assert.deepEqual(faults, []);
	});

await run();
