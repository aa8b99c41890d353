// backoff.js - when to try again. Pure: handed its chance.

// 0.3, 0.6, 1.2, 2.4, then 5 s at most; spread so that a hundred pages do
// not come back in the same moment after a restart of the server.
export function delay(attempt, chance = Math.random()) {
	const full = Math.min(5000, 300 * 2 ** Math.min(attempt, 10));

	return Math.round(full * (0.6 + 0.4 * chance));
}
