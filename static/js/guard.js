// guard.js - no turn of the page loses what was typed: first the drafts are
// given to the server, then (only if something is left) M16 asks.

import { ask } from './dialog.js';
import { go } from './phone/controls.js';

// forms that leave the page where it is, or look after themselves
const STAY = '[data-card], [data-logout], [data-transfer], [data-applied], ' +
	'[data-registry-search], [data-identity], ' +
	'[data-files], [method=dialog]';

export function guard(drafts, words) {
	let pass = false; // this turn has been allowed
	let asking = false;

	async function may() {
		if (asking)
			return false;
		asking = true;
		try {
			return !await drafts.stuck() || await ask({ text: words.M16,
				yes: words.Leave, no: words.Stay });
		} finally {
			asking = false;
		}
	}

	function allowed(turn) {
		pass = true;
		turn();
		pass = false;
	}

	document.addEventListener('click', async (event) => {
		const link = event.target.closest?.('a[href]');

		if (!link || pass || !drafts.unsaved || link.dataset.again ||
			event.ctrlKey || event.metaKey || link.target ||
			link.origin !== location.origin || link.hash)
			return;
		event.preventDefault();
		event.stopPropagation();
		if (await may())
			allowed(() => link.isConnected ? link.click()
				: go(link.getAttribute('href')));
		else if (link.hidden)
			link.remove(); // of go()
	}, true);

	document.addEventListener('submit', (event) => {
		const { target: form, submitter } = event;

		if (pass || !drafts.unsaved || form.dataset.again ||
			form.matches(STAY))
			return;
		event.preventDefault();
		event.stopPropagation();
		// While this event is still on its way, Chromium ignores another.
		setTimeout(async () => {
			// «Прикрепить» takes the card's fields along
			const fine = form.matches('[data-attach]') ?
				await drafts.stuck() || true : await may();

			if (fine && form.isConnected)
				allowed(() => form.requestSubmit(submitter));
		});
	}, true);

	// «Back»: by now the address is the other page's.
	addEventListener('popstate', async (event) => {
		const card = document.querySelector('form[data-card]');
		const wanted = location.pathname + location.search;

		if (!card || !drafts.unsaved)
			return;
		event.stopImmediatePropagation();
		history.pushState({ htmx: true }, '', card.getAttribute('action'));
		if (await may())
			allowed(() => go(wanted));
	}, true);
}
