// main.js - the page's script: the telephone first, then what turns with it.

import { alarm } from './alarm.js';
import { card } from './card.js';
import { drafts } from './draft.js';
import { file } from './file.js';
import { filters } from './filter.js';
import { flow } from './flow.js';
import { guard } from './guard.js';
import { journal } from './journal.js';
import { lists } from './lists.js';
import { finisher, logout } from './logout.js';
import { nav } from './nav.js';
import { past } from './past.js';
import { picks } from './pick.js';
import { presence } from './presence.js';
import { registry } from './registry.js';
import { scenarios } from './scenario.js';
import { shift } from './shift.js';
import { steps } from './steps.js';
import { theme } from './theme.js';
import { trouble } from './trouble.js';
import { viewers } from './viewers.js';
import { controls } from './phone/controls.js';
import { dialling } from './phone/dial.js';
import { Phone } from './phone/phone.js';

theme();
nav();
if (document.body.dataset.user) {
	const root = document.getElementById('phone');
	const phone = new Phone(root, document.body.dataset.user);
	const cards = drafts(phone.words);
	const finish = finisher(phone, cards);

	if (root) {
		controls(root, phone, finish, cards);
		dialling(root, phone);
	}
	trouble(phone.words);
	registry(); // before guard: a search without a field goes nowhere
	guard(cards, phone.words);
	filters(); // after guard, which may keep the page where it is
	journal(phone);
	presence(phone);
	lists(phone);
	picks();
	past();
	flow();
	card();
	viewers();
	scenarios(phone);
	file();
	alarm(phone);
	shift(phone);
	steps(phone, cards);
	logout(finish);
	// for tests and for support over the telephone: nothing can be set
	Object.defineProperty(window, 'otklik', { value: Object.freeze({
		get state() { return phone.facts.server; },
		get view() { return phone.view; },
		get pc() { return phone.pc; },
		stats: () => phone.leg?.stats(),
	}) });
}
