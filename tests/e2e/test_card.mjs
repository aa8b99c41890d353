#!/usr/bin/env node
// The appeal of a call: opened in the talk, saved, linked, heard again.
// limit: 240 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HZ, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { stack } = desk;

for (const engine of ENGINES) {
	const from = `+7918000003${engine === 'firefox' ? 2 : 1}`;
	let op, number, callId;

	test(`K-2.0.8, K-5.1.2.1 ${engine}: card opened in the talk, saved and linked`, async () => {
		op = await desk.active('op1', { engine });
		const call = await desk.talk(op, { from });
		const before = performance.now();
		const beyond = () => op.eval(() =>
			document.documentElement.scrollHeight - innerHeight);

		assert.equal(await beyond(), 0, 'the journal keeps to its frame');
		await op.eval(() => { window.sameDocument = true; });
		await op.press('Добавить');
		await op.sees('Черновик обращения');
		await op.until((s) => s.call && s.call.card,
			{ what: 'the card is the call\'s' });
		assert.equal(await beyond(), 0, 'and so does the card');
		assert.equal(await op.eval(() =>
			document.querySelector('[name=phone]#phone-number').value), from);
		await op.select('Тип обращения', 'Консультация');
		await op.fill('Поиск темы', 'прикреп');
		// K-5.1.4.4: by the keyboard alone, before the list is there
		await op.eval(() => document.querySelector('#theme-search').focus());
		await op.key('Enter');
		await op.wait(`const list = document.querySelector('#theme-code');

			return list.selectedIndex === 0 &&
				/прикреп/i.test(list.selectedOptions[0].textContent)`,
		PATIENCE, 'a theme with the word, chosen');
		const first = await op.eval(() =>
			document.querySelector('#theme-code').value);

		// Enter has led on; back to the list
		await op.wait("return document.activeElement.id === 'description'",
			PATIENCE, 'the description');
		await op.eval(() => document.querySelector('#theme-search').focus());
		await op.key('ArrowDown');
		assert.notEqual(await op.eval(() =>
			document.querySelector('#theme-code').value), first);
		await op.key('ArrowUp');
		await op.fill('Краткое описание', 'Спрашивает о прикреплении');
		await op.fill('Фамилия', 'Проверкин', '[data-card]');
		await op.fill('Имя', 'Пробный', '[data-card]');
		await op.shot('card');
		await op.press('Сохранить');
		await op.sees('Обращение сохранено');
		await op.sees('В работе');
		assert.equal(await op.eval(() => window.sameDocument), true);
		// a page turn that touched the leg would cost seconds; a busy
		// machine starves the fake microphone for a moment
		assert.ok(call.media.longestSilence(before) < 500,
			'no page turn is heard');
		await desk.hearEachOther(call, op);
		await call.hangup();
		const { id } = await desk.journal(from);
		const [row] = await stack.sql('SELECT a.status, a.number, a.surname ' +
			'FROM appeal a JOIN appeal_call c ON c.appeal_id = a.id ' +
			`WHERE c.call_id = '${id}'`);

		number = row.number;
		callId = id;
		assert.equal(row.status, 'IN_PROGRESS');
		assert.equal(row.surname, 'Проверкин');
		assert.match(row.number, /^26/);
		clean(op);
	});

	test(`K-4.0.5 ${engine}: its recording plays in the journal and in the card`,
		async () => {
		await op.until((s) => s.agent.state === 'FREE',
			{ what: 'saving the card ended the after-call work' });
		await op.click('link', 'К журналу');
		await op.wait(`return !!document.querySelector(
			'tbody tr:first-child details.row-recordings')`, PATIENCE,
		'a recording in the first row');
		// the row may be shown anew meanwhile
		await op.wait(`const row = document.querySelector(
			'tbody tr:first-child details');
			const audio = row.querySelector('audio');

			row.open = true;
			if (audio.paused)
				audio.play().catch(() => {});
			return audio.currentTime > 0`, PATIENCE, 'the recording plays');
		await op.ear.hears(HZ.citizen, { level: 0.02 });
		await op.eval(() => document.querySelector('tbody tr audio').pause());
		await op.ear.until((w) => w.tones[HZ.citizen] < 0.005,
			{ tones: [HZ.citizen], what: 'the row is silent again' });
		await op.shot('journal');
		await op.click('link', number);
		await op.wait(`const audio = document.querySelector(
			'[data-call="${callId}"] audio');

			if (audio?.paused)
				audio.play().catch(() => {});
			return audio?.currentTime > 0`, PATIENCE, 'it plays in the card');
		await op.ear.hears(HZ.citizen, { level: 0.02 });
		await op.eval(() =>
			document.querySelector('.linked-call audio').pause());
		clean(op);
	});

	test(`K-5.4.1.2 ${engine}: «Завершить» asks about a card that is not saved`,
		async () => {
			const M26 = 'Есть несохранённые обращения: 1. Завершить работу?';

			await op.press('Добавить');
			await op.sees('Черновик обращения');
			await op.fill('Краткое описание', 'Не дописано');
			await op.press('Завершить');
			await op.sees(M26);
			await op.press('Нет');
			await op.agent('FREE');
			await op.press('Завершить');
			await op.sees(M26);
			await op.press('Да');
			await op.agent('INACTIVE');
			clean(op);
			await desk.away(op);
		});
}

await run();
