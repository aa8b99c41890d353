#!/usr/bin/env node
// Files of appeals over HTTP: what comes in, what does not, who gets it out.
// limit: 300 s

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync }
	from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { Pages, draft, request } from './pages.mjs';
import { Appeals, day } from './appeals.mjs';
import { deflated, stored, zip } from './zip.mjs';

inNamespace();

const pages = await Pages.open();
const appeals = new Appeals(pages);
const { people } = appeals;

finally_(() => pages.close());

const BOUNDARY = 'x7MA4YWxkTrZu0gW';

function body(fields, files) {
	const parts = [];

	for (const [name, value] of Object.entries(fields))
		parts.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
			`name="${name}"\r\n\r\n`, value, '\r\n');
	for (const [name, bytes, type = 'application/octet-stream'] of files)
		parts.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
			`name="file"; filename="${name}"\r\nContent-Type: ${type}` +
			'\r\n\r\n', bytes, '\r\n');
	parts.push(`--${BOUNDARY}--\r\n`);
	return Buffer.concat(parts.map((p) => Buffer.from(p)));
}

const DOC = { doc_number: '17/3', doc_date: '01.02.2026' };

function send(login, a, files, fields = DOC, { csrf } = {}) {
	const p = people[login];
	const bytes = Buffer.isBuffer(files) ? files : body(fields, files);

	return request('POST', `/bulk/appeal/${a}/files`, p.headers({
		'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
		'content-length': bytes.length, 'x-csrf': csrf ?? p.csrf }), bytes);
}

const rows = (a) => pages.sql(`SELECT name, kind, fault, size FROM attachment
	WHERE appeal_id = ${a} ORDER BY id`);
const errors = (res) => (res.text.match(/role="alert">([^]*?)<\/div><\/div>/)
	?.[1] ?? '').replace(/<[^>]*>/g, ' ').trim().replace(/\s+/g, ' ');
const lying = (dir) => readdirSync(path.join(pages.dir, 'files', dir));

const PDF = Buffer.from('%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n');
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const JPG = Buffer.from('ffd8ffe000104a46494600010100', 'hex');
const TIF = Buffer.from('49492a000800000000000000', 'hex');
const DOCX = zip([deflated('[Content_Types].xml', 'x'.repeat(500)),
	deflated('word/document.xml', 'слово '.repeat(900))]);
const XLSX = zip([stored('[Content_Types].xml', 'x'),
	stored('xl/workbook.xml', 'y')]);

// An OLE file of one directory sector that names one stream.
function ole(stream) {
	const file = Buffer.alloc(512 * 3);

	Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(file);
	file.writeUInt16LE(9, 30);
	file.writeUInt32LE(0, 48); // the directory is sector 0
	file.writeUInt32LE(1, 76); // the table of sectors is sector 1
	for (const [i, name] of ['Root Entry', stream].entries()) {
		file.write(name, 512 + 128 * i, 'utf16le');
		file.writeUInt16LE(2 * (name.length + 1), 512 + 128 * i + 64);
	}
	file.writeUInt32LE(0xfffffffe, 1024);
	return file;
}

let a;

test('each role signs in', async () => {
	await appeals.signIn(['op1', 'spec1', 'spec2', 'rep21', 'rep22', 'admin',
		'auditor', 'quality', 'super1', 'director']);
	a = await appeals.appeal('spec1');
});

