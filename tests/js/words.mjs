// The words of the catalogue, as the page's template hands them over.

import { readFileSync } from 'node:fs';

export function catalogue(lang) {
	const text = readFileSync(
		new URL(`../../templates/lang/${lang}.hdf`, import.meta.url), 'utf8');
	const found = {};
	const at = [];

	for (const line of text.split('\n')) {
		const open = /^\s*([\w.]+)\s*\{\s*$/.exec(line);
		const value = /^\s*([\w.]+)\s*=\s?(.*)$/.exec(line);

		if (open)
			at.push(open[1]);
		else if (/^\s*\}\s*$/.test(line))
			at.pop();
		else if (value)
			found[[...at, value[1]].join('.')] = value[2];
	}
	return found;
}

function under(prefix, as = '') {
	return Object.entries(catalogue('ru'))
		.filter(([key]) => key.startsWith(prefix))
		.map(([key, value]) => [as + key.slice(prefix.length), value]);
}

// as the template #phone-words has them
export const words = Object.fromEntries([
	...under('Lang.Phone.Words.'), ...under('Lang.CallEvent.', 'Ev')]);
