// filter.js - «Назад» to a journal whose filter stands in no address: it may
// be a name or a number, so it goes into no log and no history. It is kept in
// the memory of this page, under a mark in the address.

const MARK = 'view';
const AGAIN = 'X-Again'; // of a request that is no new filter

export function filters() {
	const kept = new Map(); // mark -> what was asked for, as a query

	const mark = () => location.pathname === '/'
		? new URLSearchParams(location.search).get(MARK) : null;

	function shown() {
		const form = document.querySelector('form[data-applied]');

		if (!form)
			return null;
		const fields = new URLSearchParams(new FormData(form));

		fields.delete('csrf');
		return fields.toString();
	}

	function restore() {
		globalThis.htmx.ajax('POST', '/', { target: '#page', select: '#page',
			swap: 'outerHTML show:#page:top', headers: { [AGAIN]: '1' },
			values: {
				...Object.fromEntries(new URLSearchParams(kept.get(mark()))),
				csrf: document.querySelector('meta[name=csrf]').content,
			} });
	}

	document.addEventListener('htmx:afterSettle', ({ detail }) => {
		const now = shown();
		const asked = detail.requestConfig;

		if (!asked || asked.headers[AGAIN] ||
			!document.querySelector('table.journal'))
			return;
		if (now === null) {
			if (kept.has(mark()))
				restore(); // the way there went around popstate (guard.js)
		} else if (kept.get(mark()) !== now) {
			const id = crypto.randomUUID().slice(0, 8);

			kept.set(id, now);
			history.pushState({ htmx: true }, '', `/?${MARK}=${id}`);
		}
	});
	// before htmx, which would ask for the address
	addEventListener('popstate', (event) => {
		if (!kept.has(mark()))
			return;
		event.stopImmediatePropagation();
		restore();
	}, true);
}
