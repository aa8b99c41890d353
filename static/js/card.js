// card.js - parts of the card that are there for some kinds of appeals only:
// data-if="field:value" is shown while the field has that value.

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

export function card() {
	const all = () => document.querySelectorAll('form[data-card]')
		.forEach(show);

	for (const name of ['change', 'input'])
		document.addEventListener(name, ({ target }) => {
			const form = target.form;

			if (form?.matches('[data-card]'))
				show(form);
		});
	all();
	document.addEventListener('htmx:afterSettle', all);
}
