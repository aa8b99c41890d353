// pick.js - a list that is searched as one types, by the keyboard alone
// (K-5.1.4.4): arrows in the field walk through the list, Enter takes the
// first of what was found, or what the arrows chose, and leads on to the field
// in data-next; it sends no form.

// Where an arrow leads. at: the chosen row, -1: none; fresh: the list is newer
// than the choice
export function step(key, at, count, fresh) {
	if (!count)
		return -1;
	if (fresh || at < 0)
		return key === 'ArrowUp' ? count - 1 : 0;
	return Math.min(count - 1, Math.max(0, at + (key === 'ArrowUp' ? -1 : 1)));
}

export function picks() {
	let fresh = false; // typed since something was chosen
	let shown = ''; // the words the list is of
	let wanted = false; // Enter came before it

	const field = () => document.querySelector('[data-pick]');
	const list = () => document.querySelector(field()?.dataset.pick);

	function choose(key) {
		const select = list();
		const at = step(key, select.selectedIndex, select.options.length,
			fresh);

		fresh = wanted = false;
		if (at < 0 || at === select.selectedIndex)
			return;
		select.selectedIndex = at;
		select.dispatchEvent(new Event('input', { bubbles: true }));
		select.dispatchEvent(new Event('change', { bubbles: true }));
	}

	// Who has gone elsewhere meanwhile stays there.
	function onward() {
		if (list().value && document.activeElement === field())
			document.querySelector(field().dataset.next)?.focus();
	}

	document.addEventListener('input', ({ target }) => {
		if (target === field()) {
			fresh = true;
			wanted = false;
		}
	});
	document.addEventListener('htmx:afterSettle', ({ detail }) => {
		if (!field() || !detail.target?.contains(list()))
			return;
		shown = detail.requestConfig?.formData.get('q') ?? '';
		if (wanted && shown === field().value) {
			choose('Enter');
			onward();
		}
	});
	document.addEventListener('keydown', (event) => {
		const { key } = event;

		if (event.target !== field() || event.isComposing ||
			!['ArrowDown', 'ArrowUp', 'Enter'].includes(key))
			return;
		event.preventDefault();
		wanted = key === 'Enter' && fresh && field().value !== shown;
		if (wanted)
			globalThis.htmx.trigger(field(), 'search'); // now
		else if (key !== 'Enter' || fresh)
			choose(key);
		if (key === 'Enter' && !wanted)
			onward();
	});
}
