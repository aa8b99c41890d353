// past.js - the citizen's earlier appeals in the card: the panel beside it, and
// «Передать» to who had one.

export function past() {
	const panel = () => document.getElementById('past-panel');
	let opener = null;

	function close() {
		panel().replaceChildren();
		opener?.focus();
		opener = null;
	}

	// The tab with the list of people, and him chosen in it.
	function forward(id) {
		const tab = document.getElementById('tab-forward');
		const list = document.getElementById('s-forward_to');

		if (!list)
			return;
		tab?.click();
		list.value = id;
		list.dispatchEvent(new Event('input', { bubbles: true }));
		list.dispatchEvent(new Event('change', { bubbles: true }));
		list.focus();
	}

	document.addEventListener('click', ({ target }) => {
		const to = target.closest?.('[data-past-forward]');

		if (to)
			forward(to.dataset.pastForward);
		else if (target.closest?.('[data-past-close]'))
			close();
	});
	document.addEventListener('htmx:afterSwap', ({ detail }) => {
		if (detail.target !== panel())
			return;
		opener = detail.requestConfig.elt;
		panel().querySelector('[data-past-close]').focus();
	});
	addEventListener('keydown', (event) => {
		if (event.key !== 'Escape' || !panel()?.firstElementChild ||
			document.querySelector('dialog[open]'))
			return;
		event.preventDefault();
		close();
	});
}
