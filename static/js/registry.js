// registry.js - the search in the register of insured persons: what needs no
// server. «Скрыть», «Очистить», and M04 when no field is filled in.

const KEPT = new Set(['csrf', 'appeal']);

const fields = (form) => [...form.querySelectorAll('input')]
	.filter((f) => !KEPT.has(f.name));

// Spaces and marks of direction are nothing.
export function empty(values) {
	return values.every((v) => !/[^\s\u00ad\u200b-\u200f\u2060\ufeff]/
		.test(v));
}

function warn(form, on) {
	form.parentElement.querySelector('[data-registry-empty]').hidden = !on;
}

function clear(form) {
	for (const f of fields(form)) {
		f.value = '';
		f.classList.remove('is-invalid');
		f.removeAttribute('aria-invalid');
		f.parentElement.querySelector('.invalid-feedback')?.remove();
	}
	form.parentElement.querySelector('[data-registry-found]')
		.replaceChildren();
	warn(form, false);
	fields(form)[0].focus();
}

function toggle(button) {
	const body = document.getElementById('registry-body');
	const word = button.textContent;

	button.textContent = button.dataset.registryHide;
	button.dataset.registryHide = word;
	body.hidden = !body.hidden;
	button.setAttribute('aria-expanded', String(!body.hidden));
}

export function registry() {
	document.addEventListener('click', ({ target }) => {
		const button = target.closest?.('[data-registry-hide]');

		if (button)
			toggle(button);
		else if (target.closest?.('[data-registry-clear]'))
			clear(target.closest('form'));
	});
	document.addEventListener('submit', (event) => {
		const form = event.target;

		if (!form.matches('[data-registry-search]'))
			return;
		if (!empty(fields(form).map((f) => f.value)))
			return warn(form, false);
		event.preventDefault();
		event.stopPropagation();
		warn(form, true);
		fields(form)[0].focus();
	}, true);
}
