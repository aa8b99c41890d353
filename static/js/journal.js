// journal.js - rows of the journal that colleagues have changed.

const GATHER_MS = 300;

export function journal(phone) {
	const ids = new Set();
	let timer = null;

	phone.addEventListener('rows', ({ detail }) => {
		for (const id of detail.appeals)
			ids.add(String(id));
		timer ??= setTimeout(() => {
			timer = null;
			const changed = [...ids];

			ids.clear();
			refresh(changed);
		}, GATHER_MS);
	});

	// One request brings the page again; only the changed rows are taken.
	async function refresh(changed) {
		const shown = changed.filter((id) => row(document, id));

		if (!document.querySelector('table.journal'))
			return;
		if (!shown.length && !onFirstPage())
			return;
		const address = location.href;
		const filter = applied(); // not in the address
		let fresh;

		try {
			const answer = await fetch(filter ? '/' : address, {
				method: filter ? 'POST' : 'GET',
				body: filter && new URLSearchParams(new FormData(filter)),
				headers: { 'HX-Request': 'true', 'HX-Target': 'page',
					'X-Refresh': '1' },
			});

			if (!answer.ok || location.href !== address ||
				applied() !== filter)
				return;
			fresh = new DOMParser().parseFromString(await answer.text(),
				'text/html');
		} catch {
			return; // the next event, or the next turn of the page, tells
		}
		for (const id of shown)
			replace(id, fresh);
		tab(fresh);
		if (changed.some((id) => !shown.includes(id) && row(fresh, id)))
			arrivals(fresh, changed);
		phone.dispatchEvent(new Event('fresh')); // their buttons, too
	}

	// «Не распределено»: its counter, what colleagues have taken, and
	// messages without a number, which are no appeals.
	function tab(fresh) {
		const body = document.querySelector('table.journal tbody');

		for (const count of document.querySelectorAll('[data-tab-count]')) {
			const next = fresh.getElementById(count.id);

			if (next && count.textContent !== next.textContent)
				count.textContent = next.textContent;
		}
		if (!document.querySelector('[data-unassigned]'))
			return;
		for (const old of body.querySelectorAll('tr[data-appeal]'))
			if (!row(fresh, old.dataset.appeal))
				old.remove();
		for (const old of body.querySelectorAll('tr[data-loose]'))
			if (!loose(fresh, old.dataset.loose))
				old.remove();
		for (const one of fresh.querySelectorAll('tr[data-loose]')) {
			if (loose(document, one.dataset.loose))
				continue;
			one.classList.add('row-fresh');
			body.prepend(one);
			globalThis.htmx?.process(one);
		}
	}

	function loose(tree, id) {
		return tree.querySelector(`table.journal tr[data-loose="${id}"]`);
	}

	function row(tree, id) {
		return tree.querySelector(`table.journal tr[data-appeal="${id}"]`);
	}

	function applied() {
		return document.querySelector('form[data-applied]');
	}

	function onFirstPage() {
		return applied() ? !applied().elements.after
			: !new URLSearchParams(location.search).has('after');
	}

	function replace(id, fresh) {
		const old = row(document, id);
		const next = row(fresh, id);

		// a player that is open stays open
		if (!old || !next || old.innerHTML === next.innerHTML ||
			old.querySelector('details[open]'))
			return;
		next.classList.add('row-fresh');
		old.replaceWith(next);
		globalThis.htmx?.process(next);
	}

	// New rows come in at their place without a jump of those being read.
	function arrivals(fresh, changed) {
		const body = document.querySelector('table.journal tbody');

		for (const id of changed) {
			const next = row(fresh, id);

			if (!next || !body || row(document, id)) // or the page has turned
				continue;
			const after = next.nextElementSibling?.dataset.appeal;

			next.classList.add('row-fresh');
			body.insertBefore(next, after ? row(document, after) : null);
			globalThis.htmx?.process(next);
		}
	}
}
