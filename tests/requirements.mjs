// Which requirement a test case belongs to: the numbers its name begins with,
// "K-5.1.1.6, K-5.1.1.7 one press …" in a script, k_5_1_1_6_one_press in C.
// The list of numbers is docs/requirements.tsv.

import { readFileSync } from 'node:fs';

// Chapters 2 to 6 of the manual, without the questionnaires (5.3).
const TESTED = /^K-(?!5\.3\.)[2-6]\./;

export function readRequirements(file) {
	return readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)
		.map((line) => line.split('\t'))
		.map(([number, state]) => ({ number, state }));
}

export function numbersOf(name) {
	const c = name.match(/^k((?:_\d+){2,4})(?:_|$)/);

	if (c)
		return [`K-${c[1].slice(1).replaceAll('_', '.')}`];
	const head = name.match(/^(?:K-\d+(?:\.\d+)+(?:, *| and )?)+/);

	return head ? head[0].match(/K-\d+(?:\.\d+)+/g) : [];
}

// One line for every number; `passed` are the names of the cases that passed.
// `missing` are those that must have a test, are called done and have none.
export function summary(requirements, passed) {
	const times = new Map();

	for (const name of passed)
		for (const number of new Set(numbersOf(name)))
			times.set(number, (times.get(number) ?? 0) + 1);
	const known = (n) => requirements.some((r) =>
		r.number === n || r.number.startsWith(`${n}.`));

	return {
		lines: requirements.map(({ number }) =>
			`${number}: ${times.get(number) ?? 0} tests passed`),
		missing: requirements.filter((r) => TESTED.test(r.number) &&
			r.state === 'done' && !times.has(r.number)).map((r) => r.number),
		unknown: [...times.keys()].filter((n) => !known(n)).sort(),
	};
}
