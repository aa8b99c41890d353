// journal.js - rows of the journal that colleagues have changed: asked for by
// number, each put where it was, or at its place. Nothing that is read or has
// the focus moves.

const GATHER_MS = 300;
const MOST = 50; // rows of one question

export function journal(phone) {
	const ids = new Set();
	let timer = null;
	let turn = Promise.resolve(); // answers come in the order of the questions

	const table = () => document.querySelector('table.journal');
	const applied = () => document.querySelector('form[data-applied]');
	const row = (tree, id) => tree.querySelector(
		`table.journal tr[data-appeal="${id}"]`);
	const loose = (tree, id) => tree.querySelector(
		`table.journal tr[data-loose="${id}"]`);
	const busy = (node) => node.contains(document.activeElement) ||
		node.querySelector('details[open]'); // a player that is open

	phone.addEventListener('rows', ({ detail }) => {
		for (const id of detail.appeals)
			ids.add(String(id));
		timer ??= setTimeout(() => {
			timer = null;
			const changed = [...ids];

			ids.clear();
			for (let i = 0; i < changed.length; i += MOST)
				turn = turn.then(() => refresh(changed.slice(i, i + MOST)))
					.catch(console.error); // the next are asked for
		}, GATHER_MS);
	});

	async function refresh(changed) {
		const address = location.href;
		const filter = applied(); // not in the address
		const query = new URLSearchParams(filter ? new FormData(filter)
			: location.search);
		let fresh;

		if (!table())
			return;
		query.set('only', changed.join());
		try {
			const answer = await fetch(filter ? '/' : `/?${query}`, {
				method: filter ? 'POST' : 'GET',
				body: filter && query,
				headers: { 'HX-Request': 'true', 'HX-Target': 'page',
					'X-Refresh': '1' },
			});

			if (!answer.ok || location.href !== address || !table() ||
				applied() !== filter)
				return;
			fresh = new DOMParser().parseFromString(await answer.text(),
				'text/html');
		} catch {
			return; // the next event, or the next turn of the page, tells
		}
		const focus = hold();

		still(() => {
			for (const id of changed)
				take(id, row(document, id), row(fresh, id));
			messages(fresh);
		});
		for (const count of document.querySelectorAll('[data-tab-count]'))
			count.textContent = fresh.getElementById(count.id)
				?.textContent ?? count.textContent;
		phone.dispatchEvent(new Event('fresh')); // their buttons, too
		focus();
	}

	function take(id, old, next) {
		if (old && next)
			replace(old, next);
		else if (old)
			gone(old);
		else if (next)
			place(next);
	}

	// Cell by cell: what has not changed keeps focus and player.
	function replace(old, next) {
		const moved = old.dataset.at !== next.dataset.at;
		const cells = [...next.cells];

		[...old.cells].forEach((cell, i) => {
			if (cell.innerHTML === cells[i].innerHTML ||
				cell.querySelector('details[open]'))
				return;
			cell.replaceWith(cells[i]);
			globalThis.htmx?.process(cells[i]);
		});
		old.className = next.className;
		old.classList.add('row-fresh');
		old.dataset.at = next.dataset.at;
		if (moved && !busy(old))
			place(old);
	}

	// Where the list has it; behind the end of a page it is the next one's.
	function place(one) {
		const body = table().querySelector('tbody');
		const after = [...body.querySelectorAll('tr[data-appeal]')].find(
			(other) => other !== one && before(one, other));

		if (!after && document.querySelector('[data-older]'))
			return one.remove();
		body.querySelector('[data-empty]')?.remove();
		one.classList.add('row-fresh');
		body.insertBefore(one, after ?? null);
		globalThis.htmx?.process(one);
	}

	function before(a, b) {
		const by = a.dataset.at - b.dataset.at ||
			a.dataset.appeal - b.dataset.appeal;

		return 'oldest' in table().dataset ? by < 0 : by > 0;
	}

	// It stays, and says so, until it is out of sight: the row below would
	// come under the hand that is about to press.
	const unseen = new IntersectionObserver((entries) => {
		for (const { target, isIntersecting } of entries)
			if (!isIntersecting && !busy(target)) {
				unseen.unobserve(target);
				if (target.classList.contains('row-gone'))
					still(() => target.remove());
			}
	});

	function gone(old) {
		const text = table().dataset.gone;
		const number = old.cells[0].textContent.trim();

		if (old.classList.contains('row-gone'))
			return;
		old.className = 'row-gone';
		old.cells[4].textContent = text;
		document.querySelector('[data-journal-news]').textContent =
			`${number}. ${text}`;
		unseen.observe(old);
	}

	// «Не распределено»: messages without a number, which are no appeals.
	function messages(fresh) {
		if (!document.querySelector('[data-unassigned]'))
			return;
		for (const old of table().querySelectorAll('tr[data-loose]'))
			if (!loose(fresh, old.dataset.loose))
				old.remove();
		for (const one of fresh.querySelectorAll('tr[data-loose]')) {
			if (loose(document, one.dataset.loose))
				continue;
			one.classList.add('row-fresh');
			table().querySelector('tbody').prepend(one);
			globalThis.htmx?.process(one);
		}
	}

	// What is read stays where it is on the screen; at the very top the new
	// ones are what is looked for.
	function still(change) {
		const view = table()?.closest('.journal-scroll');
		const scroller = view && view.scrollHeight > view.clientHeight ? view
			: document.scrollingElement;
		const head = table()?.tHead.getBoundingClientRect().bottom;
		const read = scroller.scrollTop > 0 &&
			[...table()?.querySelectorAll('tbody tr') ?? []].find((r) =>
				r.getBoundingClientRect().bottom > head);
		const top = read && read.getBoundingClientRect().top;

		change();
		if (read && read.isConnected)
			scroller.scrollTop += read.getBoundingClientRect().top - top;
	}

	// -> gives the focus back to what stands where its element stood
	function hold() {
		const had = document.activeElement;
		const of = had?.closest('tr[data-appeal]');
		const able = () => [...of.querySelectorAll(
			'a, button, summary, audio')];
		const place = of ? able().indexOf(had) : -1;

		return () => {
			if (!of?.isConnected || had.isConnected)
				return;
			const now = able();

			(now[place]?.matches(':enabled, :any-link, summary')
				? now[place] : now[0])?.focus({ preventScroll: true });
		};
	}
}
