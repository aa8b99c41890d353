// logout.js - «Выход» and «Завершить» look after what is unfinished.

import { ask } from './dialog.js';
import { fill } from './phone/format.js';

export function logout(phone, drafts) {
	document.addEventListener('submit', async (event) => {
		const form = event.target;

		if (!form.matches('[data-logout]') || form.dataset.sure)
			return;
		event.preventDefault();
		if (!await allSaved(phone, drafts) || !await phone.finish())
			return;
		form.dataset.sure = '1';
		form.requestSubmit();
	});
}

// M26: asked only when something could not be given to the server.
export async function allSaved(phone, drafts) {
	const n = await drafts.flush();
	const w = phone.words;

	return !n || ask({ text: fill(w.M26, { n }), yes: w.Yes, no: w.No });
}
