// A peer that others wrote: sipp, by a scenario made here. What it sends and
// gets is an event as it happens, and it ends well only if nothing came that
// the scenario does not expect.
//
//   const peer = await Sipp.start(caller().invite().recv('BYE').reply(200));
//   await peer.got((m) => m.status === 200);  …  await peer.done;
//
// Steps of a scenario come in the order in which they happen. media: a Media
// of rtp.mjs, whose port stands in the SDP and which talks to where the other
// side's SDP points.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readFileSync,
	readSync, watch, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PATIENCE, deadline, lasts } from './run.mjs';
import { format, parse, readSdp, token, writeSdp } from './sip.mjs';

const CONTACT = 'Contact: <sip:peer@[local_ip]:[local_port]' +
	';transport=[transport]>';
const GO = 'NOTIFY'; // we never send one
const CALLER_PORT = 5070, CALLEE_PORT = 5080;

class Scenario {
	steps = [];
	media = null;
	cseq = 1;
	#unnamed = 0;
	#kept = new Set(); // variables of sipp

	constructor(role, options) {
		Object.assign(this, { role, from: '+79180000001',
			number: '+78652000000', transport: 'UDP', version: 0 }, options);
	}

	// Lines of a description of ours, a newer version each time.
	sdp(options = {}) {
		return writeSdp({ address: '[local_ip]',
			port: this.media?.port ?? 30000, version: ++this.version,
			...options });
	}

	step(xml) {
		this.steps.push(xml);
		return this;
	}

	// ---- what is sent ----------------------------------------------------

	#message(lines, body, { retrans = null, attributes = '' }) {
		const text = [...lines, 'Content-Length: [len]', '', body].join('\n')
			.replace(/\r\n/g, '\n');

