// lists.js - the directory, the organizations, the last calls: one field that
// filters what is there, and everything by keyboard. The rows are those of
// [data-list-rows]; what is searched stands in their [data-find] cells.

import { chord, go } from './phone/controls.js';
import { fold, keyword } from './phone/people.js';
import { fill } from './phone/format.js';

const OPEN = 'Shift+F8';
const PAGE = 10;

export function lists(phone) {
	const find = (selector) => document.querySelector(selector);
	const search = () => find('[data-list-search]');
	const shown = () => [...document.querySelectorAll(
		'[data-list-rows] > tr:not([hidden])')];
	const talks = () => phone.can('transfer');

	// --- the field ---

	function filter() {
		const rows = find('[data-list-rows]');
		const words = keyword(search().value);
		let n = 0;

		for (const row of rows.children) {
			row.hidden = !words.every((w) => key(row).includes(w));
			n += !row.hidden;
		}
		find('[data-list-none]').hidden = n > 0;
		count(n);
	}

	function count(n) {
		const node = find('[data-list-count]');

		node.textContent = fill(node.dataset.listCount, { n });
	}

	document.addEventListener('input', (event) => {
		if (event.target === search())
			filter();
	});

	// The page is there: by a turn, or with the load.
	function arrive() {
		const field = search();

		transferable();
		if (!field || field.dataset.ready)
			return;
		field.dataset.ready = '1';
		count(shown().length);
		if (!document.activeElement?.closest('#phone, dialog'))
			field.focus({ preventScroll: true });
	}

	arrive();
	document.addEventListener('htmx:afterSettle', arrive);

	// --- what a row does ---

	phone.addEventListener('state', transferable);

	function transferable() {
		for (const button of document.querySelectorAll('[data-transfer-to]'))
			if (button.disabled === talks())
				button.disabled = !talks();
	}

	// K-4.1.4: the number for a transfer in a talk, else for a call.
	function take(number) {
		const field = find(talks() ? '#phone-to' : '#phone-dial');

		if (!field || !number)
			return;
		field.value = number;
		field.dispatchEvent(new Event('input', { bubbles: true }));
		field.focus();
	}

	// Enter: calls (dial.js); in a talk the number is put up for the
	// transfer, which takes a second press.
	function act(row) {
		const dial = row.querySelector('[data-dial]:enabled');

		if (row.dataset.self)
			return;
		if (dial && !talks())
			dial.click();
		else
			take(row.dataset.number);
	}

	document.addEventListener('click', (event) => {
		const transfer = event.target.closest('[data-transfer-to]');
		const row = event.target.closest('[data-list-rows] > tr');

		if (transfer) {
			take(transfer.dataset.transferTo);
			find('#phone form[data-transfer]').requestSubmit();
		} else if (row && !event.target.closest('a, button, input') &&
			getSelection().isCollapsed && !row.dataset.self) {
			take(row.dataset.number);
		}
	});

	// --- the keyboard ---

	addEventListener('keydown', (event) => {
		if (chord(event) !== OPEN || find('dialog[open]'))
			return;
		const link = find('[data-nav="/directory"]');

		event.preventDefault();
		if (find('.people-list') && search())
			return search().select();
		if (link)
			go(link.getAttribute('href'));
	}, true);

	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.altKey || event.metaKey)
			return;
		if (event.target === search())
			inField(event);
		else if (event.target.closest?.('[data-list-rows]'))
			inRows(event, event.target.closest('tr'));
	});

	function inField(event) {
		const rows = shown();

		switch (event.key) {
		case 'ArrowDown':
			rows[0]?.focus();
			break;
		case 'ArrowUp':
			rows.at(-1)?.focus();
			break;
		case 'Enter':
			if (rows.length === 1)
				act(rows[0]);
			else
				rows[0]?.focus();
			break;
		case 'Escape':
			search().value = '';
			filter();
			break;
		default:
			return;
		}
		event.preventDefault();
	}

	function inRows(event, row) {
		const rows = shown();
		const at = rows.indexOf(row);
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + PAGE,
			PageUp: Math.max(at - PAGE, 0), Home: 0,
			End: rows.length - 1 }[event.key];

		if (to !== undefined) {
			event.preventDefault();
			if (to < 0 && search())
				search().focus();
			else
				rows[Math.min(Math.max(to, 0), rows.length - 1)]?.focus();
		} else if (event.key === 'Enter' && event.target === row) {
			event.preventDefault();
			act(row);
		} else if (event.key === 'Escape') {
			search()?.select();
		} else if (event.key.length === 1 && event.key !== ' ') {
			search()?.focus(); // the letter goes there
		}
	}
}

const keys = new WeakMap();

function key(row) {
	if (!keys.has(row))
		keys.set(row, fold([...row.querySelectorAll('[data-find]')]
			.map((cell) => cell.textContent).join(' ')));
	return keys.get(row);
}
