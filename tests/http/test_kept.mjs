#!/usr/bin/env node
// What somebody types into a registered card and does not save: kept for him,
// shown when he opens it again, gone when it is saved. limit: 120 s

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Appeals } from './appeals.mjs';
import { Pages, field } from './pages.mjs';

inNamespace();

const pages = await Pages.open();

finally_(() => pages.close());

const cases = new Appeals(pages);
const { people, id } = cases;
const typed = (text) => text.match(
	/<textarea[^>]* name="description"[^>]*>([^<]*)</)[1];
const note = (text) => text.match(/role="alert">([^<]*)</)?.[1];
const edits = (a) => pages.one(`SELECT COUNT(*) FROM appeal_edit
	WHERE appeal_id = ${a}`);

// As the page sends it while he types.
async function type(login, a, fields = {}) {
	const [version, theme] = await cases.row(a, 'version, theme_code');

	return (await people[login].json(`/appeal/${a}/draft`, { version,
		type: 'Консультация', theme, form: 'Устная', phone: '+79001234567',
		surname: 'Пробный', given_name: 'Иван', description: 'Набрано',
		...fields })).status;
}

test('each role signs in', () => cases.signIn(['op1', 'spec1', 'admin']));

test('K-6.1.10 a registered card: what is typed is there when it is opened again',
	async () => {
		const a = await cases.appeal('op1', { description: "'Было'" });
		const where = `/appeal/${a}`;

		assert.equal(await type('op1', a, { answer_text: 'Ответили',
			result: 'CONSULTED', birth_date: '12.', boxes: 'do_not_call',
			do_not_call: '1' }), 204);
		// nobody but him knows of it, and the appeal is as it was
		assert.equal((await cases.row(a, 'description'))[0], 'Было');
		assert.equal((await cases.row(a, 'version'))[0], '1');
		assert.equal(typed((await people.spec1.get(where)).text), 'Было');
		assert.deepEqual(await cases.history(a), []);
		let { text } = await people.op1.get(where);

		assert.match(note(text), /^Черновик: показано то, что вы ввели и не со/);
		assert.equal(typed(text), 'Набрано');
		assert.match(text, /data-unsaved="kept"/);
		assert.match(text, /name="answer_text"[^>]*>Ответили</);
		assert.match(text, /<option value="CONSULTED"[^>]* selected/);
		assert.match(text, /id="error-birth_date"/); // not finished yet
		assert.match(text, /name="do_not_call"[^>]* checked/);
		assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
			action = 'VIEW' AND object_id = '${a}' AND user_id = ${id.op1}`),
		'1');
		// the last word counts, and saved it is no draft any more
		assert.equal(await type('op1', a, { description: 'Набрано ещё' }), 204);
		assert.equal(typed((await people.op1.get(where)).text), 'Набрано ещё');
		assert.equal((await cases.card('op1', a, { do: 'save',
			description: 'Набрано ещё' })).status, 303);
		assert.equal(await edits(a), '0');
		({ text } = await people.op1.get(where));
		assert.equal(typed(text), 'Набрано ещё');
		assert.equal(note(text), undefined);
	});

test('K-6.1.10 over a version that is saved meanwhile both are shown',
	async () => {
		const a = await cases.appeal('op1');
		const save = (text) => pages.sql(`UPDATE appeal SET
			description = '${text}', version = version + 1 WHERE id = ${a}`);

		assert.equal(await type('op1', a), 204);
		await save('Его');
		const { text } = await people.op1.get(`/appeal/${a}`);

		assert.match(note(text), /^Черновик: вы ввели это до того, как/);
		assert.equal(typed(text), 'Набрано');
		assert.match(text, /theirs-title[\s\S]*<dd[^>]*>Его<[\s\S]*<form class="card/);
		// he has seen both and goes on over the stored one
		assert.equal(field(text, 'version'), '2');
		assert.equal(await type('op1', a, { description: 'Оба' }), 204);
		assert.match(note((await people.op1.get(`/appeal/${a}`)).text),
			/показано то, что вы ввели/);
		// nothing is kept over a version that is gone, nor after his own save
		await save('Ещё раз');
		assert.equal(await type('op1', a, { version: '2' }), 409);
		assert.equal(typed((await people.op1.get(`/appeal/${a}`)).text), 'Оба');
		assert.equal((await cases.card('op1', a, { do: 'save',
			description: 'Оба' })).status, 303);
		assert.equal(await type('op1', a, { version: '3' }), 409);
		assert.equal(await edits(a), '0');
	});

test('a draft that is not wanted goes, and only his own', async () => {
	const a = await cases.appeal('op1', { description: "'Было'" });
	const drop = (login) => people[login].post(`/appeal/${a}/draft/drop`, {});

	assert.equal(await type('op1', a), 204);
	assert.match((await people.op1.get(`/appeal/${a}`)).text,
		new RegExp(`action="/appeal/${a}/draft/drop"[\\s\\S]*Удалить черновик`));
	assert.equal((await drop('spec1')).status, 303);
	assert.equal(await edits(a), '1');
	const res = await drop('op1');

	assert.equal(res.status, 303);
	assert.equal(res.headers.location, `/appeal/${a}`);
	assert.equal(await edits(a), '0');
	assert.equal(typed((await people.op1.get(`/appeal/${a}`)).text), 'Было');
});

test('nobody keeps a draft of what is not his to change', async () => {
	const a = await cases.appeal('op1');

	for (const login of ['spec1', 'admin'])
		assert.equal(await type(login, a), 409, login);
	assert.equal(await edits(a), '0');
	// closed, it is nobody's; what is no text is not taken
	assert.equal(await type('op1', a, { email: 5 }), 422);
	await pages.sql(`UPDATE appeal SET status = 'CLOSED' WHERE id = ${a}`);
	assert.equal(await type('op1', a), 409);
});

await run();