test('K-5.2.1.2, K-5.2.1.4 each allowed kind comes in by its content, and ' +
	'out again byte for byte', async () => {
	const files = [['Жалоба №1.pdf', PDF], ['a.png', PNG], ['b.JPG', JPG],
		['b2.jpeg', JPG], ['c.tif', TIF], ['d.docx', DOCX], ['e.xlsx', XLSX],
		['f.doc', ole('WordDocument')], ['g.xls', ole('Workbook')],
		['h.zip', zip([stored('a.txt', 'a')])]];
	const res = await send('spec1', a, files);

	assert.equal(res.status, 200, errors(res));
	assert.match(res.text, /Файлы приложены/);
	assert.deepEqual((await rows(a)).map(([name, kind, fault]) =>
		[name, kind, fault]), files.map(([name], i) => [name.replace('JPG',
		'jpg'), ['pdf', 'png', 'jpg', 'jpg', 'tif', 'docx', 'xlsx', 'doc',
		'xls', 'zip'][i], '']));
	const ids = await pages.sql(`SELECT id, sha256 FROM attachment WHERE
		appeal_id = ${a} ORDER BY id`);

	for (const [i, [file, sha]] of ids.entries()) {
		const got = await people.spec1.get(`/appeal/${a}/file/${file}`);

		assert.equal(got.status, 200);
		assert.deepEqual(got.bytes, Buffer.from(files[i][1]));
		assert.equal(createHash('sha256').update(got.bytes).digest('hex'), sha);
		assert.match(got.headers['content-disposition'], /^attachment; /);
		assert.equal(got.headers['x-content-type-options'], 'nosniff');
		assert.match(got.headers['content-security-policy'], /sandbox/);
	}
	const first = await people.spec1.get(`/appeal/${a}/file/${ids[0][0]}`);

	assert.equal(first.headers['content-type'], 'application/pdf');
	assert.ok(first.headers['content-disposition'].includes(
		`filename*=UTF-8''${encodeURIComponent('Жалоба №1.pdf')}`));
	// each time into the access log, before the first byte
	assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'DOWNLOAD' AND object_type = 'attachment'`), '11');
	const card = (await people.spec1.get(`/appeal/${a}`)).text;

	assert.match(card, /Жалоба №1\.pdf/);
	assert.match(card, /Скачать/);
	// ten are enough
	const more = await send('spec1', a, [['x.pdf', PDF]]);

	assert.equal(more.status, 422);
	assert.match(errors(more), /Не более 10 файлов/);
	assert.equal(lying('incoming').length, 0);
});

test('K-5.2.1.3 number, date and files are asked for with these words',
	async () => {
		const b = await appeals.appeal('spec1');
		const none = await send('spec1', b, [], {});

		assert.equal(none.status, 422);
		assert.equal(errors(none), 'Заполните: Номер документа Заполните: ' +
			'Дата регистрации документа Выберите файлы');
		for (const doc_date of ['31.02.2026', day(1), 'вчера', ''])
			assert.equal(errors(await send('spec1', b, [['a.pdf', PDF]],
				{ ...DOC, doc_date })),
			'Заполните: Дата регистрации документа', doc_date);
		for (const doc_number of ['   ', 'я'.repeat(41)])
			assert.equal(errors(await send('spec1', b, [['a.pdf', PDF]],
				{ ...DOC, doc_number })), 'Заполните: Номер документа');
		// what was typed stays
		assert.match((await send('spec1', b, [], DOC)).text,
			/name="doc_number" value="17\/3"/);
		assert.deepEqual(await rows(b), []);
		assert.equal(lying('incoming').length, 0);
	});

test('K-5.2.1.4 what is not what its name says goes into quarantine, the ' +
	'rest of the press stays', async () => {
	const b = await appeals.appeal('spec1');
	const half = Buffer.from(XLSX).subarray(0, XLSX.length - 30);
	const res = await send('spec1', b, [['good.pdf', PDF],
		['picture.pdf', PNG], ['evil.docx', zip([stored('a', 'b')])],
		['macro.docx', zip([stored('[Content_Types].xml', 'x'),
			stored('word/document.xml', 'y'),
			stored('word/vbaProject.bin', 'z')])],
		['cut.xlsx', half], ['way.zip', zip([stored('../../etc/x', 'y')])],
		['run.exe', Buffer.from('MZ')], ['run.pdf.exe', PDF],
		['noext', PDF], ['empty.pdf', '']]);

	assert.equal(res.status, 422);
	assert.deepEqual((await rows(b)).map(([name, , fault]) => [name, fault]),
		[['good.pdf', ''], ['picture.pdf', 'CONTENT'],
			['evil.docx', 'CONTENT'], ['macro.docx', 'CONTENT'],
			['cut.xlsx', 'BROKEN'], ['way.zip', 'BROKEN']]);
	assert.match(errors(res), /«picture\.pdf»: Содержимое не соответствует/);
	assert.match(errors(res), /«cut\.xlsx»: Файл повреждён/);
	assert.match(errors(res), /«run\.exe»: Недопустимый тип файла/);
	assert.match(errors(res), /«empty\.pdf»: Файл пуст/);
	assert.equal(lying('quarantine').length, 5);
	assert.equal(lying('incoming').length, 0);
	// nobody gets it out, not even who put it in
	const [[bad]] = await pages.sql(`SELECT id FROM attachment WHERE
		appeal_id = ${b} AND fault <> '' LIMIT 1`);

	for (const login of ['spec1', 'admin'])
		assert.equal((await people[login].get(`/appeal/${b}/file/${bad}`))
			.status, 403);
	const card = (await people.spec1.get(`/appeal/${b}`)).text;

	assert.match(card, /Карантин: Содержимое не соответствует/);
	assert.ok(!card.includes(`/file/${bad}"`));
});

