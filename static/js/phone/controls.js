// controls.js - mouse, keyboard and fields of the panel.

import { ask } from '../dialog.js';
import { fill } from './format.js';
import { refusal } from './leg.js';
import { candidates, initials, merge, target } from './people.js';
import { keyed } from './view.js';

// Keys that both browsers leave free; they work inside fields too.
export const KEYS = {
	'F2': 'answer', 'Shift+F2': 'drop', 'F4': 'hold', 'Shift+F4': 'mute',
	'F8': 'transfer', 'F9': 'add', 'Shift+F9': 'ready',
};

const OPENED = 'otklik.opened'; // whose card opened by itself: call, role

export function chord(event) {
	if (event.ctrlKey || event.altKey || event.metaKey)
		return '';
	return (event.shiftKey ? 'Shift+' : '') + event.key;
}

// finish: «Завершить», which looks after unsaved cards first; cards: drafts
export function controls(root, phone, finish, cards) {
	const find = (selector) => root.querySelector(selector);
	const words = phone.words;
	const to = find('#phone-to');
	const add = find('[data-add]');
	const keypad = find('#phone-keys');
	const picker = people(root, phone, to);

	root.addEventListener('click', (event) => {
		const menu = event.target.closest('[data-menu]');
		const button = event.target.closest('[data-act]');

		if (menu)
			return toggle(menu);
		if (!button || button.disabled)
			return;
		closeMenus(root);
		act(button.dataset.act, button.dataset.value, button);
	});

	function act(name, value, button) {
		switch (name) {
		case 'devices':
			return devices(root, phone);
		case 'keys':
			keypad.hidden = !keypad.hidden;
			button.setAttribute('aria-expanded', String(!keypad.hidden));
			return;
		case 'key':
			if (phone.can('dtmf'))
				return phone.digits(value);
			find('#phone-dial').value += value;
			return;
		case 'dial':
			return phone.dial(find('#phone-dial').value);
		case 'consult':
			return transfer('consult');
		case 'card':
			return go(`/appeal/${phone.view.card}`);
		case 'nontarget': // one press, of the kind that stands beside it
			return phone.act(name, find('#nontarget-kind').value);
		case 'take':
			return take();
		case 'finish':
			return finish();
		case 'add':
			return add.requestSubmit();
		case 'transfer':
			return transferKey();
		case 'drop':
			return phone.can('leave') ? drop(button) : phone.act(name);
		default:
			return phone.act(name, value);
		}
	}

	// «Взять в работу» of a call-back: the place is his, its card opens.
	async function take() {
		const card = phone.facts.server?.call?.card;

		if (await phone.act('take'))
			go(card ? `/appeal/${card}` : '/?status=UNASSIGNED');
	}

	// With the service on the line «Сброс» would cut it off from the citizen:
	// the key leaves the talk to the two, the button asks.
	async function drop(button) {
		if (!button)
			return phone.act('leave');
		if (await ask({ text: words.DropAll, yes: words.Yes, no: words.No }))
			return phone.act('drop');
	}

	// Digits typed in a talk go out at once, as from a telephone's keys.
	find('#phone-dial').addEventListener('beforeinput', (event) => {
		if (!event.data || !phone.can('dtmf'))
			return;
		event.preventDefault();
		const digits = event.data.toUpperCase().replace(/[^0-9*#A-D]/g, '');

		if (digits)
			phone.digits(digits.slice(0, 32));
	});

	addEventListener('keydown', (event) => {
		if (event.key === 'Escape')
			return closeMenus(root);
		const name = KEYS[chord(event)];

		if (!name || document.querySelector('dialog[open]'))
			return;
		event.preventDefault();
		if (!event.repeat)
			act(name);
	}, true);

	document.addEventListener('pointerdown', (event) => {
		if (!event.target.closest?.('.dropdown'))
			closeMenus(root);
	});
	root.addEventListener('keydown', (event) => menuKeys(event));

	// «Добавить»: the page turns, the telephone stays.
	add.addEventListener('submit', () => {
		if (add.dataset.again) // still for the call it was pressed for
			return;
		const call = phone.facts.server?.call;

		add.elements.csrf.value = document.querySelector('meta[name=csrf]')
			?.content ?? '';
		add.elements.call.value = call?.id ?? '';
		add.elements.phone.value = call?.number ?? '';
	}, true);

	const error = find('[data-transfer-error]');

	function transferKey() {
		if (!phone.can('transfer') || !to.value.trim())
			return to.focus();
		return transfer('blind');
	}

	async function transfer(mode) {
		error.textContent = '';
		if (!to.value.trim()) {
			error.textContent = words.EmptyExtension;
			return to.focus();
		}
		const typed = to.value;
		const chosen = target(typed, picker.offered());

		try {
			if (chosen.error)
				throw new Error(words.NoExtension);
			cards.flush(); // the draft travels whole; the call does not wait
			if (!await handed(chosen.to, mode))
				return to.focus();
			if (to.value === typed) { // not what was typed meanwhile
				to.value = '';
				picker.show();
			}
		} catch (err) {
			error.textContent = err.text || err.message;
			to.focus();
		}
	}

	// To an insurer while nobody knows whose insured person it is: the
	// operator says so (M22). -> whether it went
	async function handed(number, mode) {
		const target = picker.offered().find((p) => p.to === number);

		try {
			await phone.transfer(number, mode);
		} catch (err) {
			if (err.code !== 'M22')
				throw err;
			if (!await ask({ text: target ? words.M22.replace('{СМО}',
				target.org ?? target.name) : err.text, yes: words.Yes,
			no: words.No }))
				return false;
			await phone.transfer(number, mode, true);
		}
		return true;
	}

	find('[data-transfer]').addEventListener('submit', (event) => {
		event.preventDefault();
		event.stopPropagation(); // not a page: nothing for htmx
		if (phone.can('transfer'))
			transfer('blind');
	});
	to.addEventListener('input', () => {
		error.textContent = '';
		picker.search();
	});

	// A call that comes to us with a card brings it along: transferred, or
	// back from the queue. Once for each call, also after a reload.
	let came = null;

	phone.addEventListener('state', ({ detail: { call } }) => {
		if (!call?.card || phone.view.phase === 'ELSEWHERE')
			return;
		const path = `/appeal/${call.card}`;
		const mine = call.role === 'owner';
		const opened = `${call.id} ${call.role}`;

		if (call.state === 'RING' || call.role !== 'owner')
			came = call.id;
		if (call.state === 'RING') // anew, if it has been here before
			sessionStorage.removeItem(OPENED);
		if (call.state === 'RING' || came !== call.id && !call.from ||
			sessionStorage.getItem(OPENED) === opened)
			return;
		sessionStorage.setItem(OPENED, opened);
		// read while it rang or he was asked, it is his only when opened
		// anew (T6, T6a)
		if (location.pathname !== path ||
			mine && !document.querySelector('[data-card] [data-save]'))
			go(mine ? `${path}?call=1` : path);
	});
}

// A turn of the page through htmx, as a link in the page would do it.
export function go(path) {
	const link = document.createElement('a');

	link.href = path;
	link.hidden = true;
	document.body.append(link);
	globalThis.htmx?.process(link);
	// not before what htmx says after it, nor while it asks again (trouble.js)
	link.addEventListener('htmx:afterRequest',
		() => setTimeout(() => link.dataset.again || link.remove()));
	link.click();
}

function toggle(button) {
	const menu = document.getElementById(button.dataset.menu);
	const open = menu.hidden;

	menu.hidden = !open;
	button.setAttribute('aria-expanded', String(open));
	if (open)
		menu.querySelector('[role=menuitem]').focus();
}

function closeMenus(root) {
	for (const button of root.querySelectorAll('[data-menu]')) {
		const menu = document.getElementById(button.dataset.menu);

		if (menu.hidden)
			continue;
		if (menu.contains(document.activeElement))
			button.focus();
		menu.hidden = true;
		button.setAttribute('aria-expanded', 'false');
	}
}

function menuKeys(event) {
	const menu = event.target.closest?.('[role=menu]');
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];

	if (!menu || !step)
		return;
	const items = [...menu.querySelectorAll('[role=menuitem]')];
	const at = items.indexOf(document.activeElement);

	event.preventDefault();
	items[(at + step + items.length) % items.length].focus();
}

// The list under the field: presence as it comes, others from the directory.
function people(root, phone, field) {
	const list = root.querySelector('[data-people]');
	let users = new Map();
	let directory = [], queues = [];
	let timer = null;

	phone.addEventListener('presence', ({ detail }) => {
		users = merge(users, detail);
		show();
	});
	phone.addEventListener('link', load);

	async function load() {
		try {
			const query = encodeURIComponent(field.value.trim());
			const answer = await fetch(`/api/directory?q=${query}`,
				{ headers: { Accept: 'application/json' } });

			if (!answer.ok)
				return;
			const all = await answer.json();

			directory = all.filter((entry) => !entry.queue);
			queues = all.filter((entry) => entry.queue);
			show();
		} catch {
			// no directory now: those who are present are listed anyway
		}
	}

	function offered() {
		return candidates(users, directory, queues, field.value,
			phone.facts.server?.user.id);
	}

	function show() {
		keyed(list, offered().slice(0, 40), (p) => p.id, make, update);
	}

	function make() {
		const item = document.createElement('li');
		const button = document.createElement('button');

		button.type = 'button';
		button.innerHTML = '<span class="dot" aria-hidden="true"></span>' +
			'<span class="num ext"></span><span class="who"></span>' +
			'<span class="presence"></span>';
		button.addEventListener('click', () => {
			field.value = item.dataset.to.startsWith('queue:')
				? item.dataset.name : item.dataset.to;
			show();
			field.focus();
		});
		item.append(button);
		return item;
	}

	function update(item, person) {
		const [, ext, who, presence] = item.firstChild.children;

		item.dataset.to = person.to;
		item.dataset.name = person.name;
		item.dataset.presence = person.presence;
		set(ext, person.extension);
		set(who, initials(person.name));
		set(presence, phone.words[person.presence]);
		item.firstChild.title = person.org
			? `${person.name}, ${person.org}` : person.name;
	}

	return {
		offered, show,
		search() {
			show();
			clearTimeout(timer);
			timer = setTimeout(load, 150);
		},
	};
}

function set(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

async function devices(root, phone) {
	const dialog = root.querySelector('#phone-devices');
	const { all, chosen } = await phone.leg.list();

	for (const select of dialog.querySelectorAll('[data-devices]')) {
		const kind = select.dataset.devices;
		const mine = all.filter((d) => d.kind === kind &&
			d.deviceId !== 'default' && d.deviceId !== '');

		select.replaceChildren(
			new Option(phone.words.Default, ''),
			...mine.map((d, i) => new Option(d.label ||
				fill(phone.words.DeviceN, { n: i + 1 }), d.deviceId)));
		select.value = chosen[select.name] ?? '';
		if (select.selectedIndex < 0)
			select.value = '';
	}
	dialog.returnValue = '';
	dialog.showModal();
	dialog.addEventListener('close', async () => {
		if (dialog.returnValue !== 'yes')
			return;
		const picked = {};

		for (const select of dialog.querySelectorAll('[data-devices]'))
			if (select.value)
				picked[select.name] = select.value;
		try {
			await phone.leg.choose(picked);
		} catch (err) {
			phone.say(refusal(err));
		}
	}, { once: true });
}
