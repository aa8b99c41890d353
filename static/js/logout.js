// logout.js - «Выход» and «Завершить» look after what is unfinished.

import { ask } from './dialog.js';
import { fill } from './phone/format.js';

export function finisher(phone, drafts) {
	// «Завершить» -> true when the telephone is off
	return async () => {
		const w = phone.words;
		const n = phone.view?.guard ? 0 : await drafts.flush(); // M15 first

		if (n && !await ask({ text: fill(w.M26, { n }), yes: w.Yes, no: w.No }))
			return false;
		return phone.finish();
	};
}

export function logout(finish) {
	document.addEventListener('submit', async (event) => {
		const form = event.target;

		if (!form.matches('[data-logout]') || form.dataset.sure)
			return;
		event.preventDefault();
		if (!await finish())
			return;
		form.dataset.sure = '1';
		// While this event is still on its way, Chromium ignores another.
		setTimeout(() => form.requestSubmit());
	});
}
