#!/usr/bin/env node
// An appeal handed on with its live call (K-5.1.8): the card opens at the
// colleague's desk and is his; without an answer it stays. And the citizen's
// earlier appeals beside the card. limit: 240 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HZ, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;

const answer = (op) => op.engine === 'firefox' ? op.key('F2')
	: op.press('Ответить');

async function dial(op, to, how = 'Перевести') {
	await op.fill('Внутренний номер', to);
	await op.press(how);
}

const inPage = (b, text) => b.wait(`return document.querySelector('#page')
	.textContent.includes(${JSON.stringify(text)})`, PATIENCE,
`«${text}» in the page`);
const address = (b, path) => b.wait(`return location.pathname === '${path}'`,
	PATIENCE, path);
const editable = (b) => b.wait(`return !!document.querySelector(
	'[data-card] [data-save]')`, PATIENCE, 'the card is his to change');
const assignee = async (id) => (await stack.sql(`SELECT u.login FROM appeal a
	JOIN user_account u ON u.id = a.assignee_id WHERE a.id = ${id}`))[0]?.login;
const forwardings = async (id) => (await stack.sql(`SELECT f.live, b.login
	FROM forwarding f JOIN user_account b ON b.id = f.to_user
	WHERE f.appeal_id = ${id} ORDER BY f.id`)).map((r) =>
	`${r.login} ${r.live}`);

// The card of the call that op has, saved or only begun; -> its id.
async function card(op, save) {
	await op.press('Добавить');
	await op.until((s) => s.call?.card, { what: 'the card is the call\'s' });
	const id = (await op.state()).call.card;

	await address(op, `/appeal/${id}`);
	await inPage(op, 'Черновик обращения');
	await op.select('Тип обращения', 'Консультация');
	await op.wait(`const list = document.querySelector('#theme-code');

		if (!list?.options.length || document.querySelector('.htmx-request'))
			return false;
		list.selectedIndex = 0;
		list.dispatchEvent(new Event('change', { bubbles: true }));
		return true`, PATIENCE, 'a theme');
	await op.fill('Краткое описание', 'Вопрос о прикреплении');
	if (save) {
		await op.press('Сохранить');
		await op.sees('Обращение сохранено');
	}
	return id;
}

for (const engine of ENGINES) {
	let op1, spec1;

	test(`K-5.1.8.3 ${engine}: T6 the appeal goes with its call, once answered`,
		async () => {
			[op1, spec1] = await Promise.all([desk.active('op1', { hz: HZ.op1 }),
				desk.active('spec1', { engine,
					hz: engine === 'firefox' ? HZ.firefox : HZ.spec })]);
			const call = await desk.talk(op1);
			const id = await card(op1, true);

			await dial(op1, '2001');
			await spec1.callState('RING');
			assert.equal(await assignee(id), 'op1'); // not before he answers
			await answer(spec1);
			await spec1.callState('TALK');
			await address(spec1, `/appeal/${id}`);
			await editable(spec1);
			await inPage(spec1, 'Вопрос о прикреплении');
			await spec1.shot('handed-over');
			assert.equal(await assignee(id), 'spec1');
			assert.deepEqual(await forwardings(id), ['spec1 1']);
			await op1.agent('FREE'); // his card is saved
			await desk.end(call, spec1);
		});

	test(`K-5.1.8.5 ${engine}: T6a an unsaved card goes as it is`, async () => {
		const call = await desk.talk(op1);
		const id = await card(op1, false);

		await dial(op1, '2001');
		await spec1.callState('RING');
		await answer(spec1);
		await spec1.callState('TALK');
		await address(spec1, `/appeal/${id}`);
		await editable(spec1);
		// typed in the moment of the transfer
		assert.equal(await spec1.eval(() =>
			document.querySelector('#description').value),
		'Вопрос о прикреплении');
		assert.deepEqual(await forwardings(id), ['spec1 1']);
		await spec1.press('Сохранить');
		await spec1.sees('Обращение сохранено');
		assert.equal(await assignee(id), 'spec1');
		await desk.free(op1);
		await call.hangup();
		await spec1.agent('FREE');
	});

	test(`${engine}: T6 who read it while he was asked has it when connected`,
		async () => {
			const call = await desk.talk(op1);
			const id = await card(op1, true);

			await dial(op1, '2001', 'Посоветоваться');
			await spec1.callState('RING');
			await answer(spec1);
			await address(spec1, `/appeal/${id}`);
			await spec1.wait(`return !!document.querySelector('[data-card]') &&
				!document.querySelector('[data-card] [data-save]')`, PATIENCE,
			'he reads it');
			await op1.press('Соединить');
			await spec1.callState('TALK');
			await editable(spec1);
			assert.equal(await assignee(id), 'spec1');
			assert.deepEqual(await forwardings(id), ['spec1 1']);
			await op1.agent('FREE');
			await desk.end(call, spec1);
		});

	test(`K-5.1.8.6 ${engine}: unanswered it stays with who sent it`,
		async () => {
			const call = await desk.talk(op1);
			const id = await card(op1, true);

			await dial(op1, '2001');
			await spec1.callState('RING');
			await spec1.press('Отклонить');
			await op1.until((s) => ['RING', 'TALK'].includes(s.call?.state),
				{ what: 'the call is back' });
			if ((await op1.state()).call.state === 'RING')
				await op1.press('Ответить');
			await op1.callState('TALK');
			assert.equal(await assignee(id), 'op1');
			assert.deepEqual(await forwardings(id), []);
			await call.hangup();
			await op1.agent('FREE'); // its card is saved: no after-call work
		});

	test(`K-5.1.7 ${engine}: the history: said to be his, opened, handed over`,
		async () => {
			const [past] = await stack.sql(`SELECT a.id FROM appeal a
				JOIN user_account u ON u.id = a.assignee_id
				WHERE u.login = 'op2' AND a.status = 'CLOSED'
				AND a.organization_id = 1 ORDER BY a.id LIMIT 1`);
			const number = '+79180007007';

			await stack.sql(`UPDATE appeal SET phone = '${number}', person_id =
				NULL, description = 'Прежний вопрос' WHERE id = ${past.id}`);
			await spec1.goto(`${stack.url}/`);
			await spec1.press('Новое обращение');
			await spec1.sees('Черновик обращения');
			await spec1.fill('Контактный телефон', number);
			await spec1.sees('Черновик сохранён');
			await spec1.press('Обновить');
			await inPage(spec1, 'возможное совпадение');
			await spec1.press('Это тот же человек');
			await inPage(spec1, 'Прежний вопрос');
			await spec1.shot('history');
			await spec1.press('Открыть');
			await spec1.wait(`return !!document.querySelector('#past-panel dl')`,
				PATIENCE, 'the panel');
			await spec1.shot('history-panel');
			await spec1.key('Escape');
			await spec1.wait(`return !document.querySelector(
				'#past-panel').firstElementChild`, PATIENCE, 'it is closed');
			await spec1.eval(() =>
				document.querySelector('[data-past-forward]').click());
			assert.ok(await spec1.eval(() => {
				const list = document.getElementById('s-forward_to');

				return !!list.value && !list.closest('[hidden]');
			}), 'who had it is chosen');
			await desk.away(op1);
			await desk.away(spec1);
			// the other browser's turn comes with the telephones off
			await desk.giveUp('op1');
			await desk.giveUp('spec1');
			clean(op1);
			clean(spec1);
		});
}

await run();
