// main.js - the page's script: the telephone first, then what turns with it.

import { drafts } from './draft.js';
import { journal } from './journal.js';
import { finisher, logout } from './logout.js';
import { nav } from './nav.js';
import { theme } from './theme.js';
import { controls } from './phone/controls.js';
import { Phone } from './phone/phone.js';

theme();
nav();
if (document.body.dataset.user) {
	const root = document.getElementById('phone');
	const phone = new Phone(root, document.body.dataset.user);
	const finish = finisher(phone, drafts(phone.words));

	if (root)
		controls(root, phone, finish);
	journal(phone);
	logout(finish);
	// for tests and for support over the telephone: nothing can be set
	Object.defineProperty(window, 'otklik', { value: Object.freeze({
		get state() { return phone.facts.server; },
		get view() { return phone.view; },
		get pc() { return phone.pc; },
		stats: () => phone.leg?.stats(),
	}) });
}
