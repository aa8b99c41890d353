// nav.js - which page is open, for eyes and for screen readers.

export function nav() {
	function mark() {
		for (const link of document.querySelectorAll('[data-nav]'))
			if (link.dataset.nav === location.pathname ||
				link.dataset.nav !== '/' &&
				location.pathname.startsWith(`${link.dataset.nav}/`))
				link.setAttribute('aria-current', 'page');
			else
				link.removeAttribute('aria-current');
	}

	mark();
	document.addEventListener('htmx:afterSettle', (e) => {
		mark();
		// htmx gives it back to the field that had it
		if (e.target.id === 'page')
			e.target.querySelector('[autofocus]')?.focus();
		// what had the focus is gone with the old page
		if (document.activeElement === document.body)
			document.getElementById('page')?.focus({ preventScroll: true });
	});
	addEventListener('popstate', mark);
}
