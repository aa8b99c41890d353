// A SIP endpoint that does exactly what it is told, message by message: no
// retransmission, no transaction, no opinion. And sip_echo, the other side.

import crypto from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { BUILD, deadline } from '../lab/run.mjs';
import { cseq, format, header, param, parse, token, uriOf, writeSdp }
	from '../lab/sip.mjs';

export const is = (method) => (m) => m.method === method;

// Things that arrive and those who wait for them. What nobody has taken
// stays, so an event that came early is not lost.
class Box {
	#kept = [];
	#waiting = [];

	put(item) {
		const i = this.#waiting.findIndex((w) => w.fits(item));

		if (i < 0)
			this.#kept.push(item);
		else
			this.#waiting.splice(i, 1)[0].done(item);
	}

	take(fits, ms, what) {
		const i = this.#kept.findIndex(fits);

		if (i >= 0)
			return Promise.resolve(this.#kept.splice(i, 1)[0]);
		return deadline(new Promise((done) =>
			this.#waiting.push({ fits, done })), ms, what)
			.catch((err) => {
				this.#waiting = this.#waiting.filter((w) => w.fits !== fits);
				throw err;
			});
	}

	has(fits) {
		return this.#kept.some(fits);
	}

	clear() {
		this.#kept = [];
	}
}

export class Ua {
	#box = new Box();
	static #open = new Set();

	// tcp: connects. tls: what node's tls wants to know; listen: is connected
	// to and answers where it was asked, else connects.
	static async open({ host = '127.0.0.1', port = 5080, tcp = false, tls: how,
		listen = false,
		peer = { host: '127.0.0.1', port: how ? 5061 : 5060 } } = {}) {
		const ua = new Ua();

		Object.assign(ua, { host, port, tcp: tcp || !!how, peer,
			protocol: how ? 'tls' : tcp ? 'tcp' : 'udp', hellos: 0, asked: 0,
			sockets: new Set(), news: new EventEmitter() });
		Ua.#open.add(ua);
		if (listen) {
			ua.server = tls.createServer(how, (s) => ua.#stream(s));
			ua.server.on('connection', (s) => {
				ua.hellos++;
				ua.news.emit('news');
				s.on('close', () => ua.news.emit('news'));
			});
			ua.server.on('tlsClientError', () => {}); // counted above
			await new Promise((done, no) => {
				ua.server.once('error', no);
				ua.server.listen(port, host, done);
			});
		} else if (ua.tcp) {
			const to = { host: peer.host, port: peer.port, localAddress: host };

			ua.socket = how ? tls.connect({ ...to, ...how }) :
				net.connect(to);
			await new Promise((done, no) => {
				ua.socket.once(how ? 'secureConnect' : 'connect', done);
				ua.socket.once('error', no);
			});
			ua.port = ua.socket.localPort;
			ua.socket.on('close', () => { ua.closed = true; });
			ua.#stream(ua.socket);
		} else {
			ua.socket = dgram.createSocket('udp4');
			await new Promise((done, no) => {
				ua.socket.once('error', no);
				ua.socket.bind(port, host, done);
			});
			ua.socket.on('message', (data) => ua.#arrived(data));
		}
		return ua;
	}

	#stream(socket) {
		let have = Buffer.alloc(0);

		this.socket = socket;
		this.sockets.add(socket);
		socket.on('close', () => this.sockets.delete(socket));
		socket.on('error', () => {}); // shown as "closed"
		socket.on('data', (data) => {
			have = this.#cut(Buffer.concat([have, data]), socket);
		});
	}

	#arrived(data, socket = this.socket) {
		const msg = parse(data);

		if (!msg)
			return;
		msg.socket = socket;
		msg.at = performance.now();
		if (msg.method === 'OPTIONS' && !this.mute) {
			this.asked++;
			this.reply(msg, 200); // the trunk's own question
			this.news.emit('news');
		} else if (!this.on?.(msg)) // true: somebody has dealt with it
			this.#box.put(msg);
	}

	#cut(have, socket) {
		for (;;) {
			const cut = have.indexOf('\r\n\r\n');

			if (cut < 0)
				return have;
			const length = Number(/\r\n(?:content-length|l)\s*:\s*(\d+)/i
				.exec(have.subarray(0, cut).toString())?.[1] ?? 0);

			if (have.length < cut + 4 + length)
				return have;
			this.#arrived(have.subarray(0, cut + 4 + length), socket);
			have = have.subarray(cut + 4 + length);
		}
	}

	send(data, peer = this.peer, socket = this.socket) {
		if (this.tcp)
			socket.write(data);
		else
			this.socket.send(data, peer.port, peer.host);
	}

	next(fits, what, ms = 20000) {
		return this.#box.take(fits, ms, what);
	}

	// What was asked and answered here is as `is` wants it.
	async until(is, what, ms = 20000) {
		let look;

		await deadline(new Promise((done) => {
			look = () => is() && done();
			this.news.on('news', look);
			look();
		}), ms, what).finally(() => this.news.off('news', look));
	}

	has(fits) {
		return this.#box.has(fits);
	}

	forget() {
		this.#box.clear();
	}

	get via() {
		return `SIP/2.0/${this.protocol.toUpperCase()} ${this.host}:${this.port}`;
	}

	get contact() {
		return `<sip:ua@${this.host}:${this.port}${
			this.tcp ? `;transport=${this.protocol}` : ''}>`;
	}

	sdp(direction = 'sendrecv', address = this.host, port = 30000) {
		return writeSdp({ address, port, direction });
	}

	// A response to msg. tag: of To, where it has none yet.
	reply(msg, status, { tag = 'callee', body = '', contact = this.contact,
		headers = [] } = {}) {
		const to = header(msg, 'to');

		this.send(format(`SIP/2.0 ${status} Text`, [
			['Via', msg.headers.via], ['From', header(msg, 'from')],
			['To', param(to, 'tag') || status === 100 ? to :
				`${to};tag=${tag}`],
			['Call-ID', header(msg, 'call-id')], ['CSeq', header(msg, 'cseq')],
			...[contact].flat().map((c) => ['Contact', c]),
			...headers,
			...(body ? [['Content-Type', 'application/sdp']] : [])], body),
		this.peer, msg.socket);
	}

	// Its connections break; those that come later are taken.
	cut() {
		for (const socket of this.sockets)
			socket.destroy();
	}

	close() {
		if (!Ua.#open.delete(this))
			return;
		this.server?.close();
		this.cut();
		if (!this.tcp)
			this.socket.close();
	}

	static closeAll() {
		for (const ua of Ua.#open)
			ua.close();
	}
}

// One dialog of a Ua. Caller: new Call(ua).invite(…). Callee: Call.of(msg).
export class Call {
	constructor(ua, { number = '78652000000', from = '+79161234567' } = {}) {
		this.ua = ua;
		this.id = `${token()}@${ua.host}`;
		this.uri = `sip:${number}@${ua.peer.host}:${ua.peer.port}`;
		this.local = `<sip:${from}@${ua.host}>;tag=${token()}`;
		this.remote = `<${this.uri}>`;
		this.seq = 0;
	}

	static of(ua, msg, tag = token()) {
		const call = new Call(ua);

		call.id = header(msg, 'call-id');
		call.uri = uriOf(header(msg, 'contact'));
		call.local = `${header(msg, 'to')};tag=${tag}`;
		call.remote = header(msg, 'from');
		call.tag = tag;
		call.seq = 100;
		return call;
	}

	// body: SDP, or with type something else
	request(method, { body = '', type = 'application/sdp', contact, headers = [],
		seq, branch = `z9hG4bK${token()}`, ua = this.ua } = {}) {
		const number = seq ?? ++this.seq;
		const contacts = contact === undefined &&
			/INVITE|UPDATE/.test(method) ? [ua.contact] :
			[contact ?? []].flat();

		ua.send(format(`${method} ${this.uri} SIP/2.0`, [
			['Via', `${ua.via};branch=${branch};rport`],
			['Max-Forwards', '70'], ['From', this.local], ['To', this.remote],
			['Call-ID', this.id], ['CSeq', `${number} ${method}`],
			...contacts.map((c) => ['Contact', c]), ...headers,
			...(body ? [['Content-Type', type]] : [])], body));
		return { method, number, branch };
	}

	// The next response of this dialog to the request; takes over the tag.
	async response(to, fits = (s) => s >= 200, what = '') {
		const msg = await this.ua.next((m) => m.status && fits(m.status) &&
			header(m, 'call-id') === this.id &&
			cseq(m).number === to.number && cseq(m).method === to.method,
		`${what} response to ${to.method}`);

		if (param(header(msg, 'to'), 'tag')) {
			this.remote = header(msg, 'to');
			if (msg.status < 300 && header(msg, 'contact'))
				this.target = uriOf(header(msg, 'contact'));
		}
		return msg;
	}

	incoming(method, ms) {
		return this.ua.next((m) => m.method === method &&
			header(m, 'call-id') === this.id, `${method} for us`, ms);
	}

	// For a refusal the ACK belongs to the transaction: same branch.
	ack(to, { refused = false, body = '' } = {}) {
		this.request('ACK', { seq: to.number, body,
			...(refused ? { branch: to.branch } : {}) });
	}

	// The whole way to a call that is up. @return the 200
	async up(options = {}) {
		const sent = this.request('INVITE', { body: this.ua.sdp(), ...options });
		const ok = await this.response(sent);

		if (ok.status === 200)
			this.ack(sent);
		return ok;
	}

	async bye() {
		return this.response(this.request('BYE'));
	}
}

const hash = (name, text) => crypto.createHash(name).update(text).digest('hex');

// A registrar of one account: challenges, checks, remembers the Contact.
export class Registrar {
	constructor(ua, { user = 'tfoms', secret = 'p:a s"s', realm = 'lab',
		algorithms = ['SHA-256', 'MD5'], status = 200, extra = [] } = {}) {
		Object.assign(this, { ua, user, secret, realm, algorithms, status,
			extra, seen: [], good: 0, wrong: 0 });
		this.nonce = crypto.randomBytes(8).toString('hex');
		ua.on = (m) => m.method === 'REGISTER' && (this.answer(m), true);
	}

	challenges() {
		return this.algorithms.map((a) => `Digest realm="${this.realm}",` +
			` nonce="${this.nonce}", algorithm=${a}, qop="auth", opaque="o"`);
	}

	right(text, method) {
		const f = (name) => new RegExp(`\\b${name}="?([^",]*)"?`)
			.exec(text)?.[1] ?? '';
		const algo = f('algorithm') === 'SHA-256' ? 'sha256' : 'md5';
		const h = (t) => hash(algo, t);

		this.used = f('algorithm');
		return f('realm') === this.realm && f('nonce') === this.nonce &&
			f('response') === h([h(`${this.user}:${this.realm}:${this.secret}`),
				this.nonce, f('nc'), f('cnonce'), 'auth',
				h(`${method}:${f('uri')}`)].join(':'));
	}

	answer(m) {
		this.#answer(m);
		this.ua.news.emit('news');
	}

	#answer(m) {
		const text = header(m, 'authorization');

		this.seen.push(m);
		if (this.silent)
			return;
		if (this.status !== 200) {
			this.ua.reply(m, this.status, { headers: this.extra });
		} else if (!text || !this.right(text, 'REGISTER')) {
			this.wrong += text ? 1 : 0;
			this.ua.reply(m, 401, { headers: this.challenges()
				.map((c) => ['WWW-Authenticate', c]) });
		} else {
			this.good++;
			this.contact = header(m, 'contact');
			this.ua.reply(m, 200, { contact: `${this.contact};expires=${
				param(this.contact, 'expires') ||
				header(m, 'expires') || 600}` });
		}
	}
}

// sip_echo. Its settings and orders are in sip_echo.c: echo.say('answer 50').
export class Echo {
	#box = new Box();
	static #alive = new Set();

	// leaky: a sanitizer is to overlook what is left at the end
	static async start({ t1 = 50, peer = '127.0.0.1:5080', port = 5060,
		leaky = false, args = [] } = {}) {
		const echo = new Echo();
		const asan = process.env.ASAN_OPTIONS ?? '';

		echo.child = spawn(path.join(process.env.SIP_BUILD ?? BUILD,
			'tests/sip/sip_echo'),
		['-p', String(port), '-P', peer, '-t', String(t1), ...args],
		{ stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env,
			ASAN_OPTIONS: `${asan}:detect_leaks=${leaky ? 0 : 1}` } });
		echo.exited = new Promise((done) =>
			echo.child.on('exit', (code, signal) => done(signal ?? code)));
		Echo.#alive.add(echo);
		echo.exited.then((how) => {
			echo.how = how;
			Echo.#alive.delete(echo);
		});
		echo.lines = [];
		createInterface({ input: echo.child.stdout }).on('line', (text) => {
			const [kind, id, status] = text.split(' ');

			echo.lines.push(text);
			echo.#box.put({ kind, id: Number(id), status: Number(status),
				text });
		});
		const open = await echo.event('OPEN');

		if (open.id !== 0)
			throw new Error(`sip_echo: ${open.text}`);
		return echo;
	}

