// shift.js - the page «Смена сейчас»: what the plugin pushes, drawn; nothing
// is asked for again, only elapsed times tick.

import { actions, alerts, aways, destinations, emptyBoard, figures, merge,
	number, operators, person, picked as chosenRow, stateWord, trunkWord,
	waiting, whyWord } from './board.js';
import { clock, duration, fill, place } from './phone/format.js';
import { initials } from './phone/people.js';
import { keyed } from './phone/view.js';
import { intervene } from './intervene.js';

const TICK_MS = 500;

export function shift(phone) {
	const words = phone.words;
	let root = null; // the page, while it is shown
	let board = emptyBoard();
	let offset = 0;
	let chosen = null;
	let watching = false;

	phone.addEventListener('shift', ({ detail }) => {
		if (!root)
			return;
		if (detail.off)
			return void location.assign('/');
		board = merge(board, detail);
		offset = detail.now - Date.now();
		draw();
	});
	phone.addEventListener('link', ({ detail }) => {
		watching = false;
		link(detail);
		if (detail)
			watch();
	});
	document.addEventListener('htmx:afterSettle', arrive);
	arrive();

	function arrive() {
		const now = document.querySelector('[data-shift]');

		if (now === root)
			return;
		root = now;
		if (root) {
			board = emptyBoard();
			chosen = null;
			root.addEventListener('change', choose);
			root.addEventListener('click', click);
			link(phone.facts.link === 'UP');
			draw();
			tick();
		}
		watch();
	}

	// Told once for each connection, and taken back when the page turns.
	function watch() {
		const want = !!root;

		if (want === watching || phone.facts.link !== 'UP')
			return;
		watching = want;
		phone.ask({ request: 'watch', on: want }).catch(() => {
			watching = !want;
		});
	}

	function link(up) {
		if (!root)
			return;
		const node = root.querySelector('[data-shift-link]');

		node.textContent = up ? words.ShiftLive : words.M29;
		node.dataset.value = up ? 'up' : 'lost';
	}

	// --- drawing ---

	function draw() {
		if (!board.known)
			return;
		list('calls', waiting(board), (c) => `call:${c.id}`, callRow);
		list('away', aways(board), (c) => `away:${c.id}`, awayRow);
		list('agents', operators(board), (a) => `agent:${a.id}`, agentRow);
		list('trunks', Object.values(board.trunks), (t) => t.id, trunkItem);
		list('alerts', alerts(board), (a) => a.id, alertItem);
		root.querySelector('[data-none=calls]').hidden =
			Object.keys(board.calls).length > 0;
		root.querySelector('[data-away]').hidden =
			!Object.keys(board.away).length;
		root.querySelector('[data-none=agents]').hidden =
			Object.keys(board.agents).length > 0;
		root.querySelector('[data-shift-alerts]').hidden =
			!Object.keys(board.alerts).length;
		if (chosen && !root.querySelector(`input[value="${chosen}"]`))
			chosen = null;
		buttons();
		numbers();
	}

	function list(name, items, key, update) {
		const body = root.querySelector(`[data-rows=${name}]`);
		const shape = root.querySelector(`template[data-row=${name}]`);

		keyed(body, items, key,
			() => shape.content.firstElementChild.cloneNode(true),
			(node, item) => update(node, item, key(item)));
	}

	function put(node, name, text, kind = null) {
		const cell = node.querySelector(`[data-c=${name}]`);

		if (cell.textContent !== text)
			cell.textContent = text;
		if (kind !== null && cell.dataset.value !== kind)
			cell.dataset.value = kind;
	}

	function since(node, at) {
		node.querySelector('[data-c=since]').dataset.since = at;
	}

	function pick(node, value, label) {
		const radio = node.querySelector('input[type=radio]');

		radio.value = value;
		radio.setAttribute('aria-label', label);
	}

	function callRow(node, c, key) {
		const who = number(c.number, words);

		pick(node, key, fill(words.ShiftPickCall,
			{ number: who, queue: c.queue_name }));
		put(node, 'number', who);
		put(node, 'queue', c.queue_name);
		put(node, 'position', c.state === 'ring' ? '☎' : String(c.position));
		put(node, 'state', c.state === 'ring'
			? fill(words.ShiftRings, { who: person(c.agent) })
			: c.callback ? words.ShiftCallback
				: c.spared ? words.ShiftSpared
				: c.returned ? words.ShiftReturned
					: c.priority ? words.ShiftPriority : '');
		node.dataset.kind = c.long ? 'long' : c.state;
		since(node, c.since);
	}

	function awayRow(node, c, key) {
		const who = number(c.number, words);

		pick(node, key, fill(words.ShiftPickCall,
			{ number: who, queue: c.queue_name }));
		put(node, 'number', who);
		put(node, 'state', fill(words[`ShiftAway_${c.state}`],
			{ to: number(c.to, words) }));
		put(node, 'queue', c.queue_name);
		put(node, 'from', c.from ? fill(words.ShiftFrom,
			{ who: initials(c.from) }) : '');
		since(node, c.since);
	}

	function agentRow(node, a, key) {
		pick(node, key, fill(words.ShiftPickAgent, { who: person(a) }));
		put(node, 'ext', a.extension);
		put(node, 'name', a.name);
		node.querySelector('[data-c=name]').title = `${a.name}, ${a.org}`;
		put(node, 'state', stateWord(a, words));
		put(node, 'why', whyWord(a, words));
		put(node, 'queues', a.queues.join(', '));
		put(node, 'today', a.moved ? words.ShiftToday : '');
		node.querySelector('[data-c=queues]').title = a.queues.join(', ');
		put(node, 'call', talk(a.call), a.call?.emergency ? 'emergency' : '');
		put(node, 'mark', how(a.call));
		node.dataset.kind = a.state;
		since(node, a.state === 'INACTIVE' ? '' : a.since);
	}

	function talk(call) {
		if (!call)
			return '';
		return (call.direction === 'out' ? '→ ' : '') +
			(call.number ? number(call.number, words) : words.ShiftForeign);
	}

	function how(call) {
		return call?.emergency ? words.ShiftService
			: words[`ShiftCall_${call?.state}`] ?? '';
	}

	function trunkItem(node, t) {
		node.dataset.state = t.state;
		put(node, 'name', t.name);
		put(node, 'state', trunkWord(t, words));
		node.title = t.since ? fill(words.ShiftSince,
			{ time: clock(t.since, place(document.documentElement)) }) : '';
	}

	function alertItem(node, a) {
		const where = [a.user ? person(a.user) : '',
			a.number ? number(a.number, words) : '', a.queue, a.text];
		const accept = node.querySelector('button');

		node.dataset.kind = a.urgent ? 'urgent' : '';
		put(node, 'kind', words[`Alert${a.kind}`] ?? a.kind);
		put(node, 'where', where.filter(Boolean).join(' · '));
		put(node, 'raised', a.raised ? words.AlertRaised : '');
		// those that sound are answered where they sound, a long wait and a
		// dead line end by themselves
		accept.hidden = a.kind !== 'FRAUD' || !a.accept;
		accept.dataset.accept = a.id;
		since(node, a.at);
	}

	function numbers() {
		const f = figures(board, Date.now() + offset);

		for (const node of root.querySelectorAll('[data-figure]')) {
			const name = node.dataset.figure;

			if (node.textContent !== f[name])
				node.textContent = f[name];
			node.parentElement.dataset.value = f.kind[name] ?? '';
		}
		root.querySelector('[data-service]').textContent =
			fill(words.ShiftWithin, { s: board.service_s });
	}

	// As long as this page is shown.
	function tick() {
		const mine = root;
		const timer = setInterval(() => {
			if (root !== mine)
				return clearInterval(timer);
			if (!board.known)
				return;
			elapsed();
			root.querySelector('[data-figure=longest]').textContent =
				figures(board, Date.now() + offset).longest;
		}, TICK_MS);
	}

	function elapsed() {
		const at = Date.now() + offset;

		for (const node of root.querySelectorAll('[data-since]')) {
			const text = node.dataset.since
				? duration(at - Number(node.dataset.since)) : '';

			if (node.textContent !== text)
				node.textContent = text;
		}
	}

	// --- choosing and acting ---

	function choose(event) {
		if (event.target.name !== 'pick')
			return;
		chosen = event.target.value;
		buttons();
	}

	function buttons() {
		const may = actions(board, chosen);
		const picked = root.querySelector('[data-picked]');
		const radio = chosen
			? root.querySelector(`input[value="${chosen}"]`) : null;

		for (const node of root.querySelectorAll('[data-do]'))
			node.disabled = !may[node.dataset.do];
		for (const old of root.querySelectorAll('tr.picked'))
			old.classList.remove('picked');
		radio?.closest('tr').classList.add('picked');
		picked.textContent = radio?.getAttribute('aria-label') ??
			words.ShiftPick;
		elapsed();
	}

	function click(event) {
		const button = event.target.closest('button');
		const row = event.target.closest('[data-rows] tr');

		if (button?.dataset.accept)
			return accept(button);
		if (button?.dataset.do)
			return act(button.dataset.do);
		if (row) {
			const radio = row.querySelector('input[type=radio]');

			radio.checked = true;
			radio.focus({ preventScroll: true });
			chosen = radio.value;
			buttons();
		}
	}

	async function accept(button) {
		button.disabled = true;
		try {
			await phone.ask({ request: 'accept',
				alert: button.dataset.accept });
		} catch (err) {
			report(err.text || words.Failed);
		}
		button.disabled = false;
	}

	function report(text) {
		root.querySelector('[data-shift-error]').textContent = text;
	}

	async function act(what) {
		report('');
		const row = chosenRow(board, chosen);

		await intervene(phone, { what, ...row,
			may: actions(board, chosen),
			queues: destinations(board, row, words) });
	}
}
