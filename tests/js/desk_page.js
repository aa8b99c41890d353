// The desk's script instead of main.js: one canned state, no server.
import { theme } from '/static/js/theme.js';
import { controls } from '/static/js/phone/controls.js';
import { duration } from '/static/js/phone/format.js';
import { empty, reduce, view, can } from '/static/js/phone/panel.js';
import { binder, words } from '/static/js/phone/view.js';
import { NOW, people, states } from '/tests/js/states.mjs';

class Canned extends EventTarget {
	words = words(document.getElementById('phone-words'));
	facts = reduce({ ...empty(), link: 'UP' }, {
		type: 'state', state: states[chosen] ?? states.free, at: NOW });
	view = null;
	can(control) { return can(this.facts, control); }
	act() {}
	digits() {}
}

const asked = new URLSearchParams(location.search);
const chosen = asked.get('state') ?? 'free';
const root = document.getElementById('phone');

if (!asked.has('theme'))
	theme();
if (root) {
	const phone = new Canned();

	phone.facts.quality = { level: asked.get('quality') ?? 'Good' };
	phone.view = view(phone.facts, NOW, phone.words, 'ru');
	binder(root)(phone.view);
	controls(root, phone, () => {});
	phone.dispatchEvent(new CustomEvent('presence',
		{ detail: { users: people, full: true } }));
	if (asked.has('keys'))
		document.querySelector('[data-act=keys]').click();
	document.title = `${chosen} ${duration(0)}`;
}
