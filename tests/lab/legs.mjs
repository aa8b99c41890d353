// Calls without browsers: rtpengine as every operator's browser (ICE, DTLS,
// SRTP), pump.c as microphone and telephone, and the Janus WebSocket and SIP
// sides spoken from here. For benches, where a hundred real browsers would
// measure themselves, and for tests that need operators but no pages.

import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import path from 'node:path';
import WebSocket from 'ws';
import { BUILD, deadline } from './run.mjs';
import * as sip from './sip.mjs';

const WAIT = 30000;

// ---- rtpengine's control protocol: a cookie and a bencoded dictionary -----

function bencode(v) {
	if (typeof v === 'string')
		return `${Buffer.byteLength(v)}:${v}`;
	if (Array.isArray(v))
		return `l${v.map(bencode).join('')}e`;
	return `d${Object.keys(v).sort().map((k) => bencode(k) + bencode(v[k]))
		.join('')}e`;
}

function bdecode(b) {
	let at = 0;
	const value = () => {
		const c = String.fromCharCode(b[at]);

		if (c === 'i') {
			const end = b.indexOf('e', at);
			const n = Number(b.toString('latin1', at + 1, end));

			at = end + 1;
			return n;
		}
		if (c === 'l' || c === 'd') {
			const items = [];

			for (at++; b[at] !== 0x65;)
				items.push(value());
			at++;
			return c === 'l' ? items : Object.fromEntries(
				Array.from({ length: items.length / 2 },
					(_, i) => [items[2 * i], items[2 * i + 1]]));
		}
		const colon = b.indexOf(':', at);
		const start = colon + 1;

		at = start + Number(b.toString('latin1', at, colon));
		return b.toString('utf8', start, at);
	};

	return value();
}

export class Rtpengine {
	#waiting = new Map();

	static async open(address, ports) {
		const r = new Rtpengine();
		const [low, high] = ports.split('-');

		r.child = spawn('rtpengine', ['--config-file=none', '--table=-1',
			`--interface=${address}`, '--listen-ng=127.0.0.1:2223',
			`--port-min=${low}`, `--port-max=${high}`, '--foreground',
			'--num-threads=2', '--log-level=3', '--log-stderr'],
			{ stdio: ['ignore', 'ignore', 'ignore'] });
		r.child.on('exit', (code) => { r.gone = code ?? 'signal'; });
		r.socket = dgram.createSocket('udp4');
		r.socket.on('message', (m) => {
			const space = m.indexOf(' ');
			const cookie = m.toString('latin1', 0, space);

			r.#waiting.get(cookie)?.(bdecode(m.subarray(space + 1)));
			r.#waiting.delete(cookie);
		});
		await r.ask({ command: 'ping' }, 200); // asked again until it listens
		return r;
	}

	async ask(dict, again = 1000) {
		const cookie = sip.token();
		const bytes = Buffer.from(`${cookie} ${bencode(dict)}`);
		const send = () => this.socket.send(bytes, 2223, '127.0.0.1');
		const timer = setInterval(send, again);

		send();
		try {
			const reply = await deadline(new Promise((done) =>
				this.#waiting.set(cookie, done)), WAIT,
				`rtpengine: ${dict.command} (it ended: ${this.gone ?? 'no'})`);

			if (reply.result === 'error')
				throw new Error(`rtpengine: ${reply['error-reason']}`);
			return reply;
		} finally {
			clearInterval(timer);
		}
	}

	async close() {
		const gone = once(this.child, 'exit');

		this.child.kill('SIGTERM');
		this.socket.close();
		await deadline(gone, WAIT, 'the end of rtpengine');
	}
}

// ---- the pump -------------------------------------------------------------

export class Pump extends EventEmitter {
	static open(address, firstPort) {
		const p = new Pump();

		p.child = spawn(path.join(BUILD, 'tests/bench/pump'),
			[address, String(firstPort)],
			{ stdio: ['pipe', 'pipe', 'inherit'] });
		createInterface(p.child.stdout).on('line', (line) => {
			const [word, ...rest] = line.split(' ');

			if (word === 'port')
				p.emit(`port ${rest[0]}`, Number(rest[1]));
			else
				p.emit(word, rest.map(Number));
		});
		p.address = address;
		return p;
	}

