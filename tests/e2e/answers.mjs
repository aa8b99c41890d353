// answers.mjs - the card and its answers in a browser, for tests.

export const there = (b, selector) => b.wait(`return !!document.querySelector(
	${JSON.stringify(selector)})`, 30000, selector);
// Of what has come, what still gets its listeners: typed before, it is unheard.
export const settled = (b) => b.wait(`return !document.querySelector(
	'.htmx-added, ' +
	'.htmx-settling, .htmx-swapping, .htmx-request')`, 30000,
'all that came is settled');

// Of a card just opened.
export async function choose(b, theme) {
	await there(b, '#theme-code');
	await settled(b);
	await b.select('Тип обращения', 'Консультация');
	await there(b, `#theme-code option[value="${theme}"]`);
	await b.eval((code) => {
		const list = document.querySelector('#theme-code');

		list.value = code;
		list.dispatchEvent(new Event('change', { bubbles: true }));
	}, theme);
}
