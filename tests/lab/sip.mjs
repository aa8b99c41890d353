// SIP messages as text (RFC 3261 section 7): enough for a telephone.

import crypto from 'node:crypto';

const SHORT = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact',
	l: 'content-length', c: 'content-type', k: 'supported' };

export const token = () => crypto.randomBytes(8).toString('hex');

// Bytes → { method, uri } or { status, reason }, headers (lower-case name →
// list), body. null: not SIP.
export function parse(bytes) {
	const text = bytes.toString('utf8');
	const cut = text.indexOf('\r\n\r\n');
	const lines = (cut < 0 ? text : text.slice(0, cut))
		.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
	const first = lines.shift();
	const msg = { headers: {}, body: cut < 0 ? '' : text.slice(cut + 4) };
	let m;

	if ((m = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first))) {
		msg.status = Number(m[1]);
		msg.reason = m[2];
	} else if ((m = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(first))) {
		msg.method = m[1];
		msg.uri = m[2];
	} else {
		return null;
	}
	for (const line of lines) {
		const colon = line.indexOf(':');
		let name = line.slice(0, colon).trim().toLowerCase();

		if (colon < 1)
			continue;
		name = SHORT[name] ?? name;
		(msg.headers[name] ??= []).push(line.slice(colon + 1).trim());
	}
	return msg;
}

export const header = (msg, name) => msg.headers[name]?.[0] ?? '';
export const param = (value, name) =>
	new RegExp(`;\\s*${name}=([^;,\\s>]+)`, 'i').exec(value)?.[1] ?? '';
export const uriOf = (value) =>
	/<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0].trim();
export const userOf = (value) =>
	/sips?:([^@;>]+)@/.exec(value)?.[1] ?? '';
export const cseq = (msg) => {
	const [number, method] = header(msg, 'cseq').split(/\s+/);

	return { number: Number(number), method };
};

export function format(first, headers, body = '') {
	const lines = [first];

	for (const [name, value] of headers)
		for (const v of Array.isArray(value) ? value : [value])
			lines.push(`${name}: ${v}`);
	lines.push(`Content-Length: ${Buffer.byteLength(body)}`, '', body);
	return Buffer.from(lines.join('\r\n'));
}

// The audio stream of an SDP: { address, port, pt, dtmf, direction }.
export function readSdp(text) {
	const audio = /(?:^|\n)m=audio (\d+) RTP\/AVP ([\d ]+)([^]*?)(?=\nm=|$)/
		.exec(text);

	if (!audio)
		return null;
	const [, port, list, rest] = audio;
	const pts = list.trim().split(' ').map(Number);
	const c = /(?:^|\n)c=IN IP4 (\S+)/;
	const event = /a=rtpmap:(\d+) telephone-event\/8000/i.exec(rest);
	const way = /a=(sendrecv|sendonly|recvonly|inactive)\b/;

	return { port: Number(port),
		address: (c.exec(rest) ?? c.exec(text))?.[1] ?? '',
		pts, pt: pts.find((p) => p === 8 || p === 0),
		dtmf: event ? Number(event[1]) : 0,
		direction: (way.exec(rest) ?? way.exec(text))?.[1] ?? 'sendrecv' };
}

export function writeSdp({ address, port, version = 1, session = 1,
	pts = [8, 0], dtmf = 101, direction = 'sendrecv' }) {
	const names = { 8: 'PCMA', 0: 'PCMU' };
	const lines = ['v=0', `o=- ${session} ${version} IN IP4 ${address}`, 's=-',
		`c=IN IP4 ${address}`, 't=0 0',
		`m=audio ${port} RTP/AVP ${[...pts, ...(dtmf ? [dtmf] : [])].join(' ')}`];

	for (const pt of pts)
		lines.push(`a=rtpmap:${pt} ${names[pt]}/8000`);
	if (dtmf)
		lines.push(`a=rtpmap:${dtmf} telephone-event/8000`,
			`a=fmtp:${dtmf} 0-15`);
	lines.push('a=ptime:20', `a=${direction}`, '');
	return lines.join('\r\n');
}