	#ask(line, answer) {
		const got = once(this, answer);

		this.child.stdin.write(`${line}\n`);
		return deadline(got, WAIT, `the pump: ${line}`).then(([v]) => v);
	}

	port(id) {
		return this.#ask(`open ${id}`, `port ${id}`);
	}

	to(id, { address, port }) {
		this.child.stdin.write(`to ${id} ${address} ${port}\n`);
	}

	go() {
		return this.#ask('go', 'going');
	}

	async count() {
		const [sent, received, hearing] = await this.#ask('count', 'count');

		return { sent, received, hearing };
	}

	// It has got so much sound, whoever sent it.
	hears(id, ms) {
		return this.#ask(`hear ${id} ${ms / 20}`, 'heard');
	}

	async close() {
		const gone = once(this.child, 'exit');

		this.child.stdin.end();
		await deadline(gone, WAIT, 'the end of the pump');
	}
}

// ---- one page: a WebSocket, a Janus session, a handle ---------------------

// Emits 'event' with what the plugin says.
export class Page extends EventEmitter {
	#waiting = new Map(); // transaction → reply
	#since = [];          // events nobody has asked for yet
	#asked = [];          // { fits, done }
	#candidates = [];

	static async open(url, plugin, token = null) {
		const p = new Page();

		p.token = token;
		p.ws = new WebSocket(url.href ?? url, 'janus-protocol');
		p.ws.on('error', (err) => { p.error = err; });
		p.ws.on('message', (m) => p.#on(JSON.parse(m)));
		await deadline(once(p.ws, 'open'), WAIT, 'the WebSocket');
		p.session = (await p.#ask({ janus: 'create' })).data.id;
		p.handle = (await p.#ask({ janus: 'attach', plugin })).data.id;
		// no answer: Janus has died meanwhile, as some tests want it
		p.alive = setInterval(() => p.#ask({ janus: 'keepalive' })
			.catch(() => {}), 25000);
		return p;
	}

	#ask(message) {
		const transaction = sip.token();
		const all = { ...message, transaction,
			...(this.session && { session_id: this.session }),
			...(this.handle && { handle_id: this.handle }),
			...(this.token && { token: this.token }) };
		const reply = new Promise((done) =>
			this.#waiting.set(transaction, done));

		this.ws.send(JSON.stringify(all));
		return deadline(reply, WAIT, `Janus: ${JSON.stringify(message)}`);
	}

	// The plugin's answer, or the acknowledgement where it answers later.
	async request(body, jsep) {
		const r = await this.#ask({ janus: 'message', body,
			...(jsep && { jsep }) });
		const data = r.plugindata?.data;

		if (data?.otklik === 'error')
			throw new Error(`${body.request}: ${JSON.stringify(data)}`);
		return r;
	}

	#on(m) {
		const waiting = this.#waiting.get(m.transaction);

		if (m.janus === 'error')
			throw new Error(JSON.stringify(m));
		if (waiting) { // the acknowledgement or the answer, then events
			this.#waiting.delete(m.transaction);
			waiting(m);
			if (m.janus !== 'event')
				return;
		}
		if (m.janus === 'trickle') {
			this.#candidates.push(m.candidate);
		} else if (m.plugindata?.data?.event === 'ping') {
			this.ws.send(JSON.stringify({ janus: 'message',
				session_id: this.session, handle_id: this.handle,
				token: this.token ?? undefined, transaction: 'pong',
				body: { request: 'pong', n: m.plugindata.data.n } }));
			return;
		}
		if (m.plugindata?.data?.call?.state === 'RING')
			this.rung = performance.now();
		if (m.plugindata?.data?.event)
			this.emit('event', m.plugindata.data);
		const i = this.#asked.findIndex((a) => a.fits(m));

		if (i >= 0)
			this.#asked.splice(i, 1)[0].done(m);
		else
			this.#since.push(m);
	}

