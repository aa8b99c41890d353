#!/usr/bin/env node
// The approved answers beside the card in a talk, in both browsers: they come
// with the theme, a recommended name goes into the transfer field, «Нестандарт-
// ная ситуация» is one key away. limit: 180 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { choose, there } from './answers.mjs';
import { Desk, ENGINES, HOTLINE, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const press = (b, selector) => b.eval((s) =>
	document.querySelector(s).click(), selector);
const LOGINS = { chromium: 'op1', firefox: 'op2' };

for (const engine of ENGINES)
	test(`K-5.1.5.4, K-5.1.5.6 ${engine}: an answer is used, and its helper ` +
		'stands in the transfer field', async () => {
		const spec = await desk.active('spec1');
		const op = await desk.active(LOGINS[engine], { engine });
		const call = await desk.phone.call(HOTLINE);

		await op.callState('RING');
		await op.press('Ответить');
		await op.callState('TALK');
		await op.press('Добавить');
		await op.sees('Для отображения сценария ответа укажите тип и тему');
		await choose(op, 'KN-01.04');
		await there(op, '[data-code="SC-004"]');
		await op.wait(`return document.querySelector(
			'.scenario-helpers .presence')?.textContent === 'Свободен'`, 30000,
		'the helper is free');
		await op.shot('scenario');
		await press(op, '[data-code="SC-004"]');
		await there(op, '[data-code="SC-004"][aria-pressed=true]');
		await press(op, '[data-hand-to="2001"]');
		await op.wait(`return document.activeElement.id === 'phone-to' &&
			document.activeElement.value === '2001'`, 10000, 'his number');
		await op.key('F7');
		await there(op, '[data-code="SC-102"]');
		await there(op, '[data-flag=THREAT]');
		await desk.stack.row(`SELECT s.code FROM appeal a LEFT JOIN scenario s
			ON s.id = a.scenario_id ORDER BY a.id DESC LIMIT 1`,
		(r) => r[0].code === 'SC-004');
		await desk.end(call, op);
		clean(op);
		await desk.away(op);
		await desk.away(spec);
		await desk.giveUp('spec1'); // his telephone is the next case's
	});

await run();
