// A telephone on the trunk's side: SIP over UDP (RFC 3261), RTP in rtp.mjs.
//
//   const phone = await Phone.open({ port: 5080, peer: { port: 5060 } });
//   const call = await phone.call('+78652000000', { tone: 440 });
//   await call.answered;  …  await call.hangup();
//   const next = await phone.incoming({ to: '112' });  await next.answer();

import dgram from 'node:dgram';
import { EventEmitter } from 'node:events';
import { Media } from './rtp.mjs';
import { PATIENCE, deadline } from './run.mjs';
import * as sip from './sip.mjs';

const T1 = 500;
const LIFE = 64 * T1; // timers B, F, H

export class Phone extends EventEmitter {
	calls = new Map();   // Call-ID → Call
	waiting = [];        // incoming() not yet met
	pending = [];        // calls nobody has asked for yet
	log = [];            // { at, way: 'in'|'out', first, message }
	#requests = new Map(); // branch + method → { onResponse }
	#replies = new Map();  // branch + method → bytes of the last response

	static async open({ address = '127.0.0.1', port = 5080,
		peer = { address: '127.0.0.1', port: 5060 } } = {}) {
		const phone = new Phone();

		phone.address = address;
		phone.peer = { address: '127.0.0.1', ...peer };
		phone.socket = dgram.createSocket('udp4');
		await new Promise((done, fail) => {
			phone.socket.once('error', fail);
			phone.socket.bind(port, address, done);
		});
		phone.port = phone.socket.address().port;
		phone.socket.on('message', (m, from) => phone.#onMessage(m, from));
		return phone;
	}

	async close() {
		await Promise.allSettled([...this.calls.values()].map((c) => c.hangup()));
		for (const c of this.calls.values())
			c.media.close();
		this.socket.close();
	}

	// Calls out. The promise resolves once the INVITE is on its way.
	async call(number, { tone = 440, from = '+79180000001', level = 0.5,
		headers = [], sdp = {}, late = false } = {}) {
		const call = new Call(this, 'out');

		call.remoteUri = `sip:${number}@${this.peer.address}:${this.peer.port}`;
		call.target = call.remoteUri;
		call.local = `<sip:${from}@${this.address}>;tag=${sip.token()}`;
		call.remote = `<${call.remoteUri}>`;
		call.id = `${sip.token()}@lab`;
		call.extra = headers;
		call.sdpOptions = sdp;
		call.media = await Media.open(this.address);
		call.media.say(tone, level);
		this.calls.set(call.id, call);
		call.invite({ late });
		return call;
	}

	// The next call that comes in, to a number if one is given.
	incoming({ to = null, within = PATIENCE } = {}) {
		const fits = (c) => to === null || c.number === to;
		const there = this.pending.findIndex(fits);

		if (there >= 0)
			return Promise.resolve(this.pending.splice(there, 1)[0]);
		const met = new Promise((done) => this.waiting.push({ fits, done }));
		return deadline(met, within, `a call to ${to ?? 'anybody'}`);
	}

	send(bytes, to = this.peer) {
		this.log.push({ at: performance.now(), way: 'out',
			first: bytes.toString('utf8').split('\r\n')[0] });
		this.socket.send(bytes, to.port, to.address);
	}

	// A client transaction. onResponse gets every response; without a final
	// one until timer B/F it gets 408.
	request(method, bytes, branch, to, onResponse) {
		const key = `${branch} ${method}`;
		let wait = T1;
		let timer = null;
		const again = () => {
			this.send(bytes, to);
			timer = setTimeout(again, wait);
			wait = method === 'INVITE' ? wait * 2 : Math.min(wait * 2, 4000);
		};
		const life = setTimeout(() => {
			clearTimeout(timer);
			this.#requests.delete(key);
			onResponse({ status: 408, reason: 'Timer', headers: {}, body: '' });
		}, LIFE);

		this.#requests.set(key, (msg) => {
			// A proceeding INVITE is not sent again; others go on slowly.
			if (msg.status >= 200 || method === 'INVITE') {
				clearTimeout(timer);
				clearTimeout(life);
			}
			onResponse(msg);
		});
		again();
	}

	#onMessage(bytes, from) {
		const msg = sip.parse(bytes);

		if (!msg)
			return; // keep-alive or noise
		this.log.push({ at: performance.now(), way: 'in',
			first: msg.method ?? `${msg.status} ${msg.reason}`, message: msg });
		msg.source = { address: from.address, port: from.port };
		const via = sip.header(msg, 'via');
		const branch = sip.param(via, 'branch');

		if (msg.status) {
			this.#requests.get(`${branch} ${sip.cseq(msg).method}`)?.(msg);
			return;
		}
		this.emit('request', msg);
		const key = `${branch} ${msg.method}`;
		const before = this.#replies.get(key);

		if (before && msg.method !== 'ACK') {
			if (before.bytes)
				this.send(before.bytes, msg.source); // a retransmission
			return;
		}
		this.#replies.set(key, { bytes: null });
		this.#onRequest(msg);
	}

	#onRequest(msg) {
		const call = this.calls.get(sip.header(msg, 'call-id'));

		if (call)
			call.onRequest(msg);
		else if (msg.method === 'INVITE')
			this.#onInvite(msg);
		else if (msg.method === 'OPTIONS')
			this.reply(msg, 200, 'OK');
		else if (msg.method !== 'ACK')
			this.reply(msg, 481, 'Call Does Not Exist');
	}

	async #onInvite(msg) {
		const call = new Call(this, 'in');

		call.id = sip.header(msg, 'call-id');
		call.number = sip.userOf(msg.uri);
		call.from = sip.userOf(sip.header(msg, 'from'));
		call.first = msg;
		call.local = `${sip.header(msg, 'to')};tag=${sip.token()}`;
		call.remote = sip.header(msg, 'from');
		call.target = sip.uriOf(sip.header(msg, 'contact'));
		this.calls.set(call.id, call);
		this.reply(msg, 100, 'Trying');
		call.media = await Media.open(this.address);
		call.media.say(null);
		const at = this.waiting.findIndex((w) => w.fits(call));

		if (at >= 0)
			this.waiting.splice(at, 1)[0].done(call);
		else
			this.pending.push(call);
		this.emit('call', call);
	}

	reply(msg, status, reason, { to, headers = [], body = '' } = {}) {
		const bytes = sip.format(`SIP/2.0 ${status} ${reason}`, [
			['Via', msg.headers.via], ['From', sip.header(msg, 'from')],
			['To', to ?? sip.header(msg, 'to')],
			['Call-ID', sip.header(msg, 'call-id')],
			['CSeq', sip.header(msg, 'cseq')], ...headers], body);
		const key = `${sip.param(sip.header(msg, 'via'), 'branch')} ${msg.method}`;

		if (this.#replies.has(key))
			this.#replies.get(key).bytes = bytes;
		this.send(bytes, msg.source);
		return bytes;
	}
}

