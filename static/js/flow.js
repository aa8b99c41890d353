// flow.js - where the keyboard goes next when a part of the card has come: a
// consultation is written without a mouse and without looking for the field.

const NEXT = [
	// a new card: whom is it about
	[/^\/appeal$/, ['#r-surname', '#type']],
	// found in the register: «Прикрепить» of the first
	[/^\/registry$/, ['#registry [data-attach] button']],
	// attached: what is it about
	[/^\/appeal\/\d+\/person$/, ['#type']],
	// not saved: what is missing
	[/^\/appeal\/\d+$/, ['form[data-card] .is-invalid']],
];

// The selectors to be tried after the answer to a POST of that path.
export function next(path) {
	return NEXT.find(([shape]) => shape.test(path))?.[1] ?? [];
}

export function flow() {
	let last = 0; // when a key or a button was last pressed
	const asked = new WeakMap(); // request -> when

	// By the clock: the press that asks may be seen here after its request.
	for (const name of ['keydown', 'pointerdown', 'input'])
		document.addEventListener(name, (event) => {
			if (!event.repeat)
				last = event.timeStamp;
		}, true);
	document.addEventListener('htmx:beforeRequest', ({ detail }) =>
		asked.set(detail.requestConfig, performance.now()));
	document.addEventListener('htmx:afterSettle', ({ detail }) => {
		const { verb, path } = detail.requestConfig ?? {};

		// who went on meanwhile, or dials, is not torn away
		if (verb !== 'post' || document.querySelector('dialog[open]') ||
			last > asked.get(detail.requestConfig) ||
			document.activeElement?.matches('#phone input'))
			return;
		next(path).map((s) => document.querySelector(s))
			.find((field) => field && !field.disabled && field.offsetParent)
			?.focus();
	});
}
