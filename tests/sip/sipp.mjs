// sipp, and scenarios for it written as lists of steps.

import path from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';

// child, and done: ends well only if each call went through as the scenario
// says.
export function sipp(file, { to = '127.0.0.1:5060', port = 5080,
	options = [] } = {}) {
	const errors = path.join(process.env.TMPDIR, `sipp.${port}.err`);
	const child = spawn('sipp', [to, '-i', '127.0.0.1',
		'-p', String(port), '-cp', String(port + 10000),
		'-mp', String(port + 20000), '-sf', file,
		'-nostdin', '-s', '78652000000', '-timeout', '50s', '-timeout_error',
		'-trace_err', '-error_file', errors, ...options],
	{ stdio: ['ignore', 'pipe', 'pipe'] });
	let shown = '';

	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (data) => { shown += data; });
	const done = new Promise((yes) => child.on('close', yes))
		.then((status) => {
			if (status === 0)
				return;
			try {
				shown += readFileSync(errors, 'utf8');
			} catch (err) {
				shown += err.message; // it had nothing to say
			}
			throw new Error(`sipp ${path.basename(file)}: ${status}\n${
				shown.slice(-4000)}`);
		});

	return { done, child };
}

// Steps, from sipp's side:
//   { send: 'UPDATE', head: [lines], sdp }   a request, in the dialog but for
//                                            the first INVITE
//   { send: 200, head: [lines], sdp }        to what was received last
//   { want: 'BYE' | 200, has: { Header: 'regexp' }, not: 'regexp' }
//   { wait: ms }
// callee: it is called, and answers OPTIONS besides.

const sdp = [
	'v=0', 'o=- 1 1 IN IP4 [local_ip]', 's=-', 'c=IN IP4 [local_ip]', 't=0 0',
	'm=audio 30000 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000', ''];

function message(first, headers, body) {
	return [first, ...headers,
		...(body ? ['Content-Type: application/sdp'] : []),
		'Content-Length: [len]', '', ...(body ? sdp : [])].join('\n');
}

class Writer {
	constructor(callee) {
		this.callee = callee;
		this.seq = callee ? 1000 : 0;
		this.vars = [];
		this.lines = [];
		this.local = callee ? '[$to];tag=[pid]t[call_number]' :
			'<sip:[caller]@[local_ip]>;tag=[pid]c[call_number]';
		this.remote = callee ? '[$from]' : '[$to]';
	}

	put(text, attributes = '') {
		this.lines.push(`<send ${attributes}><![CDATA[\n${text}\n]]></send>`);
	}

	variable() {
		this.vars.push(`v${this.vars.length}`);
		return this.vars.at(-1);
	}

	request(method, { head = [], sdp: body } = {}) {
		const ack = method === 'ACK';
		const outside = !this.callee && !this.up; // the dialog
		const to = ack ? '[last_To:]' : `To: ${outside ?
			'<sip:[service]@[remote_ip]>' : this.remote}`;

		if (!ack)
			this.seq++;
		this.put(message(`${method} ${outside ?
			'sip:[service]@[remote_ip]:[remote_port]' : '[next_url]'} SIP/2.0`, [
			'Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport',
			`From: ${this.local}`, to, 'Call-ID: [call_id]',
			`CSeq: ${this.seq} ${method}`, 'Max-Forwards: 70',
			'Contact: <sip:sipp@[local_ip]:[local_port]>', ...head],
		body ?? method === 'INVITE'),
		ack ? `ack_txn="t${this.seq}"` :
			`retrans="500" start_txn="t${this.seq}"`);
		this.tries = method === 'INVITE';
	}

	answer(status, { head = [], sdp: body } = {}) {
		this.put(message(`SIP/2.0 ${status} Text`, ['[last_Via:]',
			'[last_From:]',
			this.tagged ? '[last_To:]' : `To: ${this.local}`,
			'[last_Call-ID:]', '[last_CSeq:]',
			'Contact: <sip:sipp@[local_ip]:[local_port]>', ...head],
		body ?? (status === 200 && this.invited)));
		this.tagged ||= status < 300;
	}

	want(what, { has = {}, not } = {}) {
		const response = typeof what === 'number';
		const dialog = this.callee ? what === 'INVITE' && !this.tagged :
			what === 200 && !this.up;
		const checks = Object.entries(has).map(([name, regexp]) =>
			`<ereg regexp="${regexp}" search_in="hdr" header="${name}:" ` +
			`check_it="true" assign_to="${this.variable()}"/>`);

		if (not)
			checks.push(`<ereg regexp="${not}" search_in="msg" ` +
				`check_it_inverse="true" assign_to="${this.variable()}"/>`);
		if (dialog)
			for (const name of this.callee ? ['From', 'To'] : ['To'])
				checks.push('<ereg regexp="&lt;.*" search_in="hdr" ' +
					`header="${name}:" assign_to="${name.toLowerCase()}"/>`);
		if (response && this.tries)
			this.lines.push(`<recv response="100" optional="true" ` +
				`response_txn="t${this.seq}"/>`);
		this.up ||= dialog;
		this.invited = what === 'INVITE';
		this.lines.push(`<recv ${response ?
			`response="${what}" response_txn="t${this.seq}"` :
			`request="${what}"`}${what === 'INVITE' ||
				(what === 200 && this.tries) ? ' rrs="true"' : ''}>${checks.length ?
			`<action>${checks.join('')}</action>` : ''}</recv>`);
	}

	xml(name, steps) {
		if (this.callee)
			this.lines.push('<recv request="OPTIONS" optional="true" ' +
				'next="alive"/>');
		for (const s of steps) {
			if (s.wait)
				this.lines.push(`<pause milliseconds="${s.wait}"/>`);
			else if (s.want)
				this.want(s.want, s);
			else if (typeof s.send === 'number')
				this.answer(s.send, s);
			else
				this.request(s.send, s);
		}
		if (this.callee) {
			this.lines.push('<nop next="end"/>', '<label id="alive"/>');
			this.tagged = false;
			this.put(message('SIP/2.0 200 OK', ['[last_Via:]',
				'[last_From:]', '[last_To:];tag=o', '[last_Call-ID:]',
				'[last_CSeq:]']));
			this.lines.push('<label id="end"/>');
			this.vars.push('from');
		}
		this.vars.push('to');
		this.lines.push(`<Reference variables="${this.vars.join(',')}"/>`);
		return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${
			name}">\n${this.lines.join('\n')}\n</scenario>\n`;
	}
}

// @return the scenario's file
export function scenario(name, steps, { callee = false } = {}) {
	const file = path.join(process.env.TMPDIR, `${name}.xml`);

	writeFileSync(file, new Writer(callee).xml(name, steps));
	return file;
}
