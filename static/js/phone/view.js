// view.js - writes a view (panel.js) into the panel; only what has changed
// is touched, so nothing flickers and focus stays where it is.
//
//   data-t="key"     text          data-show="key"  hidden when false
//   data-on="key"    disabled      data-kind="key"  data-value for the css
//   data-pressed="key"  aria-pressed

export function binder(root) {
	const nodes = (attribute) =>
		[...root.querySelectorAll(`[data-${attribute}]`)]
			.map((node) => [node, node.getAttribute(`data-${attribute}`)]);
	const text = nodes('t');
	const show = nodes('show');
	const on = nodes('on');
	const kind = nodes('kind');
	const pressed = nodes('pressed');

	return (v) => {
		for (const [node, key] of text) {
			const value = v.text[key] ?? '';

			if (node.textContent !== value)
				node.textContent = value;
		}
		for (const [node, key] of show)
			if (node.hidden === v.show[key])
				node.hidden = !v.show[key];
		for (const [node, key] of on)
			if (node.disabled === v.on[key])
				node.disabled = !v.on[key];
		for (const [node, key] of kind) {
			const value = v.kind[key] ?? '';

			if (node.dataset.value !== value)
				node.dataset.value = value;
		}
		for (const [node, key] of pressed) {
			const value = String(v.pressed[key]);

			if (node.getAttribute('aria-pressed') !== value)
				node.setAttribute('aria-pressed', value);
		}
		if (root.dataset.phase !== v.phase)
			root.dataset.phase = v.phase;
	};
}

// The words of the catalogue that the script needs, from a <template>.
export function words(template) {
	return Object.fromEntries(
		[...template?.content.querySelectorAll('[data-k]') ?? []]
			.map((node) => [node.dataset.k, node.textContent]));
}

// Makes the list's children equal to items, keeping nodes by key.
export function keyed(list, items, key, make, update) {
	const old = new Map([...list.children]
		.map((node) => [node.dataset.key, node]));
	let at = list.firstElementChild;

	for (const item of items) {
		const k = String(key(item));
		const node = old.get(k) ?? make(item);

		old.delete(k);
		node.dataset.key = k;
		update(node, item);
		if (node === at)
			at = at.nextElementSibling;
		else
			list.insertBefore(node, at);
	}
	for (const node of old.values())
		node.remove();
}