export class Call extends EventEmitter {
	seq = 1;
	state = 'new';
	version = 1;
	holding = false;
	history = []; // { at, what }

	constructor(phone, way) {
		super();
		this.phone = phone;
		this.way = way;
		this.extra = [];
		this.sdpOptions = {};
		this.ringing = new Promise((ok) => { this.gotRing = ok; });
		this.answered = new Promise((ok, no) => {
			this.gotAnswer = ok;
			this.gotRefusal = no;
		});
		this.ended = new Promise((ok) => { this.gotEnd = ok; });
		this.answered.catch(() => {}); // whoever awaits it still sees it
	}

	note(what) {
		this.history.push({ at: performance.now(), what });
		this.emit('note', what);
	}

	finish(why) {
		if (this.state === 'over')
			return;
		this.state = 'over';
		clearTimeout(this.repeat);
		this.note(`over: ${why}`);
		this.media?.close();
		this.phone.calls.delete(this.id);
		this.gotRefusal(new Error(`the call ended: ${why}`));
		this.gotEnd({ why, at: performance.now() });
	}

	sdp() {
		return sip.writeSdp({ address: this.phone.address,
			port: this.media.port, version: this.version++,
			direction: this.holding ? 'sendonly' : 'sendrecv',
			...this.sdpOptions });
	}

	contact() {
		return `<sip:lab@${this.phone.address}:${this.phone.port}>`;
	}

