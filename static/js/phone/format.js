// format.js - how the panel writes times and numbers. Pure.

// 65000 -> "01:05", 3665000 -> "1:01:05"; never negative.
export function duration(ms) {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n) => String(n).padStart(2, '0');
	const h = Math.floor(s / 3600);
	const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;

	return h ? `${h}:${rest}` : rest;
}

// What is left of a countdown: the last second still reads 00:01.
export function left(ms) {
	return duration(Math.ceil(Math.max(0, ms) / 1000) * 1000);
}

// "+79624401122" and "89624401122" -> "+7 962 440-11-22"; others as they are.
export function phone(number) {
	const m = /^(?:\+?7|8)(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(number ?? '');

	return m ? `+7 ${m[1]} ${m[2]}-${m[3]}-${m[4]}` : number ?? '';
}

// place: { lang, zone }, see place() below.
export function clock(ms, { lang = 'ru', zone } = {}, second) {
	return new Date(ms).toLocaleTimeString(lang,
		{ hour: '2-digit', minute: '2-digit', second, timeZone: zone });
}

// Language and time zone of the page: the region's, as in the lists, whatever
// this computer's clock is set to. A zone the browser does not know is left.
export function place(html) {
	let zone = html.dataset.zone || undefined;

	try {
		clock(0, { zone });
	} catch {
		zone = undefined;
	}
	return { lang: html.lang, zone };
}

// "{n} из {of}" with its places filled.
export function fill(text, values = {}) {
	return (text ?? '').replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}
