// presence.js - who is free, anywhere in the page: <span data-presence-of="7">
// with its dot beside it. From the events of the telephone, also for those
// who have none.

import { merge, presenceKey } from './phone/people.js';

export function presence(phone) {
	let users = new Map();

	phone.addEventListener('presence', ({ detail }) => {
		users = merge(users, detail);
		if (detail.full)
			return mark();
		for (const { id } of detail.users)
			for (const node of document.querySelectorAll(
				`[data-presence-of="${Number(id)}"]`))
				show(node);
	});
	// a new page comes without it
	document.addEventListener('htmx:afterSwap', mark);

	function mark() {
		for (const node of document.querySelectorAll('[data-presence-of]'))
			show(node);
	}

	function show(node) {
		const key = presenceKey(
			users.get(Number(node.dataset.presenceOf))?.state);

		if (node.parentElement.dataset.presence === key)
			return;
		node.parentElement.dataset.presence = key;
		node.textContent = phone.words[key];
	}
}