	// The next message that fits, from the last one asked for on.
	until(fits, what) {
		const there = this.#since.findIndex(fits);

		if (there >= 0)
			return Promise.resolve(this.#since.splice(0, there + 1).at(-1));
		return deadline(new Promise((done) =>
			this.#asked.push({ fits, done })), WAIT, what);
	}

	// A full SDP out of an offer or answer and what trickled after it.
	async whole(jsep) {
		if (/a=candidate:/.test(jsep.sdp))
			return jsep.sdp;
		while (!this.#candidates.some((c) => c.completed))
			await this.until((m) => m.janus === 'trickle', 'a candidate');
		return jsep.sdp.trimEnd() + '\r\n' + this.#candidates
			.filter((c) => c.candidate)
			.map((c) => `a=${c.candidate.replace(/^a=/, '')}\r\n`).join('') +
			'a=end-of-candidates\r\n';
	}

	up() {
		return this.until((m) => m.janus === 'webrtcup', 'webrtcup');
	}

	close() {
		clearInterval(this.alive);
		this.ws.terminate();
	}
}

// ---- the browser's half of a leg ------------------------------------------

export class Legs {
	constructor(rtpengine, pump) {
		Object.assign(this, { rtpengine, pump });
	}

	async #plain(id) {
		const port = await this.pump.port(id);

		return sip.writeSdp({ address: this.pump.address, port, pts: [8],
			session: id + 1 });
	}

	// Janus maps RTP by the announced SSRC (FIRST_SSRC of stamp.h), and asks
	// for the stream's name.
	#announced(sdp, id, mid) {
		const has = /a=mid:/.test(sdp);

		return sdp.trimEnd() + '\r\n' + (has ? '' : `a=mid:${mid}\r\n`) +
			`a=ssrc:${0x0b000000 + id} cname:bench\r\n`;
	}

	// Janus offers: @return the answer for it
	async answer(id, offer) {
		const call = crypto.randomUUID();
		const mid = offer.match(/a=mid:(\S+)/)?.[1] ?? '0';
		const near = await this.rtpengine.ask({ command: 'offer',
			'call-id': call, 'from-tag': 'janus', sdp: offer,
			'transport-protocol': 'RTP/AVP', ICE: 'remove',
			'rtcp-mux': ['demux'], flags: ['trust-address'] });
		const far = await this.rtpengine.ask({ command: 'answer',
			'call-id': call, 'from-tag': 'janus', 'to-tag': 'pump',
			sdp: await this.#plain(id), ICE: 'force', DTLS: 'passive',
			'rtcp-mux': ['accept'], flags: ['trust-address'] });

		this.pump.to(id, sip.readSdp(near.sdp));
		return { type: 'answer', sdp: this.#announced(far.sdp, id, mid) };
	}

	// We offer to Janus: @return what to send, and what to do with its answer
	async offer(id) {
		const call = crypto.randomUUID();
		const out = await this.rtpengine.ask({ command: 'offer',
			'call-id': call, 'from-tag': 'pump', sdp: await this.#plain(id),
			'transport-protocol': 'UDP/TLS/RTP/SAVPF', ICE: 'force',
			DTLS: 'passive', 'rtcp-mux': ['offer', 'require'],
			flags: ['trust-address'] });

		return {
			jsep: { type: 'offer', sdp: this.#announced(out.sdp, id, '0') },
			accept: async (answer) => {
				const near = await this.rtpengine.ask({ command: 'answer',
					'call-id': call, 'from-tag': 'pump', 'to-tag': 'janus',
					sdp: answer, ICE: 'remove', flags: ['trust-address'] });

				this.pump.to(id, sip.readSdp(near.sdp));
			},
		};
	}
}

// ---- the trunk: calls, and a registrar for who wants one ------------------

export class Trunk {
	contacts = new Map(); // user → where to reach it
	#calls = new Map();   // Call-ID → call

	static async open(address, port, pump) {
		const t = new Trunk();

		Object.assign(t, { address, port, pump });
		t.socket = dgram.createSocket('udp4');
		t.socket.bind(port, address);
		await once(t.socket, 'listening');
		t.socket.on('message', (m, from) => t.#on(m, from));
		return t;
	}

	close() {
		this.socket.close();
	}

	#reply(msg, from, extra = []) {
		const h = (n) => sip.header(msg, n);

		this.#send(sip.format('SIP/2.0 200 OK', [['Via', msg.headers.via],
			['From', h('from')], ['To', /;tag=/.test(h('to')) ? h('to') :
				`${h('to')};tag=${sip.token()}`],
			['Call-ID', h('call-id')], ['CSeq', h('cseq')], ...extra]), from);
	}

	#send(bytes, { address, port }) {
		this.socket.send(bytes, port, address);
	}

