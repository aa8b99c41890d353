// A server that behaves like ours towards the page and can be told to fail:
// HTTPS with the real templates, /api/phone, drafts, and Janus' WebSocket
// with our plugin's protocol. No media: the offer leads nowhere.

import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';

import { CSP, TMP, file, page } from './render.mjs';
import { people, states } from './states.mjs';

const OFFER = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
	'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 8 0 101',
	'c=IN IP4 127.0.0.1', 'a=mid:0', 'a=sendrecv', 'a=rtcp-mux',
	'a=ice-ufrag:abcd', 'a=ice-pwd:0123456789012345678901',
	'a=ice-options:trickle', 'a=setup:actpass',
	`a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
	'a=rtpmap:8 PCMA/8000', 'a=rtpmap:0 PCMU/8000',
	'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15',
	'a=msid:otklik audio', 'a=ssrc:7 cname:otklik', ''].join('\r\n');

function certificate() {
	const key = path.join(TMP, 'key.pem'), cert = path.join(TMP, 'cert.pem');

	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj',
		'/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
	return { key: readFileSync(key), cert: readFileSync(cert) };
}

// Longer than any pause of a busy machine.
export const PATIENCE = 30000;

export class Fake extends EventEmitter {
	#sockets = new Set();
	#sessions = new Map();
	#ids = 100;

	// As it was at first.
	reset() {
		this.forget();
		this.tokens = 0;
		this.drop();
		this.#sessions.clear();
	}

	// As it was at first, but for who is connected.
	forget() {
		Object.assign(this, {
			requests: [],      // bodies that reached the plugin
			replies: {},       // request name -> data instead of ok
			state: states.inactive, // sent after hello, sync and start
			forgetful: false,  // claims fail: Janus was restarted
			closed: false,     // the WebSocket is refused
			slow: false,       // hanging up takes its time
			draft: 204,        // status of the next drafts
			drafts: [],
			journal: [],       // HDF lines of the journal page
			card: [],          // and of the card
			fails: [],         // the next [method, path, status, html, headers]
			asks: [],          // "method path" of what pages were asked for
			filters: [],       // what the journal was filtered by
		});
	}

	static async open() {
		const fake = new Fake();

		fake.reset();
		await fake.#listen();
		return fake;
	}

	async #listen() {
		const made = certificate();

		// By this a browser knows it; of one that is merely forgiven it
		// caches nothing.
		this.key = createHash('sha256').update(new X509Certificate(made.cert)
			.publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
		this.server = https.createServer(made,
			(req, res) => this.#http(req, res));
		const wss = new WebSocketServer({ noServer: true });

		this.server.on('upgrade', (req, socket, head) => {
			if (this.closed || !req.url.startsWith('/janus'))
				return socket.destroy();
			wss.handleUpgrade(req, socket, head, (ws) => this.#socket(ws));
		});
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		this.url = `https://localhost:${this.server.address().port}`;
	}

	close() {
		this.drop();
		this.server.closeAllConnections();
		this.server.close();
	}

	#http(req, res) {
		const url = new URL(req.url, this.url);
		const send = (status, type, body, headers = {}) => {
			res.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`,
				'Content-Security-Policy': CSP, ...headers });
			res.end(body);
		};
		const framed = req.headers['hx-request'] ? ['Framed=1'] : [];
		const at = this.fails.findIndex(([method, where]) =>
			method === req.method && where === url.pathname);

		this.asks.push(`${req.method} ${url.pathname}`);
		if (at >= 0) {
			const [[, , status, html, headers]] = this.fails.splice(at, 1);

			return send(status, 'text/html', html, headers);
		}

		if (url.pathname === '/' && req.method === 'POST')
			return this.#filtered(req, send, framed);
		if (url.pathname === '/')
			return send(200, 'text/html',
				page('journal', { more: [...this.journal, ...framed] }));
		if (url.pathname === '/login')
			return send(200, 'text/html', page('login'));
		if (url.pathname === '/scenarios')
			return send(200, 'text/html', '');
		if (url.pathname === '/favicon.ico')
			return send(200, 'image/x-icon', '');
		if (url.pathname === '/api/phone')
			return send(200, 'application/json', JSON.stringify({
				ws: '/janus', door: 'door', user: `user${++this.tokens}`,
				user_id: 7, extension: '1001', phone: true }));
		if (url.pathname === '/api/directory')
			return send(200, 'application/json', JSON.stringify([
				{ queue: 1, name: 'Горячая линия' }]));
		if (url.pathname === '/api/draft' ||
			url.pathname.endsWith('/draft'))
			return this.#draft(req, res);
		if (url.pathname.startsWith('/appeal')) {
			const id = url.pathname.split('/')[2];

			if (req.method === 'POST' && !id)
				return send(303, 'text/plain', '', { Location: '/appeal/7' });
			return send(200, 'text/html', page('appeal',
				{ more: [`Card.Id=${id}`, ...this.card, ...framed] }));
		}
		const found = file(url.pathname);

		return found ? send(200, found.type, found.body,
			{ 'Cache-Control': 'max-age=3600, immutable' })
			: send(404, 'text/plain', '');
	}

	// The journal says what it was filtered by, and in the form again.
	async #filtered(req, send, framed) {
		const fields = new URLSearchParams(await text(req));
		const lines = ['Filter.Posted=1'];

		fields.delete('csrf');
		this.filters.push(Object.fromEntries(fields));
		[...fields].filter(([, value]) => value).forEach(([name, value], i) =>
			lines.push(`Filter.Used.${i}.Name=${name}`,
				`Filter.Used.${i}.Value=${value}`,
				`Filter.${name[0].toUpperCase()}${name.slice(1)}=${value}`));
		send(200, 'text/html', page('journal',
			{ more: [...this.journal, ...lines, ...framed] }));
	}

	async #draft(req, res) {
		const body = await text(req);

		this.drafts.push({ text: body, csrf: req.headers['x-csrf'] });
		res.writeHead(this.draft);
		res.end();
		this.emit('draft', body);
	}

	#socket(ws) {
		this.#sockets.add(ws);
		ws.on('close', () => this.#sockets.delete(ws));
		ws.on('message', (data) => this.#janus(ws, JSON.parse(data)));
	}

	#janus(ws, m) {
		const answer = (body) => ws.send(JSON.stringify(
			{ transaction: m.transaction, session_id: m.session_id, ...body }));
		const session = this.#sessions.get(m.session_id);

		this.emit(`janus:${m.janus}`, m);
		switch (m.janus) {
		case 'create':
			this.#sessions.set(++this.#ids, { id: this.#ids, ws, seq: 0 });
			return answer({ janus: 'success', data: { id: this.#ids } });
		case 'claim':
			if (!session || this.forgetful)
				return answer({ janus: 'error',
					error: { code: 458, reason: 'No such session' } });
			session.ws = ws;
			return answer({ janus: 'success' });
		case 'attach':
			session.handle = ++this.#ids;
			return answer({ janus: 'success', data: { id: session.handle } });
		case 'message':
			return this.#message(session, m, answer);
		case 'hangup':
			answer({ janus: 'success' });
			if (!this.slow)
				this.core('hangup', { reason: 'Janus API' }, session);
			return;
		default: // keepalive, trickle, destroy
			return answer({ janus: 'ack' });
		}
	}

	#message(session, { body, jsep }, answer) {
		const { request } = body;

		this.requests.push(body);
		answer({ janus: 'success', plugindata: {
			plugin: 'janus.plugin.otklik',
			data: this.replies[request] ?? { otklik: 'ok' } } });
		if (!this.replies[request] && ['hello', 'start'].includes(request))
			this.session = session;
		if (!this.replies[request] && request === 'hello') {
			this.push('presence', { users: people, full: true });
		}
		if (!this.replies[request] && request === 'start')
			this.push('offer', {}, { type: 'offer', sdp: OFFER });
		if (!this.replies[request] && ['hello', 'sync'].includes(request))
			this.show(this.state);
		this.emit(request, body, jsep);
	}

	// to the page that said hello or started last
	push(event, body, jsep, skip = 0, session = this.session) {
		session.seq += 1 + skip;
		session.ws.send(JSON.stringify({ janus: 'event',
			session_id: session.id, sender: session.handle, jsep,
			plugindata: { plugin: 'janus.plugin.otklik', data: {
				...body, otklik: 'event', event, seq: session.seq } } }));
	}

	show(state, session = this.session) {
		this.state = state;
		this.push('state', { ...state, now: Date.now() }, undefined, 0,
			session);
	}

	core(janus, more = {}, session = this.session) {
		session.ws.send(JSON.stringify({ janus, session_id: session.id,
			sender: session.handle, ...more }));
	}

	drop() {
		for (const ws of this.#sockets)
			ws.terminate();
	}

	// The next one that fits, from now on. Several may come in one moment:
	// who waits for a series says so in `fits`, not by asking again.
	asked(name, fits = () => true) {
		const came = new Promise((done, fail) => {
			const look = (what) => {
				if (!fits(what))
					return;
				clearTimeout(timer);
				this.off(name, look);
				done(what);
			};
			const timer = setTimeout(() => {
				this.off(name, look);
				fail(new Error(`nobody asked for ${name}`));
			}, PATIENCE);

			this.on(name, look);
		});

		came.catch(() => {}); // whoever awaits it still sees it
		return came;
	}

	get sessions() { return this.#sessions.size; }

	seen(name) {
		return this.requests.filter((r) => r.request === name);
	}
}
