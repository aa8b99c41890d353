#!/usr/bin/env node
// Labels and messages are the exact texts that people and guides rely on.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { catalogue, words } from './words.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ru = catalogue('ru');
const panel = readFileSync(
	path.join(ROOT, 'templates/macros/phone.cs'), 'utf8');

test('the messages are word for word those of the requirements', () => {
	assert.equal(words.M03, 'Микрофон не найден. Подключите гарнитуру и ' +
		'нажмите «Начало работы» ещё раз. Без микрофона программный ' +
		'телефон не работает');
	assert.equal(words.M03a, 'Браузер не разрешил доступ к микрофону. ' +
		'Разрешите доступ в строке адреса и нажмите «Начало работы» ещё раз');
	assert.equal(words.M03b,
		'Микрофон занят другой программой. Закройте её и повторите');
	assert.equal(words.M16, 'Есть несохранённые изменения. Покинуть страницу?');
	assert.equal(words.M17, 'Служба не отвечает. Попросите абонента ' +
		'положить трубку и набрать 112');
	assert.equal(words.M18, 'Назовите диспетчеру регион и адрес абонента');
	assert.equal(words.M26,
		'Есть несохранённые обращения: {n}. Завершить работу?');
	assert.equal(words.M29, 'Связь восстанавливается');
	assert.equal(words.NoExtension, 'Внутренний номер не найден');
	assert.equal(words.DraftConflict,
		'Карточка изменена другим пользователем');
});

test('K-4.0.9 the panel carries every label of the requirements', () => {
	const texts = new Set(Object.entries(ru)
		.filter(([key]) => key.startsWith('Lang.Phone.'))
		.map(([, text]) => text));

	for (const label of ['Программный телефон', 'Начало работы', 'Перерыв',
		'Завершить', 'Вызов', 'Сброс', 'Ответить', 'Отклонить',
		'Выкл. микрофон', 'Вкл. микрофон', 'Пауза', 'Продолжить',
		'Перевести', 'Посоветоваться', 'Соединить', 'Вернуться', 'Добавить',
		'Введите номер', 'Внутренний номер', 'Выйти из разговора',
		'Нецелевой вызов', 'Готов', 'Продлить', 'Идёт запись', 'Активен',
		'Не активен', 'Перевести на другого специалиста'])
		assert.ok(texts.has(label), label);
});

test('both languages have the same keys', () => {
	assert.deepEqual(Object.keys(catalogue('en')).sort(),
		Object.keys(ru).sort());
});

test('the panel asks only for texts that exist', () => {
	for (const [, key] of panel.matchAll(/(?:var|each):?\w* ?=? ?(Lang\.[\w.]+)/g))
		assert.ok(Object.keys(ru).some((k) =>
			k === key || k.startsWith(`${key}.`)), key);
});

test('the script asks only for words that exist', () => {
	const js = readdirSync(path.join(ROOT, 'static/js'), { recursive: true })
		.filter((name) => name.endsWith('.js'))
		.map((name) => readFileSync(path.join(ROOT, 'static/js', name), 'utf8'))
		.join('\n');

	for (const [, key] of js.matchAll(/\b(?:words|w)\.([A-Z]\w+)/g))
		assert.ok(words[key], key);
	for (const [, key] of js.matchAll(/say\('(\w+)'/g))
		assert.ok(words[key], key);
});

// B1-19
test('every event of a call has a word for its history', () => {
	const plugin = path.join(ROOT, 'janus-plugin');
	const source = readdirSync(plugin).filter((name) => name.endsWith('.c'))
		.map((name) => readFileSync(path.join(plugin, name), 'utf8'));
	const kinds = new Set();

	for (const text of source) {
		for (const [, kind] of text.matchAll(/\[EV_\w+\] = "([A-Z]+)"/g))
			kinds.add(kind);
		for (const [, where] of text.matchAll(
			/\bcc_call_(?:note|offer_gone)\(([^;]*?)(?:json_pack|;)/g))
			for (const [, kind] of where.matchAll(/"([A-Z]{4,})"/g))
				kinds.add(kind);
	}
	assert.ok(kinds.has('HANDOVER') && kinds.has('RINGNOANSWER') &&
		kinds.has('MICBACK') && kinds.size > 40, [...kinds].join(' '));
	for (const kind of kinds)
		assert.ok(words[`Ev${kind}`], kind);
});

test('no native dialog stops the message handlers', () => {
	for (const name of readdirSync(path.join(ROOT, 'static/js'),
		{ recursive: true })) {
		if (!name.endsWith('.js'))
			continue;
		const text = readFileSync(path.join(ROOT, 'static/js', name), 'utf8')
			.replace(/\/\/.*/g, '');

		assert.doesNotMatch(text, /\b(?:alert|confirm|prompt)\(/, name);
	}
});