		return this.step(`<send${retrans ? ` retrans="${retrans}"` : ''
		}${attributes}><![CDATA[\n${text}\n]]></send>`);
	}

	// A request; txn names its transaction. The first one of a caller makes
	// the call, those after it stand in its dialog.
	request(method, { txn = `${method}${++this.#unnamed}`, cseq, body = '',
		type = 'application/sdp', headers = [], first = false,
		uri = null, branch = txn, attributes = ` start_txn="${txn}"`,
		retrans = 500 } = {}) {
		const caller = this.role === 'caller';
		const service = `sip:${this.number}@[remote_ip]:[remote_port]`;
		const own = `<sip:${this.from}@[local_ip]>;tag=[pid]c[call_number]`;

		this.last = txn;
		return this.#message([
			`${method} ${uri ?? (first ? service : caller ? '[next_url]' :
				'[$target]')} SIP/2.0`,
			`Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=` +
				`z9hG4bK-[pid]-[call_number]-${branch};rport`,
			`From: ${caller ? own : '[$call_to];tag=[pid]n[call_number]'}`,
			`To: ${!caller ? '[$call_from]' : this.far && !first ? '[$far]' :
				`<${service}>${first ? '' : '[peer_tag_param]'}`}`,
			'Call-ID: [call_id]',
			`CSeq: ${cseq ?? this.cseq++} ${method}`,
			CONTACT, 'Max-Forwards: 70', ...headers,
			...(body ? [`Content-Type: ${type}`] : [])], body,
		{ retrans, attributes });
	}

	// An answer to the request that came last.
	reply(status, { body = '', headers = [], tag = '[pid]n[call_number]',
		inside = false, contact = CONTACT, retrans = null } = {}) {
		return this.#message([`SIP/2.0 ${status} Text`, '[last_Via:]',
			'[last_From:]', `[last_To:]${inside || status === 100 ? '' :
				`;tag=${tag}`}`, '[last_Call-ID:]', '[last_CSeq:]',
			contact, ...headers,
			...(body ? ['Content-Type: application/sdp'] : [])], body,
		{ retrans });
	}

	// An answer to the request that was waited for `as` that, whatever has come
	// after it. tag: of To, where it has none.
	replyTo(as, status, { body = '', headers = [], tag = '', retrans = null } =
	{}) {
		return this.#message([`SIP/2.0 ${status} Text`, `Via:[$${as}_via]`,
			`From:[$${as}_from]`, `To:[$${as}_to]${tag && `;tag=${tag}`}`,
			'Call-ID: [call_id]', `CSeq:[$${as}_cseq]`, CONTACT, ...headers,
			...(body ? ['Content-Type: application/sdp'] : [])], body,
		{ retrans });
	}

	// … to the INVITE that made the call.
	answer(status, options) {
		return this.replyTo('call', status, { tag: '[pid]n[call_number]',
			...options });
	}

	// ---- what is waited for ----------------------------------------------

	// A request (its name) or a response (its status). txn: to which request.
	// has: regular expressions of headers; not: one of the whole message. far:
	// its To is the other side's name from now on, whatever came before.
	recv(what, { txn = null, optional = false, next = null, as = null,
		rrs = false, has = {}, not = null, far = false } = {}) {
		const response = typeof what === 'number';
		const keep = !as ? [] : ['Via', 'From', 'To', 'CSeq'].map((h) =>
			this.#ereg(h, `${as}_${h.toLowerCase()}`));

		for (const [name, regexp] of Object.entries(has))
			keep.push(this.#ereg(name, `has${++this.#unnamed}`, regexp));
		if (not) {
			this.#kept.add('not');
			keep.push(`<ereg regexp="${not}" search_in="msg" ` +
				'check_it_inverse="true" assign_to="not"/>');
		}
		if (far) {
			keep.push(this.#ereg('To', 'far'));
			this.far = true;
		}

		if (as === 'call')
			keep.push(this.#ereg('Contact', 'whole,target',
				'&lt;([^&gt;]*)&gt;'));

		return this.step(`<recv ${response ? 'response' : 'request'}="${what}"` +
			(response && txn ? ` response_txn="${txn}"` : '') +
			(rrs ? ' rrs="true"' : '') + (optional ? ' optional="true"' : '') +
			(next ? ` next="${next}"` : '') +
			`>${keep.length ? `<action>${keep.join('')}</action>` : ''}</recv>`);
	}

	#ereg(name, to, what = '.*') {
		to.split(',').forEach((v) => this.#kept.add(v));
		return `<ereg regexp="${what}" search_in="hdr" header="${name}:" ` +
			`check_it="true" assign_to="${to}"/>`;
	}

	// Until the test says go(): a word to sipp alone, no message of the call.
	wait(options) {
		return this.recv(GO, options);
	}

	pause(ms) {
		return this.step(`<pause milliseconds="${ms}"/>`);
	}

	label(name) {
		return this.step(`<label id="${name}"/>`);
	}

	// ---- what belongs together -------------------------------------------

	// A caller's INVITE up to its answer.
	invite({ txn = 'call', headers = [], body = this.sdp(), status = 200,
		ack = true } = {}) {
		this.request('INVITE', { txn, headers, body, first: true })
			.recv(100, { txn, optional: true })
			.recv(180, { txn, optional: true })
			.recv(status, { txn, rrs: true });
		return ack ? this.ack({ txn, refused: status >= 300 }) : this;
	}

	ack({ txn = this.last, body = '', refused = false } = {}) {
		return this.request('ACK', { txn, body, retrans: null,
			cseq: this.cseq - 1, attributes: ` ack_txn="${txn}"`,
			first: refused,
			branch: refused ? txn : `${txn}-ack` });
	}

	// A change of the call, answered with that status.
	reinvite({ body = this.sdp(), status = 200, ackBody = '' } = {}) {
		const txn = `re${++this.#unnamed}`;

		return this.request('INVITE', { txn, body })
			.recv(100, { txn, optional: true }).recv(status, { txn })
			.ack({ txn, body: ackBody, refused: status >= 300 });
	}

	bye({ status = 200 } = {}) {
		return this.request('BYE', { txn: 'end' }).recv(status, { txn: 'end' });
	}

	// Where a call that comes to us begins; how the line is doing is asked
	// there, too.
	invited() {
		return this.recv('OPTIONS', { optional: true, next: 'alive' })
			.recv('INVITE', { as: 'call' });
	}

	byed() {
		return this.recv('BYE').reply(200, { inside: true });
	}

	xml() {
		const callee = this.role === 'callee';
		const alive = '<label id="alive"/><send><![CDATA[\nSIP/2.0 200 OK\n' +
			'[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n' +
			'[last_CSeq:]\nContent-Length: 0\n\n]]></send>';

		return '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="x">\n' +
			`${this.steps.join('\n')}\n` +
			(callee ? `<nop next="over"/>\n${alive}\n<label id="over"/>\n` +
				'<pause milliseconds="1"/>\n' : '') +
			(this.#kept.size ? `<Reference variables="${
				[...this.#kept].join()}"/>\n` : '') +
			'</scenario>\n';
	}
}

export const caller = (options) => new Scenario('caller', options);
export const callee = (options) => new Scenario('callee', options);

// Which message of a trace: 'in' or 'out', its method or its status.
export const is = (way, what) => (m) => m.way === way &&
	(m.method === what || m.status === what);

const alive = new Set();

export class Sipp extends EventEmitter {
	messages = []; // { way: 'in' | 'out', at, … of sip.parse }
	#text = '';
	#at = 0;
	#fd = null;

	static async start(scenario, { port = scenario.role === 'caller' ?
		CALLER_PORT : CALLEE_PORT, host = '127.0.0.1', peer = 5060,
	count = 1, options = [], media = scenario.media } = {}) {
		const s = new Sipp();
		const dir = mkdtempSync(path.join(os.tmpdir(), 'sipp-'));
		const callee = scenario.role === 'callee';

		Object.assign(s, { scenario, media, host, port,
			file: path.join(dir, 'messages'), errors: path.join(dir, 'errors') });
		writeFileSync(path.join(dir, 'x.xml'), scenario.xml());
		writeFileSync(s.file, '');
		s.watcher = watch(s.file, () => s.#read());
		s.child = spawn('sipp', [...(callee ? [] : [`127.0.0.1:${peer}`]),
			'-i', host, '-p', String(port), '-sf', path.join(dir, 'x.xml'),
			...(callee ? [] : ['-m', String(count)]), '-bind_local',
			'-nostdin', '-timeout', '90s', '-timeout_error', '-trace_err',
			'-error_file', s.errors, '-trace_msg', '-message_file', s.file,
			'-message_overwrite', 'false', '-t', scenario.transport === 'TCP' ?
				't1' : 'u1', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
		alive.add(s);
		for (const stream of [s.child.stdout, s.child.stderr])
			stream.on('data', (d) => { s.output = (s.output ?? '') + d; });
		s.done = once(s.child, 'close').then(([code, signal]) => {
			alive.delete(s);
			s.#read();
			s.watcher.close();
			if (s.#fd !== null)
				closeSync(s.#fd);
			if (code !== 0)
				throw new Error(`sipp ended with ${code ?? signal}\n${
					s.complaint()}`);
			return s;
		});
		s.done.catch(() => {}); // whoever awaits it still sees it
		await s.#listening();
		return s;
	}

	// It says nothing when it has bound its port.
	async #listening() {
		const own = ` ${bound(this.host, this.port)} 00000000:0000 `;
		const table = `/proc/net/${this.scenario.transport === 'TCP' ? 'tcp' :
			'udp'}`;
		const end = performance.now() + PATIENCE;

		while (!readFileSync(table, 'latin1').includes(own)) {
			if (!alive.has(this)) { // its call may have been a short one
				await this.done;
				return;
			}
			assert.ok(performance.now() < end,
				`sipp at ${this.host}:${this.port}: ${this.complaint()}`);
			await lasts(10);
		}
	}

	static async killAll() {
		for (const s of [...alive]) {
			s.child.kill('SIGKILL');
			await s.done.catch(() => {});
		}
	}

	complaint() {
		const said = existsSync(this.errors) ?
			readFileSync(this.errors, 'utf8') : '';

		return `${said.slice(-3000)}\n${this.messages.slice(-12).map((m) =>
			`${m.way} ${m.method ?? m.status}`).join(', ')}`;
	}

	// A message stands between a line of dashes with the time and the next.
	#read() {
		this.#fd ??= openSync(this.file, 'r');
		const { size } = fstatSync(this.#fd);
		const chunk = Buffer.alloc(Math.max(0, size - this.#at));

		this.#at += readSync(this.#fd, chunk, 0, chunk.length, this.#at);
		this.#text += chunk.toString('latin1');
		const mark = /-{20,} ([-\d]+)[T ]([:.\d]+)\s*\n\w+ message (sent|received)[^\n]*\n\n/g;
		const starts = [...this.#text.matchAll(mark)];

		let end = starts[0]?.index ?? 0;

		for (const m of starts) {
			const from = m.index + m[0].length;
			const length = whole(this.#text.slice(from));

			end = m.index;
			if (length === null)
				break; // the rest of it is on its way
			end = from + length;
			const msg = parse(Buffer.from(this.#text.slice(from, end)
				.replace(/\r?\n/g, '\r\n'), 'latin1'));

			assert.ok(msg, this.#text.slice(from, end));
			msg.way = m[3] === 'sent' ? 'out' : 'in';
			msg.at = Date.parse(`${m[1]}T${m[2].slice(0, 12)}`);
			this.#take(msg);
		}
		this.#text = this.#text.slice(end);
	}

	// Lets a scenario that waits go on. It must be there already: wait for the
	// message before it first.
	async go() {
		const { headers } = await this.got((m) => m.method === 'INVITE', 'INVITE');
		const socket = dgram.createSocket('udp4');

		socket.send(format(`${GO} sip:go SIP/2.0`, [
			['Via', `SIP/2.0/UDP go;branch=z9hG4bK${token()}`],
			['From', '<sip:go>;tag=go'], ['To', '<sip:go>'],
			['Call-ID', headers['call-id']], ['CSeq', `1 ${GO}`]]),
		this.port, this.host, () => socket.close());
	}

	#take(msg) {
		if (msg.method === GO)
			return;
		const sdp = msg.way === 'in' && msg.body && readSdp(msg.body);

		this.messages.push(msg);
		if (sdp && this.media && sdp.port)
			this.media.connect(sdp);
		this.emit('message', msg);
	}

	// The first message that fits, there already or to come.
	got(fits, what = String(fits), within = PATIENCE) {
		const there = this.messages.find(fits);

		return there ? Promise.resolve(there) :
			deadline(new Promise((yes, no) => {
				const look = (m) => {
					if (!fits(m))
						return;
					this.off('message', look);
					yes(m);
				};

				this.on('message', look);
				this.done.catch(no);
			}), within, what).catch((err) => {
				err.message += `\n${this.complaint()}`;
				throw err;
			});
	}

	all(fits) {
		return this.messages.filter(fits);
	}

	// A callee goes on for ever: no more after what is open.
	finish() {
		this.child.kill('SIGUSR1');
		return this.done;
	}
}

// As a socket's own address stands in /proc/net.
function bound(host, port) {
	const hex = (n, digits) => n.toString(16).toUpperCase()
		.padStart(digits, '0');

	return `${host.split('.').reverse().map((n) => hex(Number(n), 2))
		.join('')}:${hex(port, 4)}`;
}

// How long the message is that text begins with; null: not all of it is there.
function whole(text) {
	const head = /^[^]*?\r?\n\r?\n/.exec(text)?.[0];
	const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im
		.exec(head ?? '')?.[1] ?? 0);

	return head && text.length >= head.length + length ?
		head.length + length : null;
}
