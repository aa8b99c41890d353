// people.js - colleagues: presence as it comes, merged with the directory.

const WORD = { FREE: 'Free', TALKING: 'Talks', RINGING: 'Talks',
	WRAPUP: 'Talks' };
const ORDER = { Free: 0, Talks: 1, Away: 2 };

// FREE «Свободен», TALKING/RINGING/WRAPUP «Разговаривает», else «Недоступен»
export function presenceKey(state) {
	return WORD[state] ?? 'Away';
}

// users: a Map by id; a full event replaces it, a delta changes entries.
export function merge(users, event) {
	const next = event.full ? new Map() : new Map(users);

	for (const user of event.users)
		next.set(user.id, { ...next.get(user.id), ...user });
	return next;
}

// "Морозов Дмитрий Иванович" -> "Морозов Д. И."; others stay.
export function initials(name) {
	const [surname, ...given] = name.split(' ');

	return given.length && given.every((g) => /^\p{Lu}\p{Ll}+$/u.test(g))
		? [surname, ...given.map((g) => `${g[0]}.`)].join(' ') : name;
}

export function fold(text) {
	return String(text ?? '').toLocaleLowerCase('ru').replaceAll('ё', 'е');
}

// What is typed, as the parts that must all be found.
export function keyword(query) {
	return fold(query).split(/\s+/).filter(Boolean);
}

// What the picker offers: free ones first, then by name. Queues stand last.
// directory: [{ id, extension, name, org, role }], queues: [{ queue, name }]
export function candidates(users, directory, queues, query, selfId) {
	const people = new Map();

	for (const person of directory)
		people.set(person.id, { ...person, state: 'UNAVAILABLE' });
	for (const user of users.values()) { // the directory has the full name
		const known = people.get(user.id);

		people.set(user.id, { ...known, ...user,
			name: known?.name ?? user.name });
	}
	people.delete(selfId);

	const words = keyword(query);
	const matches = (text) => words.every((w) => fold(text).includes(w));
	const found = [...people.values()]
		.filter((p) => p.extension &&
			matches(`${p.extension} ${p.name} ${p.org ?? ''} ${p.role ?? ''}`))
		.map((p) => ({ ...p, to: p.extension,
			presence: presenceKey(p.state) }))
		.sort((a, b) => ORDER[a.presence] - ORDER[b.presence] ||
			a.name.localeCompare(b.name, 'ru'));

	return [...found, ...queues.filter((q) => matches(q.name))
		.map((q) => ({ id: `queue:${q.queue}`, to: `queue:${q.queue}`,
			extension: '', name: q.name, presence: 'Queue' }))];
}

// What is typed: an extension, a queue's name, or the only match by name.
// -> { to } or { error: 'NO_EXTENSION' }
export function target(typed, offered) {
	const text = typed.trim();

	if (/^\d{2,6}$/.test(text))
		return { to: text };
	if (/^\+?[\d\s().-]{7,}$/.test(text)) // a number outside
		return { to: text.replace(/[^+\d]/g, '') };
	const exact = offered.filter((p) => fold(p.name) === fold(text));
	const one = exact.length === 1 ? exact[0]
		: offered.length === 1 && text ? offered[0] : null;

	return one ? { to: one.to } : { error: 'NO_EXTENSION' };
}