test('K-5.2.1.4 a bomb is seen in its table, never unpacked', async () => {
	const b = await appeals.appeal('spec1');
	const bombs = [
		// says itself that it is 600 MiB
		['big.zip', zip([{ ...stored('a', 'b'), size: 600 << 20 }])],
		// ten thousand times its own size
		['ratio.docx', zip([stored('[Content_Types].xml', 'x'),
			{ ...stored('word/document.xml', 'y'), size: 100 << 20 }])],
		// sizes that stand elsewhere (zip64)
		['z64.zip', zip([{ ...stored('a', 'b'), size: 0xffffffff }])],
		// the same bytes again and again
		['over.zip', zip(Array.from({ length: 400 }, (_, i) =>
			({ ...stored(`f${i}`, 'b'.repeat(2000)), at: 0 })))],
		['many.zip', zip(Array.from({ length: 10001 }, (_, i) =>
			stored(`f${i}`, '')))],
	];
	const res = await send('spec1', b, bombs);

	assert.equal(res.status, 422);
	assert.deepEqual((await rows(b)).map(([name, , fault]) => [name, fault]),
		bombs.map(([name]) => [name, 'BOMB']));
	assert.match(errors(res), /«big\.zip»: Архив распаковывается в слишком/);
});

test('K-5.2.1.4 20 MB a file, and not a byte of it in memory', async () => {
	const b = await appeals.appeal('spec1');
	const head = Buffer.from('%PDF-');
	const mib = (n) => Buffer.concat([head, Buffer.alloc(n * 1048576 - 11, 32),
		Buffer.from('%%EOF\n')]);
	const fit = await send('spec1', b, [['fit.pdf', mib(20)]]);

	assert.equal(fit.status, 200, errors(fit));
	assert.equal((await rows(b))[0][3], String(20 << 20));
	const over = await send('spec1', b, [['over.pdf', mib(21)],
		['small.pdf', PDF]]);

	assert.equal(over.status, 422);
	assert.match(errors(over), /«over\.pdf»: Файл больше 20 МБ/);
	assert.deepEqual((await rows(b)).map(([name]) => name),
		['fit.pdf', 'small.pdf']);
	assert.equal(lying('incoming').length, 0);
});

