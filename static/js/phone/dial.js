// dial.js - «Позвонить» anywhere in a page, by markup alone:
//
//   <button type="button" data-dial="+79624401122">Позвонить</button>
//   data-dial-field="ID"     the number is what stands in that field now
//   data-dial-appeal="12"    the call is about this appeal (K-6.2.1)
//   data-dial-trunk="2"      a test call: by this line and no other
//
// An extension is dialled in the same way. Where there is no telephone the
// button is hidden by css; in a talk it fills the field for a transfer
// (K-4.1.4); where neither can be done it is disabled.

export function dialling(root, phone) {
	const dial = root.querySelector('#phone-dial');
	const to = root.querySelector('#phone-to');
	let able = '';

	document.documentElement.dataset.phone = 'yes';

	document.addEventListener('click', (event) => {
		const button = event.target.closest?.('[data-dial], [data-dial-field]');

		if (!button || button.disabled)
			return;
		event.preventDefault();
		const number = numberOf(button);

		if (!number) {
			document.getElementById(button.dataset.dialField)?.focus();
			return;
		}
		if (phone.can('dial')) {
			dial.value = number;
			phone.dial(number, Number(button.dataset.dialAppeal) || 0,
				Number(button.dataset.dialTrunk) || 0);
		} else if (phone.can('transfer')) {
			to.value = number;
			to.dispatchEvent(new Event('input', { bubbles: true }));
			to.focus();
		}
	});

	dial.addEventListener('keydown', (event) => {
		if (event.key !== 'Enter' || event.isComposing)
			return;
		event.preventDefault();
		if (phone.can('dial') && dial.value.trim())
			phone.dial(dial.value);
	});

	phone.addEventListener('drawn', show);
	phone.addEventListener('fresh', () => show(true));
	document.addEventListener('htmx:afterSettle', () => show(true));

	function show(anew) {
		const free = phone.can('dial');
		const some = free || phone.can('transfer');
		const now = `${free} ${some}`;

		if (now === able && anew !== true)
			return;
		able = now;
		for (const button of document.querySelectorAll(
			'[data-dial], [data-dial-field]'))
			button.disabled = !(button.dataset.dialTrunk ? free : some);
	}

	show(true);
}

function numberOf({ dataset }) {
	const field = dataset.dialField &&
		document.getElementById(dataset.dialField);

	return (field ? field.value : dataset.dial ?? '').trim();
}
