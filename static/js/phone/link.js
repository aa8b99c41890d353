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
const SILENT_LEG_MS = 4000;   // at least, or two questions of their pace
const SILENT_MS = 65000;      // before the first of them
const LOOK_MS = 1000;
const HANGUP_MS = 1000;       // Janus answers at once if it has a leg at all

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
	#early = [];
	#up = false;
	#opened = false;
	#round = 0; // what was begun before the last open or close is void
	#watch = null;
	#pace = 0;    // ms between two questions, as the last one said
	#looked = 0;
	#slept = false;
	#over = null; // waits for the end of the old leg

	// on: { up(fresh), lost(), closed(code), event(data), offer(jsep),
	//       remote(track), media(up) }
	constructor(page, on) {
		this.#page = page;
		this.#on = on;
	}

	get up() { return this.#up; }
	get handle() { return this.#handle; }
	get pc() { return this.#handle?.webrtcStuff.pc ?? null; }

	// Until it is connected or the server says no.
	async open() {
		if (this.#opened)
			return;
		this.#opened = true;
		await this.#signIn(++this.#round);
	}

	async #signIn(round) {
		for (let attempt = 0; round === this.#round; attempt++) {
			try {
				await this.#fresh(round);
				this.#isUp(true);
				return;
			} catch (err) {
				if (round !== this.#round)
					return;
				this.#drop();
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

	async #fresh(round) {
		await library();
		const grant = await this.#grant();

		this.#still(round);
		const janus = await inTime(this.#session(grant), 'create');

		this.#still(round, janus);
		this.#janus = janus;
		this.#seq = 0;
		const handle = await inTime(this.#attach(janus), 'attach');

		this.#still(round, janus);
		this.#handle = handle;
		await this.#send({
			request: 'hello', token: grant.user, page: this.#page,
		});
		this.#still(round, janus);
	}

	#still(round, janus) {
		if (round === this.#round)
			return;
		if (janus?.isConnected())
			janus.destroy({ notifyDestroyed: false });
		throw new RequestError('ENDED');
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
			webrtcState: (up) => !up && this.#over ? this.#over()
				: this.#on.media(up),
			ondetached: () => this.#gone(),
			iceState: () => {},
		}));
	}

	#message(data, jsep) {
		if (data?.otklik !== 'event')
			return;
		if (data.event === 'ping') {
			this.#pace = data.next_ms ?? 0;
			this.#handle?.send({
				message: { request: 'pong', n: data.n },
			});
			if (data.seq === undefined)
				return;
		}
		// The events of hello may overtake its answer; who hears them may
		// want to ask something at once.
		if (this.#up)
			this.#event(data, jsep);
		else
			this.#early.push([data, jsep]);
	}

	#event(data, jsep) {
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

	// Resolves when Janus has ended the leg too: its `hangup` for the old one
	// would take a new one on the same handle along.
	hangUp() {
		if (!this.pc)
			return Promise.resolve();
		return new Promise((done) => {
			const over = () => {
				clearTimeout(timer);
				this.#over = null;
				done();
			};
			const timer = setTimeout(over, HANGUP_MS);

			this.#over = over;
			this.#handle.hangup(true);
		});
	}

	#isUp(fresh) {
		this.#up = true;
		this.#looked = Date.now();
		this.#watch ??= setInterval(() => this.#look(), LOOK_MS);
		this.#on.up(fresh);
		for (const [data, jsep] of this.#early.splice(0))
			this.#event(data, jsep);
	}

	// A half-open connection says nothing: the questions have stopped. A page
	// that was stopped itself has them before it, unread. The leg does not
	// tell: with the network gone an engine may give it up first.
	#look() {
		const limit = this.#pace
			? Math.max(SILENT_LEG_MS, 2 * this.#pace) : SILENT_MS;
		const now = Date.now();

		this.#slept = !this.#slept && now - this.#looked > 2 * LOOK_MS;
		this.#looked = now;
		if (this.#up && !this.#slept && now - heard > limit)
			this.#lost();
	}

	async #lost() {
		if (!this.#up)
			return;
		this.#up = false;
		this.#on.lost();
		socket?.abandon();
		await this.#regain(this.#round);
	}

	async #regain(round) {
		const since = Date.now();

		for (let attempt = 0; round === this.#round; attempt++) {
			try {
				await inTime(this.#claim(), 'claim');
				this.#still(round);
				this.#isUp(false);
				this.request({ request: 'sync' }).catch(() => {});
				return;
			} catch (err) {
				if (round !== this.#round)
					return;
				socket?.abandon();
				if (err.code === 'GONE' || Date.now() - since > CLAIM_MS)
					break;
			}
			if (attempt % 3 === 2 && await this.#signedOut()) {
				if (round === this.#round)
					this.#end('LOGIN');
				return;
			}
			await pause(delay(attempt));
		}
		if (round !== this.#round)
			return;
		this.#drop();
		await this.#signIn(round);
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
		if (!this.#up)
			return;
		this.#up = false;
		this.#on.lost();
		this.#drop();
		this.#signIn(this.#round);
	}

	#drop() {
		const janus = this.#janus;

		this.#janus = null;
		this.#early = [];
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
		this.#opened = false;
		this.#round++;
		clearInterval(this.#watch);
		this.#watch = null;
		this.#drop();
	}
}
