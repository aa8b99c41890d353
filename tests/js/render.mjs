// Real templates rendered by cstest with canned data, real css and modules:
// the pages as a browser gets them, without a server behind.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync,
	writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const TMP = mkdtempSync(path.join(os.tmpdir(), 'desk-'));

process.on('exit', () => rmSync(TMP, { recursive: true, force: true }));

const TYPES = { js: 'text/javascript', mjs: 'text/javascript',
	css: 'text/css', svg: 'image/svg+xml' };
export const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"connect-src 'self'; media-src 'self' blob:; img-src 'self' data:; " +
	"font-src 'self'; form-action 'self'; frame-ancestors 'none'; " +
	"base-uri 'none'";

function rows() {
	const themes = ['Порядок прикрепления к поликлинике',
		'Отказ в бесплатной госпитализации по направлению', 'Выбор СМО'];
	const people = ['Соколова Мария Петровна', 'анонимно',
		'Кузнецов Андрей Игоревич', 'Ли Вера'];
	const out = [];

	for (let i = 0; i < 40; i++) {
		const r = `Rows.${i}`;

		out.push(`${r}.Id=${i + 1}`, `${r}.Number=26-${104200 - i}`,
			`${r}.Fio=${people[i % 4]}`, `${r}.Phone=+79624401${100 + i}`,
			`${r}.Date=24.11.2026 1${i % 10}:0${i % 6}`,
			`${r}.Type=${i % 3 ? 'Консультация' : 'Жалоба'}`,
			`${r}.Type.Theme=${themes[i % 3]}`, `${r}.Status=В работе`,
			`${r}.Due=2${i % 9}.12.2026`, `${r}.Assignee=Иванова А. П.`,
			`${r}.May=edit`);
		if (i % 5 === 1)
			out.push(`${r}.Status.Mark=Просрочено`, `${r}.Status.Row=row-overdue`,
				`${r}.Status.Badge=mark-overdue`);
		if (i % 5 === 2)
			out.push(`${r}.Status.Mark=Без результата`, `${r}.Status.Row=row-open`,
				`${r}.Status.Badge=mark-open`);
		if (i % 2)
			out.push(`${r}.Rec.0.Id=${i}`, `${r}.Rec.0.Kind=Разговор`,
				`${r}.Rec.0.At=24.11.2026`);
	}
	return out;
}

function hdf(theme, lang) {
	const set = [
		`Theme.Now=${theme}`, `Theme.Choice=${theme}`, `LangCode=${lang}`,
		'Csrf=x', 'User.Id=7', 'User.Name=Иванова Анна Петровна',
		'User.ShortName=Иванова А. П.', 'User.Role=Оператор 1 уровня',
		'User.Org=ТФОМС', 'User.Extension=1001', 'May.Phone=1',
		'May.Journal=1', 'May.Persons=1', 'May.Register=1', 'Card.Id=1',
		'Card.Heading=26-104200', 'Card.Status=Черновик', 'Card.Version=3',
		'Card.Type=CONSULTATION', 'Card.Phone=+79624401122',
		'Card.Autosave=1', 'Card.Due=24.12.2026', 'Themes.0.Code=KO-01.01',
		'Themes.0.Name=Порядок прикрепления к поликлинике',
		'Themes.1.Code=KO-01.02', 'Themes.1.Name=Замена врача',
		'Calls.0.Id=1', 'Calls.0.Number=+79624401122',
		'Calls.0.Direction=Входящий', 'Calls.0.At=24.11.2026 12:01',
		'Calls.0.State=разговор', 'Calls.0.Rec.0.Id=1',
		'Calls.0.Rec.0.Kind=Разговор', 'Calls.0.Rec.0.At=12:01',
		...rows(),
	];

	return readFileSync(path.join(ROOT, `templates/lang/${lang}.hdf`), 'utf8')
		+ '\n' + set.join('\n') + '\n';
}

// cstest has no url_escape: the names here need none.
let made = null;

function templates() {
	if (made)
		return made;
	const to = path.join(TMP, 'templates');

	cpSync(path.join(ROOT, 'templates'), to, { recursive: true });
	for (const name of readdirSync(to, { recursive: true })) {
		const file = path.join(to, name);

		if (statSync(file).isFile() && name.endsWith('.cs'))
			writeFileSync(file, readFileSync(file, 'utf8')
				.replace(/url_escape\(([\w.]+)\)/g, '$1'));
	}
	return made = to;
}

// more: lines of HDF, e.g. 'Card.Id=7'
export function page(name, { theme = 'light', lang = 'ru', more = [] } = {}) {
	const file = path.join(TMP, 'page.hdf');
	const set = `${hdf(theme, lang)}${more.join('\n')}\n`;

	writeFileSync(file, name === 'login'
		? set.replace(/^User\..*\n/gm, '') : set);
	const out = execFileSync('cstest', [file, `page/${name}.cs`],
		{ cwd: templates(), encoding: 'utf8' });

	return out.slice(Math.max(0, out.search(/<!doctype|<title>/)));
}

// -> { type, body } of /static/… and /tests/js/…, or null
export function file(name) {
	const at = path.join(ROOT, path.normalize(name));

	if (!/^(static|tests.js)\//.test(path.relative(ROOT, at)))
		return null;
	try {
		return { type: TYPES[at.split('.').pop()] ?? 'text/plain',
			body: readFileSync(at) };
	} catch {
		return null;
	}
}
