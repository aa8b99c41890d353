// trouble.js - an answer that cannot be shown leaves the page as it is, and
// says so: what was typed stays where it was typed (K-5.1.6.6).

const TRIES = 4;
const AGAIN_MS = 250; // doubled each time

export function trouble(words) {
	function say(text, form) {
		const page = document.getElementById('page');
		const note = document.createElement('div');

		for (const old of page.querySelectorAll(':scope > .alert'))
			old.remove();
		note.className = 'alert alert-danger py-2 mx-3';
		note.setAttribute('role', 'alert');
		note.dataset.trouble = '';
		note.textContent = text;
		if (isCard(form))
			form.before(note);
		else
			page.prepend(note);
		note.scrollIntoView({ block: 'nearest' });
	}

	function failed(why, form) {
		say(isCard(form) ? `${words.M08}. ${why} ${words.FormKept}` : why,
			form);
	}

	document.addEventListener('htmx:beforeSwap', ({ detail }) => {
		const { status } = detail.xhr;
		const { elt, verb } = detail.requestConfig;
		const text = detail.serverResponse;

		if (detail.target.id !== 'page') { // a list of the page
			// a block that says itself what is wrong is shown
			detail.shouldSwap &&= status < 400 ||
				text.includes(`id="${detail.target.id}"`);
			if (status >= 400 && !detail.shouldSwap)
				say(words.Failed);
			return;
		}
		if (status < 400 && /<main id="page"/.test(text))
			return delete elt.dataset.again;
		const answer = new DOMParser().parseFromString(text, 'text/html');
		const error = answer.querySelector('#page [data-error]');

		if (error?.dataset.error === 'call_lags' && again(elt)) {
			detail.shouldSwap = false;
			return;
		}
		delete elt.dataset.again;
		// a page that was only asked for says itself what is wrong, and a
		// form that comes back has in it what was typed
		if (answer.getElementById('page') && (verb === 'get' || !error))
			return;
		detail.shouldSwap = false;
		failed(error?.querySelector('p')?.textContent || words.Failed, elt);
	});

	for (const name of ['htmx:sendError', 'htmx:timeout'])
		document.addEventListener(name, ({ detail }) => {
			const { elt } = detail.requestConfig;

			delete elt.dataset.again;
			failed(words.NoAnswer, elt);
		});
}

function isCard(form) {
	return form?.isConnected && form.matches('form[data-card]');
}

// The rows of a call come a little after the call: asked again, for a while, by
// the form, which keeps the call it was pressed for, or the link (controls.js).
function again(elt) {
	const tries = Number(elt.dataset.again ?? 0);

	if (tries === TRIES)
		return false;
	elt.dataset.again = tries + 1;
	setTimeout(() => elt.isConnected &&
		(elt.matches('form') ? elt.requestSubmit() : elt.click()),
	AGAIN_MS * 2 ** tries);
	return true;
}
