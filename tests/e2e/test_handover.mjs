#!/usr/bin/env node
// A live call handed by the fund to an insurer (K-5.1.8.11): by the insurer in
// the card, after a question where the card says nothing. limit: 240 s

import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { settled, there } from './answers.mjs';
import { Desk, ENGINES, HZ, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;
const [ours, other] = await stack.sql(`SELECT o.id, o.short_name AS name
	FROM user_account u JOIN organization o ON o.id = u.organization_id
	WHERE u.login IN ('rep21', 'rep22') ORDER BY u.login`);
const question = `Передать обращение в ${ours.name}?`;

async function dial(op) {
	await op.fill('Внутренний номер', '2101');
	await op.press('Перевести');
}

// What the plugin has not read yet may still be lying there.
const told = () => stack.row('SELECT COUNT(*) AS n FROM outbox',
	([{ n }]) => Number(n) === 0);

async function card(op) {
	await op.press('Добавить');
	await op.until((s) => s.call?.card, { what: 'the card is the call\'s' });
	await there(op, '#insurer');
	await settled(op);
	return (await op.state()).call.card;
}

async function insured(op, id, org) {
	await op.eval((value) => {
		const list = document.querySelector('#insurer');

		list.value = value;
		list.dispatchEvent(new Event('change', { bubbles: true }));
	}, String(org.id));
	await stack.row(`SELECT insurer_id FROM appeal WHERE id = ${id}`,
		([r]) => String(r.insurer_id) === String(org.id));
	await told();
}

const asked = (op) => op.wait(`return document.querySelector(
	'dialog[open] #ask-text')?.textContent === ${JSON.stringify(question)}`,
PATIENCE, 'the question');

for (const engine of ENGINES)
	test(`K-5.1.8.11 ${engine}: an insurer's representative has the call its ` +
		'insured made, or the operator says so', async () => {
		const [op, rep] = await Promise.all([
			desk.active('op1', { engine, hz: HZ.op1 }),
			desk.active('rep21', { hz: HZ.spec })]);
		let call = await desk.talk(op);
		let id = await card(op);

		await dial(op);
		await asked(op);
		await op.shot('handover-question');
		await op.press('Нет');
		await op.callState('TALK');
		await dial(op);
		await asked(op);
		await op.press('Да');
		await rep.callState('RING');
		await rep.press('Ответить');
		await rep.callState('TALK');
		// what he has confirmed stands in the card
		await rep.wait(`return location.pathname === '/appeal/${id}' &&
			document.querySelector('#insurer')?.value === '${ours.id}'`,
		PATIENCE, 'his card, with the insurer');
		await desk.free(op);
		await call.hangup();
		await desk.free(rep);

		call = await desk.talk(op);
		id = await card(op);
		await insured(op, id, other);
		await dial(op);
		await op.sees('Гражданин застрахован в другой СМО');
		await op.callState('TALK');
		await insured(op, id, ours);
		await dial(op);
		await rep.callState('RING'); // without a question
		await rep.press('Ответить');
		await rep.callState('TALK');
		await desk.free(op);
		await call.hangup();
		await desk.free(rep);
		clean(op);
		clean(rep);
		await desk.away(op);
		await desk.away(rep);
		// the other browser's turn comes with the telephones off
		await desk.giveUp('op1');
		await desk.giveUp('rep21');
	});

await run();