	build(method, { branch, number = ++this.seq, headers = [], body = '',
		uri = this.target } = {}) {
		return sip.format(`${method} ${uri} SIP/2.0`, [
			['Via', `SIP/2.0/UDP ${this.phone.address}:${this.phone.port}` +
				`;branch=${branch};rport`],
			['Max-Forwards', '70'], ['From', this.local], ['To', this.remote],
			['Call-ID', this.id], ['CSeq', `${number} ${method}`],
			['Contact', this.contact()], ...headers,
			...(body ? [['Content-Type', 'application/sdp']] : [])], body);
	}

	send(method, options = {}) {
		const branch = `z9hG4bK${sip.token()}`;

		return new Promise((done) => {
			this.phone.request(method, this.build(method,
				{ branch, ...options }), branch, this.route(), (msg) => {
				if (msg.status >= 200)
					done(msg);
			});
		});
	}

	// Where in-dialog requests go: the address in the peer's Contact.
	route() {
		const m = /^sips?:(?:[^@]*@)?([\d.]+)(?::(\d+))?/.exec(this.target);

		return m ? { address: m[1], port: Number(m[2] ?? 5060) } :
			this.phone.peer;
	}

	// The first INVITE of an outgoing call.
	invite({ late }) {
		const branch = `z9hG4bK${sip.token()}`;
		const bytes = this.build('INVITE', { branch, number: this.seq,
			headers: this.extra, body: late ? '' : this.sdp() });

		this.state = 'calling';
		this.note('INVITE');
		this.branch = branch;
		this.phone.request('INVITE', bytes, branch, this.phone.peer,
			(msg) => this.#onInviteResponse(msg, late));
	}

	#onInviteResponse(msg, late) {
		if (msg.status < 200) {
			this.note(`${msg.status}`);
			if (msg.status > 100)
				this.gotRing({ status: msg.status });
			return;
		}
		if (msg.status >= 300) {
			if (msg.status !== 408 || msg.headers.via)
				this.#ack(msg, this.branch, this.remoteUri);
			this.refusal = msg.status;
			this.finish(`${msg.status} ${msg.reason}`);
			return;
		}
		this.remote = sip.header(msg, 'to');
		this.target = sip.uriOf(sip.header(msg, 'contact'));
		const offer = sip.readSdp(msg.body);

		if (offer)
			this.apply(offer);
		if (!this.withholdAck)
			this.#ack(msg, `z9hG4bK${sip.token()}`, this.target,
				late ? this.sdp() : '');
		if (this.state !== 'calling')
			return; // a 200 sent again
		this.state = 'up';
		this.note('200');
		this.gotRing({ status: 200 });
		this.gotAnswer(this);
	}

	#ack(msg, branch, uri, body = '') {
		const remote = this.remote;

		this.remote = sip.header(msg, 'to');
		this.phone.send(this.build('ACK', { branch, uri, body,
			number: sip.cseq(msg).number }),
		msg.status < 300 ? this.route() : this.phone.peer);
		if (msg.status >= 300)
			this.remote = remote;
	}

	apply(sdp) {
		this.remoteSdp = sdp;
		this.emit('sdp', sdp);
		if (sdp.port && sdp.pt !== undefined)
			this.media.connect(sdp);
	}

	ring(status = 180) {
		this.#reply(this.first, status, 'Ringing');
	}

	// 183 with media before the answer.
	early({ tone = null, level = 0.5 } = {}) {
		this.media.say(tone, level);
		this.apply(sip.readSdp(this.first.body));
		this.#reply(this.first, 183, 'Session Progress', this.sdp());
	}

	// Takes an incoming call.
	async answer({ tone = null, level = 0.5, ...sdp } = {}) {
		const offer = sip.readSdp(this.first.body);

		this.sdpOptions = sdp;
		this.media.say(tone, level);
		if (offer)
			this.apply(offer);
		await this.#accept(this.first);
		this.state = 'up';
		this.gotAnswer(this);
		return this;
	}

	reject(status = 486, reason = 'Busy Here') {
		this.#reply(this.first, status, reason);
		this.finish(`${status} ours`);
	}

	#reply(msg, status, reason, body = '') {
		return this.phone.reply(msg, status, reason, { to: this.local, body,
			headers: [['Contact', this.contact()],
				['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO'],
				...(body ? [['Content-Type', 'application/sdp']] : [])] });
	}

	// 200 to an INVITE, sent again until its ACK has come (13.3.1.4).
	#accept(msg) {
		const bytes = this.#reply(msg, 200, 'OK', this.sdp());
		let wait = T1;
		const again = () => {
			this.phone.send(bytes, msg.source);
			wait = Math.min(wait * 2, 4000);
			this.repeat = setTimeout(again, wait);
		};

		this.repeat = setTimeout(again, wait);
		return deadline(new Promise((ok) => { this.gotAck = ok; }), LIFE, 'ACK');
	}

	onRequest(msg) {
		this.note(msg.method);
		const handler = { ACK: 'onAck', BYE: 'onBye', CANCEL: 'onCancel',
			INVITE: 'onReoffer', UPDATE: 'onReoffer', INFO: 'onInfo' };

		if (handler[msg.method])
			this[handler[msg.method]](msg);
		else
			this.#reply(msg, msg.method === 'OPTIONS' ? 200 : 501, 'OK');
	}

	onAck(msg) {
		const answer = msg.body && sip.readSdp(msg.body);

		clearTimeout(this.repeat);
		if (answer)
			this.apply(answer);
		this.gotAck?.();
	}

	onBye(msg) {
		this.#reply(msg, 200, 'OK');
		this.finish('BYE theirs');
	}

	onCancel(msg) {
		this.#reply(msg, 200, 'OK');
		if (this.state !== 'new')
			return;
		this.#reply(this.first, 487, 'Request Terminated');
		this.finish('CANCEL theirs');
	}

	onInfo(msg) {
		this.emit('info', msg);
		this.#reply(msg, 200, 'OK');
	}

	onReoffer(msg) {
		const offer = sip.readSdp(msg.body);
		const flip = { sendonly: 'recvonly', recvonly: 'sendonly' };

		if (offer)
			this.apply(offer);
		this.sdpOptions = { ...this.sdpOptions,
			direction: flip[offer?.direction] ?? offer?.direction };
		if (msg.method === 'INVITE')
			this.#accept(msg).catch((err) => this.emit('warning', err));
		else
			this.#reply(msg, 200, 'OK', offer ? this.sdp() : '');
	}

	// A re-INVITE; resolves with its final response, ACK sent.
	async reinvite({ method = 'INVITE' } = {}) {
		const branch = `z9hG4bK${sip.token()}`;
		const number = ++this.seq;
		const bytes = this.build(method, { branch, number, body: this.sdp() });
		const final = await new Promise((done) => this.phone.request(method,
			bytes, branch, this.route(), (msg) => {
				if (msg.status < 200)
					return;
				if (method === 'INVITE')
					this.#ack(msg, msg.status < 300 ?
						`z9hG4bK${sip.token()}` : branch, this.target);
				done(msg);
			}));

		if (final.status < 300 && final.body)
			this.apply(sip.readSdp(final.body));
		return final;
	}

	hold() {
		this.holding = true;
		return this.reinvite();
	}

	resume() {
		this.holding = false;
		return this.reinvite();
	}

	// To another RTP port, as a gateway does when it moves a call.
	async move() {
		const old = this.media;

		this.media = await Media.open(this.phone.address);
		this.media.samples = old.samples;
		this.media.position = 0;
		const final = await this.reinvite();
		old.close();
		return final;
	}

	// One digit by SIP INFO (application/dtmf-relay).
	info(digit) {
		return this.send('INFO', {
			headers: [['Content-Type', 'application/dtmf-relay']],
			body: `Signal=${digit}\r\nDuration=160\r\n` });
	}

	// BYE, CANCEL or a refusal, whatever fits. Resolves when it is over.
	async hangup() {
		if (this.state === 'up') {
			this.state = 'leaving';
			await this.send('BYE');
			this.finish('BYE ours');
		} else if (this.state === 'calling') {
			this.cancelled = true;
			this.phone.request('CANCEL', this.build('CANCEL',
				{ branch: this.branch, number: 1, uri: this.remoteUri }),
			this.branch, this.phone.peer, () => {});
			await this.ended;
		} else if (this.state === 'new') {
			this.reject(480, 'Temporarily Unavailable');
		}
	}
}
