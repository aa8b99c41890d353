// link.js - the page's one Janus session, kept through every loss.
//
// A lost WebSocket does not end a call (the plugin owns it): we claim the
// session again, and only when Janus no longer knows it do we start anew and
// say hello. The door token lives as long as the longest shift; the user
// token is asked for again before every hello, it works once.

import Janus from '../../vendor/janus/janus.es.js';
import { delay } from './backoff.js';

const PLUGIN = 'janus.plugin.otklik';
const STEP_MS = 8000;      // one step of signing in
const CLAIM_MS = 100000;   // Janus keeps a session for 120 s
const SILENT_LEG_MS = 4000;   // questions come every 0.7 s with a leg,
const SILENT_MS = 65000;      // every 20 s without

let socket = null; // the WebSocket of now, seen from outside janus.js
let heard = 0;

// janus.js keeps its listeners on a socket it has given up: a late `close`
// of the old one would mark the new one as lost.
class Socket extends WebSocket {
	#listeners = [];

	constructor(url, protocol) {
		super(url, protocol);
		socket = this;
		heard = Date.now();
		super.addEventListener('message', () => {
			heard = Date.now();
		});
	}

	addEventListener(type, listener) {
		this.#listeners.push([type, listener]);
		super.addEventListener(type, listener);
	}

	abandon() {
		for (const [type, listener] of this.#listeners)
			this.removeEventListener(type, listener);
		this.close();
	}
}

let ready;

function library() {
	const [, browser, version] = /(Firefox|Chrome)\/(\d+)/
		.exec(navigator.userAgent) ?? [null, 'Chrome', '0'];

	ready ??= new Promise((done) => Janus.init({
		debug: false,
		dependencies: Janus.useDefaultDependencies({
			WebSocket: Socket,
			adapter: { browserDetails: {
				browser: browser.toLowerCase(),
				version: Number(version),
			} },
		}),
		callback: done,
	}));
	return ready;
}

export class RequestError extends Error {
	constructor(code, text) {
		super(text || code);
		this.code = code;
		this.text = text;
	}
}

function inTime(promise, what) {
	let timer;
	const late = new Promise((_, no) => {
		timer = setTimeout(() => no(new RequestError('LATE', what)), STEP_MS);
	});

	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Waits, but no longer than until the network or the user is back.
function pause(ms) {
	return new Promise((done) => {
		const go = () => {
			clearTimeout(timer);
			removeEventListener('online', go);
			document.removeEventListener('visibilitychange', go);
			done();
		};
		const timer = setTimeout(go, ms);

		addEventListener('online', go);
		document.addEventListener('visibilitychange', go);
	});
}

export class Link {
	#on;
	#page;
	#janus = null;
	#handle = null;
	#seq = 0;
	#up = false;
	#ended = false;
	#working = false;
	#watch = null;

	// on: { up(fresh), lost(), live(), closed(code), event(data),
	//       offer(jsep), remote(track), media(up) }
	constructor(page, on) {
		this.#page = page;
		this.#on = on;
	}

	get up() { return this.#up; }
	get handle() { return this.#handle; }
	get pc() { return this.#handle?.webrtcStuff.pc ?? null; }

	// Until it is connected or the server says no.
	async open(takeover = false) {
		if (this.#working)
			return;
		this.#working = true;
		this.#ended = false;
		try {
			await this.#signIn(takeover);
		} finally {
			this.#working = false;
		}
	}

	async #signIn(takeover) {
		for (let attempt = 0; !this.#ended; attempt++) {
			try {
				await this.#fresh(takeover);
				this.#isUp(true);
				return;
			} catch (err) {
				this.#drop();
				if (err.code === 'LIVE_ELSEWHERE') {
					this.#on.live(); // asks, then opens again
					return;
				}
				if (err.code === 'LOGIN')
					return this.#end('LOGIN');
				if (attempt === 0)
					this.#on.lost();
			}
			await pause(delay(attempt));
		}
	}

	async #grant() {
		const answer = await fetch('/api/phone', {
			cache: 'no-store',
			headers: { Accept: 'application/json' },
			signal: AbortSignal.timeout(STEP_MS),
			redirect: 'manual',
		});

		if (answer.status === 401 || answer.type === 'opaqueredirect')
			throw new RequestError('LOGIN');
		if (!answer.ok)
			throw new RequestError('HTTP', String(answer.status));
		return answer.json();
	}

	async #fresh(takeover) {
		await library();
		const grant = await this.#grant();

		if (this.#ended)
			throw new RequestError('ENDED');
		const janus = await inTime(this.#session(grant), 'create');

		this.#janus = janus;
		this.#seq = 0;
		this.#handle = await inTime(this.#attach(janus), 'attach');
		await this.#send({
			request: 'hello', token: grant.user, page: this.#page, takeover,
		});
	}

	#session(grant) {
		return new Promise((yes, no) => {
			const janus = new Janus({
				server: `wss://${location.host}${grant.ws}`,
				token: grant.door,
				iceServers: [],
				destroyOnUnload: false,
				keepAlivePeriod: 25000,
				success: () => yes(janus),
				error: (why) => {
					no(new RequestError('JANUS', why));
					if (this.#janus === janus)
						this.#lost();
				},
			});
		});
	}

	#attach(janus) {
		return new Promise((yes, no) => janus.attach({
			plugin: PLUGIN,
			success: yes,
			error: (why) => no(new RequestError('JANUS', why)),
			onmessage: (data, jsep) => this.#message(data, jsep),
			onremotetrack: (track, mid, added, meta) => {
				if (added && meta?.reason === 'created')
					this.#on.remote(track);
			},
			webrtcState: (up) => this.#on.media(up),
			ondetached: () => this.#gone(),
			iceState: () => {},
		}));
	}

	#message(data, jsep) {
		if (data?.otklik !== 'event')
			return;
		if (data.event === 'ping') {
			this.#handle?.send({
				message: { request: 'pong', n: data.n },
			});
			if (data.seq === undefined)
				return;
		}
		if (data.event === 'offer') // has no number: it waits for ICE
			return this.#on.offer(jsep);
		if (data.seq <= this.#seq)
			return; // seen before the loss
		if (this.#seq && data.seq !== this.#seq + 1)
			this.request({ request: 'sync' }).catch(() => {});
		this.#seq = data.seq;
		if (data.event !== 'ping')
			this.#on.event(data);
	}

	#send(message, jsep) {
		const handle = this.#handle;

		return inTime(new Promise((yes, no) => handle.send({
			message,
			jsep,
			success: (data) => {
				if (data?.otklik === 'error')
					no(new RequestError(data.code, data.text));
				else
					yes(data);
			},
			error: (why) => no(new RequestError('JANUS', why)),
		})), message.request);
	}

