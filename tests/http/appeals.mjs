// Appeals as somebody might have registered them, and the card's forms as the
// browser would send them.

import { Person } from './pages.mjs';

// The region's day, n days from now.
export const day = (n) => new Date(Date.now() + 3 * 3600e3 + n * 864e5)
	.toISOString().slice(0, 10);
// The fields an answer finds fault with.
export const invalid = (res) => [...res.text.matchAll(/id="error-([a-z_]+)"/g)]
	.map((m) => m[1]);

export class Appeals {
	people = {};
	id = {};
	org = {};
	#pages;
	#made = 0;

	constructor(pages) {
		this.#pages = pages;
	}

	async signIn(logins) {
		for (const login of logins) {
			this.people[login] = await Person.in(login);
			[[this.id[login], this.org[login]]] = await this.#pages.sql(
				`SELECT id, organization_id FROM user_account
				WHERE login = '${login}'`);
		}
	}

	async row(a, columns) {
		return (await this.#pages.sql(
			`SELECT ${columns} FROM appeal WHERE id = ${a}`))[0];
	}

	async history(a) {
		return (await this.#pages.sql(`SELECT event FROM appeal_history
			WHERE appeal_id = ${a} ORDER BY id`)).flat();
	}

	// As if somebody had registered it; fields are SQL.
	appeal(login, fields = {}) {
		const all = { status: "'IN_PROGRESS'", type: "'Консультация'",
			theme_code: "'KN-01.01'", surname: "'Пробный'",
			given_name: "'Иван'", phone: "'+79001234567'",
			registered_at: 'NOW(3)', due_date: `'${day(10)}'`,
			author_id: this.id[login], assignee_id: this.id[login],
			organization_id: this.org[login],
			number: `'26-97-${String(++this.#made).padStart(6, '0')}'`,
			...fields };

		return this.#pages.one(`INSERT INTO appeal (${Object.keys(all)}) VALUES
			(${Object.values(all)}); SELECT LAST_INSERT_ID()`);
	}

	// The card's form, with what is typed over it.
	async card(login, a, typed, where = `/appeal/${a}`) {
		const [version, type, theme, form, phone] = await this.row(a,
			`version, COALESCE(type, ''), COALESCE(theme_code, ''), form,
			phone`);

		return this.people[login].post(where, { version, type, theme, form,
			phone, surname: 'Пробный', given_name: 'Иван', ...typed });
	}

	async decide(login, a, typed) {
		return this.people[login].post(`/appeal/${a}/review`,
			{ version: (await this.row(a, 'version'))[0], ...typed });
	}
}
