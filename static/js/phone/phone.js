// phone.js - the telephone: link and leg below, panel above.

import { ask } from '../dialog.js';
import { delay } from './backoff.js';
import { clock, duration, fill, phone as pretty, place }
	from './format.js';
import { Leader } from './lock.js';
import { Leg, refusal } from './leg.js';
import { Link } from './link.js';
import { keep, recall } from './memory.js';
import { can, empty, mark, phase, reduce, talking, view } from './panel.js';
import { keyed, binder, words as readWords } from './view.js';

const LEG_MS = 10000; // from «Начало работы» to a leg that is up
const GOOD_NEWS_MS = 15000;

// Controls that share one button.
const BUTTON = { hangup: 'drop', reject: 'drop', hold: 'holdToggle',
	unhold: 'holdToggle' };

export class Phone extends EventTarget {
	#root;
	#words;
	#place = place(document.documentElement);
	#facts = empty();
	#view = null;
	#bind;
	#link;
	#leg = null;
	#leader;
	#taking = null; // timer of a leg that is being built
	#takes = 0;
	#claim = false; // «Открыть здесь» pressed, nothing known yet
	#vacant = false; // we stand elsewhere, and no tab has the telephone
	#key;
	#was = null; // what this tab did before it was loaded again
	#ended = false; // by the user, while the server could not be asked
	#busy = new Set();
	#notice = null;
	#title = '';

