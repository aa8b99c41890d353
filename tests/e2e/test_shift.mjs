#!/usr/bin/env node
// «Смена сейчас» before a supervisor's eyes: live, and with his hands in it.
// limit: 240 s

import assert from 'node:assert/strict';
import { inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HOTLINE, HZ, clean } from './desk.mjs';

inNamespace();

const desk = await Desk.open();
const { phone, stack } = desk;

await desk.change(`INSERT INTO queue (id, name) VALUES (90, 'Вторая линия');
	INSERT INTO queue_member (queue_id, user_id) SELECT 90, id
	FROM user_account WHERE login = 'op2'`);

const FROM = '+79180000042';

// The row of a table that has this text, as the supervisor reads it.
function row(part, text) {
	return `[...document.querySelectorAll('[data-rows=${part}] tr')]` +
		`.find((tr) => tr.textContent.includes('${text}'))`;
}

function reads(boss, part, who, what, options) {
	return boss.wait(`return (${row(part, who)}?.textContent ?? '')` +
		`.includes('${what}')`, options?.within ?? 15000,
	`«${what}» beside ${who}`);
}

async function choose(boss, part, who) {
	await boss.eval(new Function(`${row(part, who)}
		.querySelector('input').click()`));
}

async function act(boss, button, reason, more = async () => {}) {
	await boss.press(button);
	await more();
	await boss.fill('Причина', reason);
	await boss.press('Выполнить');
	await boss.wait('return !document.querySelector("dialog[open]")', 15000,
		'the question is answered');
}

const actions = (kind) => stack.row(`SELECT * FROM supervisor_action
	WHERE action = '${kind}' AND result = 'OK' ORDER BY at DESC`,
(rows) => rows.length > 0);

const rest = async (op) => {
	await op.press('Перерыв');
	await op.click('menuitem', 'Короткий перерыв');
	await op.agent('BREAK');
};

const [op1, op2] = await Promise.all([desk.active('op1'), desk.active('op2')]);

await Promise.all([rest(op1), rest(op2)]);

for (const engine of ENGINES) {
	test(`K-4.0.12 ${engine}: the shift, live`, async () => {
		const boss = await desk.sit('super1', { engine });

		await boss.click('link', 'Смена сейчас');
		await boss.sees('Никто не ждёт');
		await reads(boss, 'agents', '1001', 'Перерыв');
		// a real citizen waits, nobody is free
		const call = await phone.call(HOTLINE,
			{ tone: HZ.citizen, from: FROM });

		await call.answered;
		await reads(boss, 'calls', '918 000-00-42', 'Горячая линия',
			{ within: 25000 });
		await choose(boss, 'calls', '918 000-00-42');
		await act(boss, 'В другую очередь', 'Горячая линия занята', () =>
			boss.select('Новая очередь', 'Вторая линия'));
		await reads(boss, 'calls', '918 000-00-42', 'Вторая линия');
		const [moved] = await actions('MOVE');

		assert.equal(moved.reason, 'Горячая линия занята');
		await desk.event(FROM, 'TOQUEUE');
		// op1 is no member there: the call goes by him
		await op1.press('Закончить перерыв');
		await reads(boss, 'agents', '1001', 'Свободен');
		await choose(boss, 'agents', '1001');
		await act(boss, 'Перевести на перерыв', 'Очередь пуста');
		await op1.agent('BREAK');
		await op1.sees('Старший смены перевёл вас на перерыв: Очередь пуста');
		await reads(boss, 'agents', '1001', 'Перерыв');
		await op2.press('Закончить перерыв');
		await op2.callState('RING');
		await op2.press('Ответить');
		await reads(boss, 'agents', '1002', 'Разговаривает');
		await reads(boss, 'agents', '1002', '918 000-00-42');
		await boss.sees('Никто не ждёт');
		for (const [theme, word] of [['Тёмное', 'dark'], ['Светлое', 'light']]) {
			await boss.select('Оформление', theme);
			await boss.shot(`shift-${word}`);
		}
		await help(boss);
		await call.hangup();
		await reads(boss, 'agents', '1002', 'Обработка');
		await op2.press('Готов');
		await rest(op2);
		clean(boss);
		await desk.away(boss);
	});
}

