// steps.js - what becomes of an appeal: the tabs under the card, the fields a
// result asks for, the administrator's queue, and the word that a colleague's
// step concerns me.

import { go } from './phone/controls.js';
import { fill } from './phone/format.js';

const SHOWN_MS = 30000;

export function steps(phone, cards) {
	const words = phone.words;

	// --- tabs ---

	function choose(tab, focus) {
		const list = tab.closest('[role=tablist]');

		for (const other of list.querySelectorAll('[role=tab]')) {
			const on = other === tab;

			other.classList.toggle('active', on);
			other.setAttribute('aria-selected', String(on));
			other.tabIndex = on ? 0 : -1;
			document.getElementById(other.getAttribute('aria-controls'))
				.hidden = !on;
		}
		if (focus)
			tab.focus();
	}

	document.addEventListener('click', ({ target }) => {
		const tab = target.closest?.('.steps [role=tab]');

		if (tab)
			choose(tab);
	});

	function tabKey(event) {
		const tab = event.target.closest?.('.steps [role=tab]');
		const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];

		if (!tab || !by)
			return;
		const all = [...tab.closest('[role=tablist]')
			.querySelectorAll('[role=tab]')];

		event.preventDefault();
		choose(all[(all.indexOf(tab) + by + all.length) % all.length], true);
	}

	// --- the fields of a result ---

	function show(form) {
		const { result, type, theme } = form.elements;
		const complaint = form.querySelector('[data-complaint]');
		const refund = form.querySelector('[data-theme-of]');

		for (const option of result.options) {
			option.hidden = option.disabled = !!option.dataset.type &&
				option.dataset.type !== type.value;
			if (option.hidden && option.selected)
				result.value = '';
		}
		for (const part of form.querySelectorAll('[data-when]'))
			part.hidden = part.dataset.when !== result.value;
		complaint.hidden = type.value !== complaint.dataset.complaint;
		refund.hidden = !theme?.value?.startsWith(refund.dataset.themeOf);
	}

	// A written appeal, or one without a number, cannot be called back.
	function callBack(form) {
		const box = form.querySelector('[data-call-back]');
		const { form: kind, phone: number } = form.elements;

		if (!box)
			return;
		box.disabled = kind.value === kind.options[1]?.value ||
			!number.value.trim();
		if (box.disabled)
			box.checked = false;
	}

	function arrive() {
		const form = document.querySelector('form[data-card]');

		if (form?.querySelector('[data-result]'))
			show(form);
		if (form)
			callBack(form);
	}

	for (const name of ['change', 'input'])
		document.addEventListener(name, ({ target }) => {
			if (target.closest?.('form[data-card]'))
				arrive();
			if (target.closest?.('[data-review]'))
				picked();
		});
	arrive();
	document.addEventListener('htmx:afterSettle', arrive);

	// --- the queue, its decisions and «Сохранить», by keyboard ---

	const queue = () => document.querySelector('[data-review]');

	function picked() {
		queue().querySelector('[data-batch]').disabled =
			!queue().querySelector('[name=pick]:checked');
	}

	addEventListener('keydown', (event) => {
		if (document.querySelector('dialog[open]'))
			return;
		tabKey(event);
		if (event.key === 'Enter' && event.ctrlKey)
			return approve(event);
		if (queue() && ['ArrowDown', 'ArrowUp'].includes(event.key) &&
			!event.target.closest('#phone, select'))
			move(event);
	});

	function approve(event) {
		const button = document.querySelector('[data-approve], [data-save]') ??
			queue()?.querySelector('[data-batch]:enabled');

		if (!button || event.repeat)
			return;
		event.preventDefault();
		button.click(); // htmx learns of the button by its click alone
	}

	function move(event) {
		const links = [...queue().querySelectorAll('tbody a')];
		const row = event.target.closest('tr');
		const at = links.findIndex((l) => l.closest('tr') === row);
		const next = event.key === 'ArrowDown' ? at + 1
			: at < 0 ? links.length - 1 : at - 1;

		if (!links[next])
			return;
		event.preventDefault();
		links[next].focus();
	}

	// The list keeps itself fresh; what is chosen stays chosen.
	let timer = null;

	phone.addEventListener('rows', () => {
		if (queue())
			timer ??= setTimeout(refresh, 300);
	});

	async function refresh() {
		const address = location.href;

		timer = null;
		try {
			const answer = await fetch(address, { headers: {
				'HX-Request': 'true', 'HX-Target': 'page',
				'X-Refresh': '1' } });

			if (!answer.ok || location.href !== address || !queue())
				return;
			const fresh = new DOMParser().parseFromString(
				await answer.text(), 'text/html');
			const old = queue().querySelector('tbody');
			const next = fresh.querySelector('[data-review] tbody');
			const focus = document.activeElement?.closest('tr')
				?.dataset.reviewRow;

			for (const box of old.querySelectorAll(':checked')) {
				const same = next.querySelector(`[value="${box.value}"]`);

				if (same)
					same.checked = true;
			}
			for (const tab of document.querySelectorAll('#page .nav-tabs .badge'))
				tab.textContent = fresh.querySelectorAll('.nav-tabs .badge')[
					[...tab.closest('ul').querySelectorAll('.badge')]
						.indexOf(tab)].textContent;
			old.replaceWith(next);
			globalThis.htmx?.process(next);
			if (focus)
				next.querySelector(`[data-review-row="${focus}"] a`)
					?.focus();
			picked();
		} catch {
			// the next event tells
		}
	}

	// --- a colleague's step concerns me ---

	phone.addEventListener('appeal', ({ detail }) => {
		const card = document.querySelector(
			`form[data-card="${detail.appeal}"]`);

		counted(detail.unread);
		// a line moves the page: reminders that came by the clock do not
		if (detail.appeal)
			tell(detail);
		// nothing is lost: it was read only, or untouched
		if (card && !cards.unsaved)
			go(`/appeal/${detail.appeal}`);
	});

	const counter = () => document.querySelector('[data-notice-count]');

	function counted(n) {
		counter().textContent = String(n);
		counter().hidden = !n;
	}

	// What the page has answered is read: it says how many are left.
	document.addEventListener('htmx:afterRequest', ({ detail }) => {
		const left = detail.xhr?.getResponseHeader('X-Notices');

		if (left !== null && left !== undefined)
			counted(Number(left));
	});

	function tell({ appeal, number, step }) {
		const box = document.getElementById('notices');
		const line = box.querySelector('template').content
			.firstElementChild.cloneNode(true);
		const link = line.querySelector('a');

		link.textContent = fill(words[`Step${step}`] ?? words.StepOther,
			{ number });
		link.href = `/appeal/${appeal}`;
		line.querySelector('button').addEventListener('click', () =>
			line.remove());
		link.addEventListener('click', () => line.remove());
		box.append(line);
		globalThis.htmx?.process(line);
		setTimeout(() => line.remove(), SHOWN_MS);
	}
}
