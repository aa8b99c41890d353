// memory.js - what a tab was doing when its page went away, for the page that
// is loaded in it next.
//
// Read once, so that a copy of the tab does not take it for its own; and for
// ten minutes, so that a browser opened the next morning starts no shift.

const FRESH_MS = 600000;

// store: sessionStorage. was: { boot, agent: { state, reason, leg } }
export function keep(store, key, was, now) {
	store.setItem(key, JSON.stringify({ ...was, at: now }));
}

// -> was, or null. taken: when another tab took the telephone, or 0
export function recall(store, key, now, taken) {
	let was = null;

	try {
		was = JSON.parse(store.getItem(key));
	} catch {
		// not ours
	}
	store.removeItem(key);
	if (!was || now - was.at > FRESH_MS || was.at <= taken)
		return null;
	return was;
}