// «112»: it sounds until «Принял», and the operator learns who that was.
async function help(boss) {
	await op2.press('112');
	await boss.sees('Экстренная служба в разговоре');
	const service = await phone.incoming({ to: '112' });

	await service.answer({ tone: HZ.emergency });
	await op2.callState('CONFERENCE');
	assert.equal(await boss.eval(() =>
		document.getElementById('alarm').dataset.sounds), 'true');
	await boss.press('Принял');
	await op2.sees('Принял: ');
	await boss.wait('return document.getElementById("alarm").hidden', 15000,
		'silence');
	await service.hangup();
	await op2.callState('TALK');
}

test('K-4.0.12 alerts: a long wait until it ends, dialling over the limit until ' +
	'«Принял»', async () => {
	const boss = await desk.sit('super1');
	const is = (kind, where = '') => '[...document.querySelectorAll(' +
		'"[data-rows=alerts] li")].some((li) => ' +
		`li.textContent.includes('${kind}') && ` +
		`li.textContent.includes('${where}'))`;
	const stands = (kind, where) => boss.wait(`return ${is(kind, where)}`,
		60000, `«${kind}» of «${where}»`);
	const over = (kind) => boss.wait(`return !${is(kind)}`, 15000,
		`no more «${kind}»`);

	await desk.set('shift.long_wait_s', 10);
	try {
		await boss.click('link', 'Смена сейчас');
		const citizen = await phone.call(HOTLINE,
			{ tone: HZ.citizen, from: FROM });

		await stands('Долгое ожидание', '918 000-00-42');
		await citizen.hangup();
		await over('Долгое ожидание');
	} finally {
		await desk.set('shift.long_wait_s', 120);
	}

	await op1.press('Закончить перерыв');
	await op1.fill('Введите номер', '89624401122');
	await op1.press('Вызов');
	(await phone.incoming({ to: '+79624401122' })).reject(486, 'No');
	await op1.sees('Номер занят');
	await op1.until((s) => s.agent.state === 'FREE' && !s.call,
		{ what: 'FREE without a call' });
	await desk.set('dial.user_hour', 1);
	try {
		await op1.fill('Введите номер', '89624401122');
		await op1.press('Вызов');
		await stands('Подозрительный набор номеров', 'Превышен предел');
	} finally {
		await desk.set('dial.user_hour', 60);
	}
	await boss.press('Принял');
	await over('Подозрительный набор номеров');
	await rest(op1);
	clean(boss);
	await desk.away(boss);
});

let boss;

test('a break is ordered in a talk: told at once, taken after it', async () => {
	boss = await desk.sit('super1');
	await op1.press('Закончить перерыв');
	const call = await desk.talk(op1, { from: FROM });

	await boss.click('link', 'Смена сейчас');
	await reads(boss, 'agents', '1001', 'Разговаривает');
	await choose(boss, 'agents', '1001');
	await act(boss, 'Перевести на перерыв', 'Обед по графику');
	await op1.sees('Старший смены перевёл вас на перерыв: Обед по графику');
	await reads(boss, 'agents', '1001', 'затем перерыв');
	await op1.callState('TALK');
	await desk.hearEachOther(call, op1);
	await call.hangup();
	await op1.agent('WRAPUP');
	await op1.press('Готов');
	await op1.agent('BREAK');
	await op1.sees('Перерыв: по решению супервизора');
});

test('a call that rings is moved, or taken off: the ring ends, and says why',
	async () => {
		await op1.press('Закончить перерыв');
		const call = await phone.call(HOTLINE,
			{ tone: HZ.citizen, from: FROM });

		await op1.callState('RING');
		await reads(boss, 'calls', '918 000-00-42', 'Горячая линия');
		await choose(boss, 'calls', '918 000-00-42');
		await act(boss, 'В другую очередь', 'Вопрос второй линии', () =>
			boss.select('Новая очередь', 'Вторая линия'));
		await silent(op1,
			'Вызов переведён в другую очередь: Вопрос второй линии');
		await reads(boss, 'calls', '918 000-00-42', 'Вторая линия');
		await choose(boss, 'calls', '918 000-00-42');
		await act(boss, 'В другую очередь', 'Вторая линия пуста', () =>
			boss.select('Новая очередь', 'Горячая линия'));
		await op1.callState('RING');
		await op2.press('Закончить перерыв');
		await op2.agent('FREE');
		await choose(boss, 'calls', '918 000-00-42');
		await act(boss, 'Снять вызов', 'Оператор отошёл');
		await silent(op1, 'Старший смены снял вызов: Оператор отошёл');
		await op2.callState('RING');
		const [{ reason }] = await actions('REQUEUE');

		assert.equal(reason, 'Оператор отошёл');
		await call.hangup();
		await op2.agent('FREE');
		await rest(op2);
	});

