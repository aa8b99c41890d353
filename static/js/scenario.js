// scenario.js - the approved answers beside the card: which was used, whom a
// recommended name is handed to, and a talk that goes wrong (K-5.1.5).

// Fields that choose the answers, their helpers and the values in them.
const CHOOSE = '#type, #theme-code, #insurer, #concerned_insurer, ' +
	'#about_insurer, #mo, #surname, #given_name, #patronymic, #birth_date, ' +
	'#applies, #authority, #concerned_surname, #concerned_given_name, ' +
	'#concerned_patronymic, #concerned_birth_date';

export function scenarios(phone) {
	const find = (selector) => document.querySelector(selector);

	function use(button) {
		const field = find('#scenario');

		field.value = field.value === button.dataset.use ? '' :
			button.dataset.use;
		for (const other of document.querySelectorAll('[data-use]'))
			other.setAttribute('aria-pressed',
				String(other.dataset.use === field.value));
		field.dispatchEvent(new Event('input', { bubbles: true }));
	}

	// In a talk into the telephone's field, else into the card's tab.
	function hand({ handTo, handUser }) {
		const to = find('#phone-to');
		const list = find('#s-forward_to');

		if (to && phone.facts.server?.call?.state === 'TALK') {
			to.value = handTo;
			to.focus();
		} else if (list) {
			find('#tab-forward')?.click();
			list.value = handUser;
			list.focus();
		}
	}

	const anew = () => globalThis.htmx.trigger('#scenarios', 'otklik:answers');

	document.addEventListener('change', ({ target }) => {
		if (target.matches?.(CHOOSE))
			anew();
	});
	// «Личность подтверждена»: its values may be told (K-5.1.6.7)
	document.addEventListener('htmx:afterSwap', ({ detail }) => {
		if (detail.target.id === 'identity')
			anew();
	});
	document.addEventListener('click', ({ target }) => {
		const button = target.closest?.('[data-use], [data-hand-to], [data-flag]');

		if (!button)
			return;
		if (button.dataset.use)
			use(button);
		else if (button.dataset.handTo)
			hand(button.dataset);
		else // the same word as in the telephone's menu
			find(`[data-act=raise][data-value="${button.dataset.flag}"]`)
				?.click();
	});
	// Enter in a field that searches asks at once, and saves no card.
	document.addEventListener('keydown', (event) => {
		if (event.key !== 'Enter' || event.ctrlKey || event.isComposing ||
			!event.target.matches?.('.scenarios input'))
			return;
		event.preventDefault();
		globalThis.htmx.trigger(event.target, 'search');
	});
	addEventListener('keydown', (event) => {
		const button = find('[data-situation]');

		if (event.key !== 'F7' || !button || find('dialog[open]'))
			return;
		event.preventDefault();
		button.click();
	});
}