	// One request; rejects with code and text of the server, or OFFLINE.
	request(message, jsep) {
		if (!this.#up || !this.#handle)
			return Promise.reject(new RequestError('OFFLINE'));
		return this.#send(message, jsep);
	}

	#isUp(fresh) {
		this.#up = true;
		this.#watch ??= setInterval(() => this.#look(), 1000);
		this.#on.up(fresh);
	}

	// A half-open connection says nothing: the questions have stopped.
	#look() {
		const limit = this.pc?.connectionState === 'connected'
			? SILENT_LEG_MS : SILENT_MS;

		if (this.#up && Date.now() - heard > limit)
			this.#lost();
	}

	async #lost() {
		if (!this.#up || this.#ended)
			return;
		this.#up = false;
		this.#on.lost();
		socket?.abandon();
		if (this.#working)
			return;
		this.#working = true;
		try {
			await this.#regain();
		} finally {
			this.#working = false;
		}
	}

	async #regain() {
		const since = Date.now();

		for (let attempt = 0; !this.#ended; attempt++) {
			try {
				await inTime(this.#claim(), 'claim');
				this.#isUp(false);
				this.request({ request: 'sync' }).catch(() => {});
				return;
			} catch (err) {
				socket?.abandon();
				if (err.code === 'GONE' || Date.now() - since > CLAIM_MS)
					break;
			}
			if (attempt % 3 === 2 && await this.#signedOut())
				return this.#end('LOGIN');
			await pause(delay(attempt));
		}
		this.#drop();
		if (!this.#ended)
			await this.#signIn(false);
	}

	async #signedOut() {
		try {
			await this.#grant();
			return false;
		} catch (err) {
			return err.code === 'LOGIN';
		}
	}

	#claim() {
		return new Promise((yes, no) => this.#janus.reconnect({
			success: yes,
			error: (why) => no(new RequestError(
				/WebSocket/.test(why) ? 'JANUS' : 'GONE', why)),
		}));
	}

	// The server has let go of our handle while the socket lives.
	#gone() {
		if (!this.#up || this.#ended)
			return;
		this.#up = false;
		this.#on.lost();
		this.#drop();
		this.open(false);
	}

	#drop() {
		const janus = this.#janus;

		this.#janus = null;
		this.#handle?.hangup(false);
		this.#handle = null;
		this.#up = false;
		if (janus?.isConnected())
			janus.destroy({ notifyDestroyed: false });
		else
			socket?.abandon();
	}

	#end(code) {
		this.close();
		this.#on.closed(code);
	}

	// The page goes away: the plugin plays the notice at once.
	bye() {
		if (this.#up)
			this.#handle?.send({ message: { request: 'bye' } });
		this.close();
	}

	close() {
		this.#ended = true;
		clearInterval(this.#watch);
		this.#watch = null;
		this.#drop();
	}
}