	#on(bytes, from) {
		const msg = sip.parse(bytes);

		if (!msg)
			return;
		if (msg.method === 'REGISTER') {
			this.contacts.set(sip.userOf(sip.header(msg, 'to')),
				{ uri: sip.uriOf(sip.header(msg, 'contact')), ...from });
			this.#reply(msg, from, [['Contact', `${sip.header(msg, 'contact')}` +
				';expires=3600'], ['Expires', '3600']]);
		} else if (msg.method && msg.method !== 'ACK') {
			this.#reply(msg, from);
		} else if (msg.status) {
			this.#response(msg, from);
		}
	}

	#response(msg, from) {
		const call = this.#calls.get(sip.header(msg, 'call-id'));

		if (!call || msg.status < 200)
			return;
		const target = sip.uriOf(sip.header(msg, 'contact')) || call.uri;

		this.#send(sip.format(`ACK ${msg.status < 300 ? target : call.uri} ` +
			'SIP/2.0', [['Via', msg.status < 300 ? this.#via() : call.via],
			['Max-Forwards', '70'], ['From', call.from],
			['To', sip.header(msg, 'to')], ['Call-ID', call.id],
			['CSeq', '1 ACK']]), from);
		if (msg.status < 300 && !call.up) {
			call.up = true;
			this.pump.to(call.stream, sip.readSdp(msg.body));
			call.done();
		} else if (msg.status >= 300) {
			call.fail(new Error(`the call: ${msg.status} ${msg.reason}`));
		}
	}

	#via() {
		return `SIP/2.0/UDP ${this.address}:${this.port}` +
			`;rport;branch=z9hG4bK${sip.token()}`;
	}

	// Calls uri at a socket address, with a stream of the pump; resolves when
	// it is answered.
	async call(uri, at, stream) {
		const call = { id: `${sip.token()}@bench`, uri, stream,
			via: this.#via(), from: `<sip:+7918${1000000 + stream}@` +
				`${this.address}>;tag=${sip.token()}` };
		const answered = new Promise((done, fail) =>
			Object.assign(call, { done, fail }));
		const sdp = sip.writeSdp({ address: this.address,
			port: await this.pump.port(stream), session: stream + 1 });
		const invite = sip.format(`INVITE ${uri} SIP/2.0`, [
			['Via', call.via], ['Max-Forwards', '70'], ['From', call.from],
			['To', `<${uri}>`], ['Call-ID', call.id], ['CSeq', '1 INVITE'],
			['Contact', `<sip:bench@${this.address}:${this.port}>`],
			['Content-Type', 'application/sdp']], sdp);

		this.#calls.set(call.id, call);
		this.#send(invite, at);
		return deadline(answered, WAIT, `the answer of ${uri}`);
	}
}