	static async killAll() {
		for (const echo of [...Echo.#alive]) {
			echo.child.kill('SIGKILL');
			await echo.exited;
		}
	}

	say(text) {
		this.child.stdin.write(`${text}\n`);
	}

	// Resolves when they hold: orders and packets come in on two threads.
	async set(settings) {
		for (const [name, value] of Object.entries(settings))
			this.say(`${name} ${value}`);
		await this.stats();
	}

	event(kind, { id, ms = 20000, fits = () => true } = {}) {
		return this.#box.take((e) => e.kind === kind &&
			(id === undefined || e.id === id) && fits(e), ms,
		`${kind} at sip_echo`);
	}

	// No dialog is left, neither a call nor the end of one.
	async idle(ms = 30000) {
		this.say('idle');
		await this.event('IDLE', { ms });
	}

	forget() {
		this.#box.clear();
	}

	// Events of a kind that came so far, taken or not.
	count(kind, id) {
		return this.lines.filter((l) => l.startsWith(`${kind} ${id} `)).length;
	}

	async stats() {
		this.say('stats');
		const { text } = await this.event('STATS');

		return Object.fromEntries(text.split(' ').slice(1)
			.map((p) => p.split(':')).map(([k, v]) => [k, Number(v)]));
	}

	// @return { how it exited, ms that cc_sip_close took }
	async close() {
		this.say('quit');
		const closed = await this.event('CLOSED');

		return { how: await deadline(this.exited, 20000, 'exit of sip_echo'),
			ms: closed.id };
	}
}
