// draft.js - the card is kept on the server as it is typed.
//
// A form with data-draft="/appeal/7/draft" is sent as JSON 800 ms after the
// last key. When the server cannot take it, it stays in this tab
// (sessionStorage), the form says so, and it is sent again by itself. A
// registered card (data-registered) is saved by «Сохранить» only: until then it
// is kept beside what is stored, shown when it is opened again, and nobody
// leaves it unasked (guard.js).

import { delay } from './phone/backoff.js';
import { clock, fill, place } from './phone/format.js';

const TYPING_MS = 800;
const PATIENCE_MS = 2000;
const SKIP = new Set(['csrf', 'q']); // not part of the card

// Boxes of one name are one field: their values, a space between.
export function body(entries) {
	const fields = {};

	for (const [name, value] of entries)
		if (!SKIP.has(name))
			fields[name] = name in fields ? `${fields[name]} ${value}`
				: value;
	return JSON.stringify(fields);
}

function refill(form, fields) {
	for (const [name, value] of Object.entries(fields)) {
		const field = form.elements[name];

		if (field && value !== undefined && 'value' in field &&
			field.type !== 'checkbox')
			field.value = value;
	}
	// a box that was not ticked was not sent
	for (const box of form.querySelectorAll('[type=checkbox]'))
		box.checked = fields[box.name]?.split(' ').includes(box.value) ??
			false;
}

class Draft {
	#form;
	#words;
	#url;
	#key; // in this tab
	#registered;
	#timer = null;
	#tries = 0;
	#busy = null;
	state = 'clean'; // typed, kept, saved, conflict, closed
	touched = false;

	constructor(form, words) {
		const { draft, registered, unsaved } = form.dataset;

		this.#form = form;
		this.#words = words;
		this.#url = draft;
		this.#key = `${document.body.dataset.user} ${draft}`;
		this.#registered = registered !== undefined;
		for (const name of ['input', 'change'])
			form.addEventListener(name, () => this.#typed());
		this.#restore();
		// what an answer brought back is nowhere else, unless the server says
		// that it keeps it; over a colleague's version of a draft only
		// «Сохранить» saves
		if (unsaved === 'kept')
			this.touched = true;
		else if (unsaved === 'danger' || unsaved && this.#registered)
			this.#typed();
		else if (unsaved)
			this.state = 'conflict';
	}

	get here() { return this.#form.isConnected; }
	get sendable() { return ['typed', 'kept'].includes(this.state); }
	get unsaved() {
		if (this.#registered)
			return this.here && this.touched;
		return this.sendable ||
			this.here && ['conflict', 'closed'].includes(this.state);
	}
	of(form) { return form === this.#form; }

	#say(text, kind = '') {
		const node = document.querySelector('[data-draft-state]');

		if (!node || !this.here)
			return;
		node.textContent = text;
		node.dataset.value = kind;
	}

	#typed() {
		this.touched = true;
		if (this.state === 'conflict' || this.state === 'closed')
			return;
		this.state = 'typed';
		this.#tries = 0;
		this.#later(TYPING_MS);
	}

	#later(ms) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.send(), ms);
	}

	// Sent, or kept here; one at a time.
	async send() {
		clearTimeout(this.#timer);
		await this.#busy;
		if (!this.sendable)
			return;
		this.#busy = this.#post();
		await this.#busy;
		this.#busy = null;
	}

	async #post() {
		const text = body(new FormData(this.#form));
		let answer = null;

		try {
			answer = await fetch(this.#url, {
				method: 'POST',
				headers: {
					'Content-Type': 'application/json',
					'X-CSRF': document.querySelector('meta[name=csrf]')
						.content,
				},
				body: text,
				keepalive: true,
				signal: AbortSignal.timeout(8000),
			});
		} catch {
			// no server: kept below
		}
		this.#answered(answer, text);
	}

	#answered(answer, text) {
		const w = this.#words;

		if (answer?.ok) {
			const version = answer.headers.get('X-Version');

			if (version && this.#form.elements.version)
				this.#form.elements.version.value = version;
			sessionStorage.removeItem(this.#key);
			if (body(new FormData(this.#form)) === text || !this.here)
				this.state = 'saved';
			this.#tries = 0;
			return this.#say(fill(w.DraftSaved,
				{ time: clock(Date.now(), place(document.documentElement)) }));
		}
		if (answer?.status === 409) {
			this.state = 'conflict';
			return this.#say(w.DraftConflict, 'danger');
		}
		if (answer?.status === 422) { // a field is not finished yet
			sessionStorage.setItem(this.#key, text);
			return this.#say(w.DraftUnfinished, 'warning');
		}
		if (answer && [403, 404, 410].includes(answer.status)) {
			this.state = 'closed';
			return this.#say(w.DraftClosed, 'danger');
		}
		sessionStorage.setItem(this.#key, text);
		this.state = 'kept';
		this.#say(w.DraftKept, 'warning');
		this.#later(delay(this.#tries++));
	}

	// What an earlier load of this page could not give away: into a draft, as
	// it is now; into a registered card, once, with the version it was of.
	#restore() {
		const kept = sessionStorage.getItem(this.#key);

		if (!kept)
			return;
		const { version, ...fields } = JSON.parse(kept);

		refill(this.#form, this.#registered ? { version, ...fields } : fields);
		if (this.#registered) {
			sessionStorage.removeItem(this.#key);
			this.touched = true;
		}
		this.state = 'kept';
		this.#say(this.#words.DraftKept, 'warning');
		this.#later(0);
	}

	keep() {
		if (this.sendable || this.#registered)
			sessionStorage.setItem(this.#key,
				body(new FormData(this.#form)));
	}

	done() {
		clearTimeout(this.#timer);
		sessionStorage.removeItem(this.#key);
		this.state = 'saved';
		this.touched = false;
	}
}

// flush() gives every draft to the server; -> how many cards stand open with
// changes that nobody has pressed «Сохранить» for. stuck() does not wait long;
// -> whether something would be lost. unsaved: whether there is anything.
export function drafts(words) {
	let open = [];

	function adopt() {
		open = open.filter((d) => d.here || d.unsaved || d.sendable);
		for (const form of document.querySelectorAll('form[data-draft]')) {
			if (form.dataset.kept || !form.querySelector('[data-save]'))
				continue;
			form.dataset.kept = '1';
			open.push(new Draft(form, words));
		}
	}

	async function flush() {
		await Promise.all(open.map((d) => d.send()));
		return open.filter((d) => d.unsaved || d.here && d.touched).length;
	}

	// Nobody waits for a server that is silent: he is asked.
	const stuck = async () => {
		await Promise.race([flush(),
			new Promise((go) => setTimeout(go, PATIENCE_MS))]);
		return open.some((d) => d.unsaved);
	};

	adopt();
	document.addEventListener('htmx:load', adopt);
	// «Сохранить» takes the whole card: the draft has nothing more to say
	document.addEventListener('htmx:afterRequest', ({ detail }) => {
		// the form is off the page by now: the event came to its parent
		const form = detail.requestConfig?.elt ?? detail.elt;

		if (detail.successful)
			open.filter((d) => d.of(form) && !d.here)
				.forEach((d) => d.done());
	});
	// the next is the login page
	document.addEventListener('htmx:beforeOnLoad', ({ detail }) => {
		if (detail.xhr.status === 401)
			open.filter((d) => d.of(detail.requestConfig.elt))
				.forEach((d) => d.keep());
	});
	return { flush, stuck, get unsaved() {
		return open.some((d) => d.unsaved);
	} };
}