test('names are made harmless', async () => {
	const b = await appeals.appeal('spec1');
	const names = ['../../../etc/passwd.pdf', 'C:\\\\Users\\\\a.pdf',
		'\u202efdp.exe.pdf', '...pdf', 'a\u0007b;c|d%e.pdf',
		`${'ж'.repeat(120)}.pdf`, '<img src=x onerror=alert(1)>.pdf'];

	for (const name of names)
		assert.equal((await send('spec1', b, [[name, PDF]])).status, 200,
			name);
	assert.deepEqual((await rows(b)).map(([name]) => name),
		['passwd.pdf', 'a.pdf', 'fdp.exe.pdf', 'file.pdf', 'abcde.pdf',
			`${'ж'.repeat(49)}.pdf`, 'img src=x onerror=alert(1).pdf']);
	const card = (await people.spec1.get(`/appeal/${b}`)).text;

	assert.ok(!card.includes('<img src=x'));
	for (const [id] of await pages.sql(`SELECT id FROM attachment WHERE
		appeal_id = ${b}`))
		assert.equal((await people.spec1.get(`/appeal/${b}/file/${id}`))
			.status, 200);
});

test('a broken upload leaves nothing', async () => {
	const b = await appeals.appeal('spec1');
	const whole = body(DOC, [['a.pdf', PDF]]);
	const p = people.spec1;

	// no closing boundary, no boundary at all, another type, bad text
	for (const [bytes, status] of [[whole.subarray(0, whole.length - 8), 400],
		[Buffer.from('nothing'), 400],
		[body({ ...DOC, doc_number: Buffer.from([0xff, 0xfe]) },
			[['a.pdf', PDF]]), 400],
		[body({ ...DOC, doc_number: 'x'.repeat(20000) }, [['a.pdf', PDF]]),
			413]])
		assert.equal((await send('spec1', b, bytes)).status, status);
	assert.equal((await request('POST', `/bulk/appeal/${b}/files`, p.headers({
		'content-type': 'multipart/form-data', 'x-csrf': p.csrf,
		'content-length': whole.length }), whole)).status, 400);

	// the line breaks in the middle of the file
	await new Promise((done) => {
		const sock = net.connect(8080, '127.0.0.1', () => {
			sock.write(`POST /bulk/appeal/${b}/files HTTP/1.1\r\nHost: x\r\n` +
				`Cookie: ${p.headers().cookie}\r\nX-CSRF: ${p.csrf}\r\n` +
				`Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
				`Content-Length: ${whole.length}\r\n\r\n`);
			sock.write(whole.subarray(0, whole.length / 2), () => {
				sock.destroy();
				done();
			});
		});
	});
	// what a killed worker left an hour ago goes with the next upload
	for (const [name, age] of [['old.part', 4000], ['new.part', 10]]) {
		const file = path.join(pages.dir, 'files/incoming', name);
		const then = Date.now() / 1000 - age;

		writeFileSync(file, 'x');
		utimesSync(file, then, then);
	}
	assert.equal((await send('spec1', b, [['a.pdf', PDF]])).status, 200);
	assert.equal((await rows(b)).length, 1);
	assert.deepEqual(lying('incoming'), ['new.part']);
	rmSync(path.join(pages.dir, 'files/incoming/new.part'));
});

test('section 7: files are for the second level and its own, and for those ' +
	'who look after them', async () => {
	const b = await appeals.appeal('spec1');

	assert.equal((await send('spec1', b, [['a.pdf', PDF]])).status, 200);
	const file = await pages.one(`SELECT MAX(id) FROM attachment`);
	const where = `/appeal/${b}/file/${file}`;

	for (const [login, get, put] of [['spec1', 200, 200], ['admin', 200, 200],
		['auditor', 200, 403], ['op1', 403, 403], ['spec2', 404, 403],
		['rep22', 404, 404], ['super1', 403, 403], ['quality', 404, 404],
		['director', 403, 403]]) {
		assert.equal((await people[login].get(where)).status, get, login);
		const res = await send(login, b, [['b.pdf', PDF]]);

		assert.equal(res.status, put, `${login} puts`);
		if (get !== 200)
			assert.doesNotMatch((await people[login].get(`/appeal/${b}`)).text,
				/Скачать/);
	}
	// no code of the page; another appeal's number in the address
	assert.equal((await send('spec1', b, [['a.pdf', PDF]], DOC,
		{ csrf: 'x' })).status, 403);
	assert.equal((await people.spec1.get(`/appeal/${a}/file/${file}`)).status,
		404);
	assert.equal((await people.spec1.get(`/appeal/${b}/file/99999999`)).status,
		404);
	assert.notEqual(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		result = 'DENIED' AND object_type IN ('attachment', 'route')`), '0');
	// who may not, leaves nothing on the disk
	assert.equal(lying('incoming').length, 0);
	// never by its path
	assert.equal((await people.spec1.get(`/protected/files/appeals/x`)).status,
		404);
});

test('K-5.2.1.4 «Удалить» takes it from the card and says who', async () => {
	const b = await appeals.appeal('spec1');

	await send('spec1', b, [['a.pdf', PDF]]);
	const file = await pages.one(`SELECT MAX(id) FROM attachment`);
	const where = `/appeal/${b}/file/${file}/delete`;

	assert.equal((await people.spec2.post(where, {})).status, 404);
	assert.equal((await people.auditor.post(where, {})).status, 403);
	const gone = await people.spec1.post(where, {});

	assert.equal(gone.status, 200);
	assert.doesNotMatch(gone.text, /a\.pdf/);
	assert.equal((await people.spec1.post(where, {})).status, 404);
	assert.equal((await people.spec1.get(`/appeal/${b}/file/${file}`)).status,
		404);
	assert.deepEqual((await pages.sql(`SELECT removed_by FROM attachment WHERE
		id = ${file}`))[0], [appeals.id.spec1]);
	assert.equal(await pages.one(`SELECT COUNT(*) FROM access_log WHERE
		action = 'REMOVE' AND object_id = '${file}' AND object_type =
		'attachment'`), '1');
});

test('K-6.1.11 a file goes with an answer; a closed card takes none',
	async () => {
		const b = await appeals.appeal('spec1');
		const other = await appeals.appeal('spec1');

		await pages.sql(`INSERT INTO appeal_answer (appeal_id, kind, channel,
			answered_on, user_id, at) VALUES (${b}, 'INTERIM', 'POST',
			'2026-02-03', ${appeals.id.spec1}, NOW(3))`);
		const answer = await pages.one('SELECT MAX(id) FROM appeal_answer');

		assert.equal((await send('spec1', other, [['a.pdf', PDF]],
			{ ...DOC, answer })).status, 404);
		const res = await send('spec1', b, [['a.pdf', PDF]],
			{ ...DOC, answer });

		assert.equal(res.status, 200);
		assert.match(res.text, /к ответу/);
		await pages.sql(`UPDATE appeal SET status = 'CLOSED' WHERE id = ${b}`);
		for (const login of ['spec1', 'admin'])
			assert.equal((await send(login, b, [['b.pdf', PDF]])).status, 403);
		assert.match((await people.spec1.get(`/appeal/${b}`)).text, /Скачать/);
	});

test('a draft nobody went on with goes with its files', async () => {
	const b = (await draft(people.spec1)).match(/\d+/)[0];

	await send('spec1', b, [['a.pdf', PDF], ['b.pdf', PNG]]);
	const files = (await pages.sql(`SELECT path FROM attachment WHERE
		appeal_id = ${b}`)).map(([f]) => path.join(pages.dir, 'files', f));

	assert.deepEqual(files.map(existsSync), [true, true]);
	await pages.sql(`UPDATE appeal SET updated_at = NOW(3) - INTERVAL 31 DAY
		WHERE id = ${b}`);
	// behind the first seals of all the demo
	await pages.jobsUntilNone(`SELECT COUNT(*) FROM appeal WHERE id = ${b}`,
		{ within: 120000 });
	assert.deepEqual(files.map(existsSync), [false, false]);
	assert.deepEqual(await rows(b), []);
});

await run();
