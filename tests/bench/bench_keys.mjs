#!/usr/bin/env node
// A typical consultation by the keyboard alone: from the ring to the saved
// card with an attached person, in Chromium over the demo's register. Every
// press counts, letters too; the seconds are the machine's at its work, the
// typing of a person comes on top.
// figures: typical_consultation_keys typical_consultation_s

import assert from 'node:assert/strict';
import { inNamespace, run, test } from '../lab/run.mjs';
import { Desk, HOTLINE } from '../e2e/desk.mjs';

inNamespace();

const N = Number(process.env.BENCH_CALLS ?? 5);
const desk = await Desk.open();
const focus = (b, selector) => b.wait(
	`return !!document.activeElement?.matches('${selector}')`, 30000, selector);
const keys = [], seconds = [];

test('ring to saved', async () => {
	const op = await desk.active('op1');
	const people = await desk.stack.sql(`SELECT surname, given_name
		FROM insured_person GROUP BY surname, given_name HAVING COUNT(*) = 1
		ORDER BY surname LIMIT ${N}`);
	let pressed = 0;
	const key = (name) => { pressed++; return op.key(name); };
	const type = (text) => { pressed += [...text].length; return op.type(text); };

	for (const [i, person] of people.entries()) {
		const call = await desk.phone.call(HOTLINE,
			{ from: `+7918000${1000 + i}` });

		await op.callState('RING');
		const t0 = performance.now();

		pressed = 0;
		await key('F2');
		await op.callState('TALK');
		await key('F9');
		await focus(op, '#r-surname');
		await type(person.surname);
		await key('Tab');
		await type(person.given_name);
		await key('Enter');
		await focus(op, '[data-attach] button');
		await key('Enter');
		await focus(op, '#type');
		await key('ArrowDown');
		await key('ArrowDown'); // «Консультация»
		await key('Tab');
		await type('потерял полис');
		await key('Enter');
		await op.wait(`return document.querySelector('#theme-code')
			?.value === 'KN-01.04'`, 30000, 'the theme');
		await focus(op, '#description');
		await type('Утерян полис, разъяснён порядок');
		await key('Control+Enter');
		await op.wait(`return /№/.test(document.querySelector('.card-number')
			?.textContent)`, 30000, 'the number');
		seconds.push((performance.now() - t0) / 1000);
		keys.push(pressed);
		const [row] = await desk.stack.sql(`SELECT theme_code, person_id,
			surname FROM appeal ORDER BY id DESC LIMIT 1`);

		assert.equal(row.theme_code, 'KN-01.04');
		assert.equal(row.surname, person.surname);
		assert.ok(row.person_id);
		await call.hangup();
		await op.agent('FREE');
	}
	const figure = (name, unit, values) => console.log(JSON.stringify({ name,
		unit, ours: values.reduce((a, b) => a + b) / values.length,
		rival: null, rival_value: null, ratio: null, target: null,
		holds: true, n: values.length }));

	figure('typical_consultation_keys', 'keys', keys);
	figure('typical_consultation_s', 's', seconds);
});

await run();
