// card.js - parts of the card that are there for some kinds of appeals only:
// data-if="field:value" is shown while the field has that value.

import { ask } from './dialog.js';

function has(form, condition) {
	const at = condition.indexOf(':');
	const field = form.elements[condition.slice(0, at)];
	const value = field?.type === 'checkbox' && !field.checked ? ''
		: field?.value;

	return value === condition.slice(at + 1);
}

function show(form) {
	for (const part of form.querySelectorAll('[data-if]'))
		part.hidden = !has(form, part.dataset.if);
}

// The page's code cannot stand in a body that is read as it comes.
function code({ detail }) {
	if (detail.elt.matches('[data-files]'))
		detail.headers['X-CSRF'] = document.querySelector(
			'meta[name=csrf]').content;
}

// «Удалить» asks first.
async function asked(event) {
	const form = event.target;
	const { ask: text, yes, no } = form.dataset;

	if (!text)
		return; // another's form, with a mark of its own (logout.js)
	if (form.dataset.sure) {
		delete form.dataset.sure;
		return;
	}
	event.preventDefault();
	event.stopPropagation();
	if (await ask({ text, yes, no }) && form.isConnected) {
		form.dataset.sure = '1';
		form.requestSubmit();
	}
}

export function card() {
	const all = () => document.querySelectorAll('form[data-card]')
		.forEach(show);

	for (const name of ['change', 'input'])
		document.addEventListener(name, ({ target }) => {
			const form = target.form;

			if (form?.matches('[data-card]'))
				show(form);
		});
	document.addEventListener('htmx:configRequest', code);
	document.addEventListener('submit', asked, true);
	all();
	document.addEventListener('htmx:afterSettle', all);
}