// The ring is over, and why stands on the page.
async function silent(op, words) {
	await op.until((s) => s.agent.state === 'FREE' && !s.call,
		{ what: 'the ring is over' });
	await op.sees(words);
	await op.ear.until((w) => w.tones[HZ.ring] < 0.005,
		{ tones: [HZ.ring], what: 'no ringing' });
}

test('a call is taken off, or ended when that is meant', async () => {
	const call = await desk.talk(op1, { from: FROM });

	await reads(boss, 'agents', '1001', 'Разговаривает');
	await choose(boss, 'agents', '1001');
	await boss.press('Снять вызов');
	await boss.press('Выполнить');
	await boss.sees('Укажите причину'); // nothing without a reason
	await boss.fill('Причина', 'Разговор затянулся');
	await boss.press('Выполнить');
	await op1.sees('Старший смены снял вызов: Разговор затянулся');
	await reads(boss, 'calls', '918 000-00-42', 'снят, вне очереди');
	await call.media.hears(HZ.music); // the citizen is still there
	await choose(boss, 'calls', '918 000-00-42');
	await boss.press('Снять вызов');
	await boss.fill('Причина', 'Проверка линии');
	await boss.press('Выполнить');
	await boss.sees('Подтвердите, что вызов нужно прервать');
	await boss.press('Отмена');
	await call.media.hears(HZ.music);
	await boss.press('Снять вызов');
	await boss.fill('Причина', 'Проверка линии');
	await boss.eval(() => document.querySelector('[name=sure]').click());
	await boss.press('Выполнить');
	await call.ended;
	await boss.sees('Никто не ждёт');
	assert.equal((await desk.journal(FROM)).end_reason, 'SUPERVISOR');
});

test('an operator is moved for today, and back to his own queues', async () => {
	await choose(boss, 'agents', '1001');
	await act(boss, 'В другую очередь', 'Вторая линия ждёт', () =>
		boss.select('Новая очередь', 'Вторая линия'));
	await reads(boss, 'agents', '1001', 'на сегодня');
	await op1.sees('Старший смены перевёл вас на сегодня в очередь ' +
		'«Вторая линия»: Вторая линия ждёт');
	await choose(boss, 'agents', '1001');
	await act(boss, 'В другую очередь', 'Спасибо', () =>
		boss.select('Новая очередь', 'Свои очереди'));
	await reads(boss, 'agents', '1001', 'Горячая линия');
	assert.equal((await actions('ASSIGN')).length, 2);
});

test('a citizen handed outside stands on the board until he is ended',
	async () => {
		await desk.free(op1);
		const call = await desk.talk(op1, { from: FROM });

		await op1.fill('Внутренний номер', '8 (8652) 11-22-33');
		await op1.press('Перевести');
		const outside = await phone.incoming({ to: '+78652112233' });

		await outside.answer({ tone: HZ.emergency });
		await call.media.hears(HZ.emergency);
		await boss.sees('Без оператора');
		await reads(boss, 'away', '918 000-00-42',
			'передан наружу: +7 865 211-22-33');
		await choose(boss, 'away', '918 000-00-42');
		await boss.press('Снять вызов');
		await boss.eval(() =>
			document.querySelector('[name=way][value=end]').click());
		await boss.fill('Причина', 'Линия нужна');
		await boss.eval(() => document.querySelector('[name=sure]').click());
		await boss.press('Выполнить');
		await Promise.all([call.ended, outside.ended]);
		await boss.wait('return document.querySelector("[data-away]").hidden',
			15000, 'nobody is without an operator');
		for (const b of [boss, op1, op2])
			clean(b);
	});

await run();
