// theme.js - light, dark, or as the system has it.
//
// The cookie `theme` tells the server what to paint first: light, dark,
// auto-light or auto-dark (auto: what this page last found).

export function theme() {
	const html = document.documentElement;
	const dark = matchMedia('(prefers-color-scheme: dark)');

	function apply(choice) {
		const now = choice === 'auto' ? dark.matches ? 'dark' : 'light'
			: choice;
		const kept = choice === 'auto' ? `auto-${now}` : choice;

		html.dataset.theme = choice;
		if (html.dataset.bsTheme !== now)
			html.dataset.bsTheme = now;
		document.cookie =
			`theme=${kept}; path=/; max-age=31536000; samesite=strict; secure`;
	}

	apply(html.dataset.theme || 'auto');
	dark.addEventListener('change', () => apply(html.dataset.theme));
	document.addEventListener('change', (event) => {
		if (event.target.matches?.('[data-theme-select]'))
			apply(event.target.value);
	});
}