	// root: the panel, or null for roles without a telephone. They listen to
	// events all the same, in every tab.
	constructor(root, userId) {
		super();
		this.#root = root;
		this.#words = readWords(document.getElementById('phone-words'));
		this.#link = new Link(pageId(), {
			up: () => this.#up(),
			lost: () => this.#dispatch({ type: 'link', link: 'LOST' }),
			closed: (code) => this.#signedOut(code),
			event: (data) => this.#event(data),
			offer: (jsep) => this.#offer(jsep),
			remote: (track) => this.#leg?.hear(track),
			media: (up) => this.#media(up),
		});
		if (!root)
			return void this.#link.open();
		this.#bind = binder(root);
		this.#leg = new Leg(this.#link, root.querySelector('#phone-headset'),
			root.querySelector('#phone-ringer'), {
				mic: (state, code) => this.#mic(state, code),
				blocked: (still) => this.#blocked(still),
			});
		this.#key = `otklik.phone.${userId}`;
		this.#was = recall(sessionStorage, this.#key, Date.now(),
			Number(localStorage.getItem(this.#key)));
		this.#leader = new Leader(this.#key, {
			lead: (stolen) => this.#lead(stolen),
			wait: () => this.#elsewhere(),
			free: () => this.#free(),
			lose: () => this.#elsewhere(),
		});
		this.#leader.join(!!this.#was);
		this.#draw();
		setInterval(() => this.#draw(), 500);
		setInterval(() => this.#measure(), 5000);
		addEventListener('pagehide', () => {
			this.#keep();
			this.#link.bye();
		});
		addEventListener('pageshow', (e) => e.persisted && location.reload());
		addEventListener('beforeunload', (e) => {
			if (this.#view?.guard)
				e.preventDefault();
		});
		document.addEventListener('htmx:afterSettle', () => this.#titled());
	}

	get words() { return this.#words; }
	get facts() { return this.#facts; }
	get view() { return this.#view; }
	get leg() { return this.#leg; }
	get pc() { return this.#link.pc; }

	// --- facts in, panel out ---

	#dispatch(event) {
		this.#facts = reduce(this.#facts, event);
		this.#draw();
	}

	#draw() {
		if (!this.#root)
			return;
		const v = view(this.#facts, Date.now(), this.#words, this.#place);

		for (const control of this.#busy)
			v.on[BUTTON[control] ?? control] = false;
		this.#bind(v);
		this.dispatchEvent(new Event('drawn'));
		if (!this.#view || v.history !== this.#view.history)
			this.#history(v.history);
		this.#view = v;
	}

	#history(rows) {
		keyed(this.#root.querySelector('[data-history]'), rows,
			(row) => `${row.at} ${row.kind}`,
			() => document.createElement('li'),
			(node, row) => {
				const kind = this.#words[`Ev${row.kind}`] ?? row.kind;
				const at = clock(row.at, this.#place, '2-digit');

				node.textContent = `${at} ${kind} ${row.who ?? ''}`.trim();
			});
	}

	say(code, kind = 'danger', text = this.#words[code]) {
		this.#dispatch({ type: 'message', message: { code, kind, text } });
	}

	hush(code) {
		this.#dispatch({ type: 'clear', code });
	}

	#sayError(err) {
		const offline = err.code === 'OFFLINE' || err.code === 'LATE';

		this.say(err.code, 'danger', err.text && err.code !== 'LATE'
			? err.text : this.#words[offline ? 'M29' : 'Failed']);
	}

	// --- connection ---

	#up() {
		this.#takes = 0;
		this.#dispatch({ type: 'link', link: 'UP' });
		this.#tellMic();
		this.dispatchEvent(new CustomEvent('link', { detail: true }));
	}

	// Journal and presence stay live here, the telephone is another page's.
	#elsewhere() {
		this.#claim = this.#vacant = false;
		this.#was = null;
		this.#leg.stop();
		this.#settled();
		this.#dispatch({ type: 'mic', code: null });
		this.#dispatch({ type: 'elsewhere', elsewhere: true });
		this.#link.open();
	}

	#lead(stolen) {
		const agent = this.#link.up ? this.#facts.server?.agent : null;

		this.#vacant = false;
		if (stolen) // what other tabs remember is over
			localStorage.setItem(this.#key, Date.now());
		this.#dispatch({ type: 'elsewhere', elsewhere: false });
		this.#link.open();
		this.#claim = stolen && !agent;
		if (agent && agent.state !== 'INACTIVE') {
			if (stolen)
				this.#start2();
			else
				this.#restore(agent);
		}
	}

	// The tab that had the telephone is gone, or is being loaded again. In
	// mid-shift another takes it by a click only.
	#free() {
		this.#vacant = true;
		if (this.#facts.server?.agent.state === 'INACTIVE')
			this.#lead(false);
	}

	#keep() {
		const { server, elsewhere } = this.#facts;
		const was = server ?? this.#was;

		if (!elsewhere && !this.#ended && was)
			keep(sessionStorage, this.#key, { boot: was.boot, agent: {
				state: was.agent.state, reason: was.agent.reason,
				leg: was.agent.leg } }, Date.now());
	}

	#signedOut(code) {
		this.#leg?.stop();
		this.#dispatch({ type: 'link', link: 'CLOSED' });
		if (code !== 'LOGIN')
			return location.assign('/login');
		if (this.#root)
			this.say('SignedOut');
	}

	async #askTakeover(go) {
		const w = this.#words;

		if (this.#asking)
			return;
		this.#asking = true;
		try {
			if (await ask({ text: w.LiveElsewhere, yes: w.OpenHere,
				no: w.Cancel }))
				await go();
			else
				this.#elsewhere();
		} finally {
			this.#asking = false;
		}
	}

	#asking = false;

	#event(data) {
		switch (data.event) {
		case 'state':
			return this.#state(data);
		case 'quality':
			return this.#quality(data);
		case 'notice':
			return this.#told(data);
		case 'closed':
			if (data.reason === 'TAKEN_OVER' && this.#root)
				return this.#elsewhere();
			this.#link.close();
			return this.#signedOut(data.reason);
		default: // presence, rows
			this.dispatchEvent(new CustomEvent(data.event,
				{ detail: data }));
		}
	}

	// «Принял» is good news, and leaves room for what is to be done (M18).
	#told({ code, text }) {
		this.say(code, code === 'M19' ? 'info' : 'warning', text);
		if (code === 'M19')
			setTimeout(() => this.hush('M19'), GOOD_NEWS_MS);
	}

	#state(state) {
		const before = this.#view;
		const shift = this.#shiftCut(state);

		this.#dispatch({ type: 'state', state, at: Date.now() });
		if (!this.#root)
			return;
		const v = this.#view;
		const claim = this.#claim && state.agent.state !== 'INACTIVE';

		this.#claim = this.#ended = false;
		this.#was = null;
		if (this.#vacant && state.agent.state === 'INACTIVE')
			this.#lead(false);
		this.#leg.send(v.wantsTrack);
		this.#leg.ring(v.ringing);
		if (v.ringing !== !!before?.ringing)
			this.#ring(v.ringing);
		if (claim)
			this.#start2();
		else if (shift)
			this.#goOn(shift);
		else if (state.agent.state === 'INACTIVE' && !this.#facts.starting)
			this.#leg.stop();
		else
			this.#restore(state.agent);
		this.dispatchEvent(new CustomEvent('state', { detail: state }));
		this.#titled();
	}

	// --- leg ---

	// -> what we were doing when the server was started anew, which knows
	// nothing of our shift; null if it goes on or was ended on purpose
	#shiftCut({ agent, boot }) {
		const old = this.#facts.server ?? this.#was;

		return this.#root && !this.#facts.elsewhere &&
			old && old.boot !== boot &&
			agent.state === 'INACTIVE' && old.agent.state !== 'INACTIVE' &&
			old.agent.leg !== 'elsewhere' ? old.agent : null;
	}

	async #goOn({ state, reason }) {
		this.#dispatch({ type: 'starting', starting: true });
		await this.#take(false);
		if (state === 'BREAK' && this.#facts.starting)
			this.#link.request({ request: 'break', reason:
				reason === 'MISSED' ? 'TECHNICAL' : reason })
				.catch((err) => this.#sayError(err));
	}

	// «Начало работы»
	async #start() {
		if (globalThis.Notification?.permission === 'default')
			Notification.requestPermission().catch(() => {});
		this.hush();
		this.#dispatch({ type: 'starting', starting: true });
		const { agent } = this.#facts.server;

		if (agent.state === 'INACTIVE' || agent.leg !== 'up' || !this.pc)
			return this.#take(false);
		try { // the leg is there, only the microphone is missing
			await this.#leg.renew();
		} catch (err) {
			if (this.#leg.live)
				this.say(refusal(err));
		} finally {
			this.#settled();
		}
	}

	// Microphone, then `start`; the offer arrives as an event.
	async #take(takeover) {
		clearTimeout(this.#taking);
		this.#taking = setTimeout(() => this.#settled(), LEG_MS);
		try {
			await this.#leg.microphone();
		} catch (err) {
			this.#settled();
			return this.#refused(err);
		}
		this.#dispatch({ type: 'mic', code: null });
		try {
			await this.#link.request({ request: 'start', takeover });
		} catch (err) {
			this.#settled();
			if (err.code === 'LIVE_ELSEWHERE')
				return this.#askTakeover(() => this.#start2());
			if (this.#facts.server?.agent.state === 'INACTIVE')
				this.#leg.stop();
			this.#sayError(err);
		}
	}

	#refused(err) {
		if (!this.#leg.wanted) // stopped while the browser asked
			return;
		this.#dispatch({ type: 'mic', code: refusal(err) });
		if (this.#facts.server?.agent.state === 'INACTIVE')
			this.#leg.stop();
	}

	#start2() {
		this.#dispatch({ type: 'starting', starting: true });
		return this.#take(true);
	}

	#settled() {
		clearTimeout(this.#taking);
		this.#taking = null;
		this.#dispatch({ type: 'starting', starting: false });
	}

	async #offer(jsep) {
		try {
			await this.#leg.microphone();
			const answer = await this.#leg.answer(jsep);

			await this.#link.request({ request: 'leg' }, answer);
			await this.#leg.send(!!this.#view?.wantsTrack);
		} catch (err) {
			this.#settled();
			if (err instanceof DOMException && !this.#leg.live)
				return this.#refused(err);
			this.say('LegFailed', 'warning');
		}
	}

	#media(up) {
		if (up) {
			this.#takes = 0;
			this.hush('LegFailed');
			this.#tellMic();
		}
		if (this.#root)
			this.#settled();
	}

	// After a reload, a restart of the server or a lost network the leg comes
	// back without a click.
	#restore(agent) {
		const gone = agent.leg === 'lost' || agent.leg === 'none';

		if (!gone || this.#taking || agent.state === 'INACTIVE' ||
			this.#facts.mic || this.#facts.elsewhere)
			return;
		this.#taking = setTimeout(async () => {
			await this.#link.hangUp();
			if (this.#facts.elsewhere)
				return;
			await this.#take(false);
		}, this.#takes ? delay(this.#takes) : 0);
		this.#takes++;
	}

	#mic(state, code) {
		const { server } = this.#facts;

		this.#dispatch({ type: 'mic', code: state === 'lost' ? code : null });
		this.#tellMic();
		if (state === 'back' && server && this.#link.up)
			this.#restore(server.agent);
	}

	// Said again with every new connection and leg: a change while there was
	// none is not lost.
	#tellMic() {
		if (this.#leg?.wanted)
			this.#link.request({ request: 'mic',
				state: this.#leg.live ? 'back' : 'lost' }).catch(() => {});
	}

	#blocked(still) {
		if (!still)
			return this.hush('SoundBlocked');
		this.say('SoundBlocked', 'warning');
		addEventListener('pointerdown', () => this.#leg.play(),
			{ once: true });
	}

	async #measure() {
		if (!this.#view?.guard || !this.pc)
			return;
		const q = await this.#leg.quality();

		this.#mark({ ...this.#facts.quality, own: q });
	}

	#quality({ loss, jitter_ms: jitter, rtt_ms: rtt, mos }) {
		this.#mark({ ...this.#facts.quality, far: { loss, jitter, rtt, mos } });
	}

	#mark({ own = {}, far = {} }) {
		const levels = [mark(own), mark(far)];
		const level = ['Bad', 'Fair', 'Good'].find((l) => levels.includes(l));

		if (this.#view?.guard)
			this.#dispatch({ type: 'quality', quality: { level, own, far } });
	}

	// --- ringing ---

	#ring(on) {
		this.#notice?.close();
		this.#notice = null;
		if (!on)
			return;
		this.#leg.play();
		const { call } = this.#facts.server;
		const w = this.#words;
		const number = pretty(call.number) || w.NumberHidden;

		if (globalThis.Notification?.permission !== 'granted')
			return;
		this.#notice = new Notification(fill(w.RingTitle, { number }), {
			body: fill(w.RingBody, {
				queue: call.queue, time: duration(call.waited),
			}),
			tag: 'otklik-ring',
			silent: true,
		});
		this.#notice.onclick = () => window.focus();
	}

	#titled() {
		const { call } = this.#facts.server ?? {};
		const mine = this.#view?.ringing
			? `☎ ${pretty(call.number) || this.#words.NumberHidden}` : '';

		if (document.title !== this.#title)
			this.#title = document.title.replace(/^☎.*? — /, '');
		const want = mine ? `${mine} — ${this.#title}` : this.#title;

		if (want && document.title !== want)
			document.title = want;
	}

	// --- what the controls do ---

	can(control) {
		return can(this.#facts, control);
	}

	// A request about the call of now, from the control of that name.
	async send(control, message) {
		if (!this.can(control) || this.#busy.has(control))
			return false;
		const { call } = this.#facts.server;
		const about = call ? { call: call.id, ...message } : message;

		this.#busy.add(control);
		this.#draw();
		try {
			await this.#link.request(about);
			this.hush();
			return true;
		} catch (err) {
			this.#sayError(err);
			return false;
		} finally {
			this.#busy.delete(control);
			this.#draw();
		}
	}

	async act(name, value) {
		const call = this.#facts.server?.call;

		switch (name) {
		case 'start':
			return this.can('start') && this.#start();
		case 'takeover':
			this.#leg.stop();
			if (this.#facts.elsewhere)
				return this.#leader.take();
			return this.#start2();
		case 'break':
			return this.send('break', { request: 'break', reason: value });
		case 'answer':
			this.#leg.play();
			return this.send('answer', { request: 'answer', gen: call?.gen });
		case 'take':
			return this.send('take', { request: 'take', gen: call?.gen });
		case 'drop':
			return this.can('reject')
				? this.send('reject', { request: 'reject', gen: call.gen })
				: this.send('hangup', { request: 'hangup' });
		case 'hold':
			return this.can('unhold')
				? this.send('unhold', { request: 'unhold' })
				: this.send('hold', { request: 'hold' });
		case 'mute':
			return this.send('mute',
				{ request: call?.muted ? 'unmute' : 'mute' });
		case 'emergency':
			return this.send('emergency',
				{ request: 'emergency', service: value });
		case 'raise':
			if (await this.send('raise', { request: 'raise', flag: value }))
				this.say('RaiseSent', 'info');
			return;
		case 'nontarget':
			return this.send('nontarget',
				{ request: 'nontarget', kind: value });
		default: // resume, ready, extend, complete, back, leave
			return this.send(name, { request: name });
		}
	}

	transfer(to, mode, confirm = false) {
		const control = mode === 'consult' ? 'consult' : 'transfer';

		if (!this.can(control))
			return Promise.reject(new Error(this.#words.Failed));
		const { call } = this.#facts.server;

		return this.#link.request(
			{ request: 'transfer', call: call.id, to, mode, confirm });
	}

	// A request that is not about a call of one's own.
	ask(message) {
		return this.#link.request(message);
	}

	// appeal: the call is about it, 0 = none; trunk: by this line alone
	dial(number, appeal = 0, trunk = 0) {
		const digits = number.replace(/[^0-9*#+]/g, '').slice(0, 32);

		this.#leg.play();
		if (!digits)
			return this.say('EmptyNumber');
		return this.send('dial', { request: 'dial', number: digits,
			...(appeal ? { appeal } : {}), ...(trunk ? { trunk } : {}) });
	}

	async digits(digits) {
		if (!this.can('dtmf'))
			return;
		this.#dispatch({ type: 'digits', digits });
		try {
			await this.#link.request({ request: 'dtmf', digits });
		} catch (err) {
			this.#sayError(err);
		}
	}

	// «Завершить» -> true when the telephone is off. Where it cannot be asked
	// or is another page's, what was last known decides: signing out ends the
	// session of all tabs.
	async finish() {
		const { link, server } = this.#facts;

		if (!server || server.agent.state === 'INACTIVE')
			return this.#ended = true;
		if (link !== 'UP' || phase(this.#facts) === 'ELSEWHERE') {
			if (!talking(server.call))
				return this.#ended = true;
			this.say('M15');
			return false;
		}
		if (!await this.send('finish', { request: 'finish' }))
			return false;
		this.#leg.stop();
		return true;
	}
}

// New with every load of the page: the plugin tells pages apart by it.
function pageId() {
	return crypto.randomUUID();
}
