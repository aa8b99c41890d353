#!/usr/bin/env node
// Calls one by one: in, out, ended by either side, changed while they last.

import assert from 'node:assert/strict';
import { finally_, inNamespace, run, test } from '../lab/run.mjs';
import { header } from '../lab/sip.mjs';
import { Call, Echo, Ua } from './ua.mjs';

inNamespace();

const ua = await Ua.open();
// 64 T1 is longer than a busy machine keeps a peer from answering.
const echo = await Echo.start({ t1: 100 });

finally_(async () => {
	await echo.idle();
	const { dialogs } = await echo.stats();
	const { how } = await echo.close();

	ua.close();
	assert.equal(dialogs, 0, 'dialogs left');
	assert.equal(how, 0);
});

const defaults = { ring: -1, answer: 0, reject: 0, after: -1, reoffer: -1,
	update: -1, reanswer: 0, rereject: 0, cancel: -1 };

// A case with settings of its own; the next one starts with the defaults.
function calls(name, settings, body) {
	test(name, async () => {
		await echo.set({ ...defaults, ...settings });
		await echo.stats(); // has obeyed
		echo.forget();
		ua.forget();
		await body();
	});
}

async function incoming(options, callOptions) {
	const call = new Call(ua, callOptions);
	const ok = await call.up(options);

	assert.equal(ok.status, 200);
	call.event = await echo.event('INVITE');
	await echo.event('ANSWERED', { id: call.event.id });
	return call;
}

async function ended(id, status) {
	const event = await echo.event('ENDED', { id });

	assert.equal(event.status, status, event.text);
	await echo.stats();
	assert.equal(echo.count('ENDED', id), 1);
}

async function outgoing(number = '79990000001', from = '') {
	echo.say(`call ${number} ${from}`);
	const { id } = await echo.event('CALL');
	const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
	const call = Call.of(ua, invite);

	return { id, invite, call };
}

calls('an incoming call gets 100, 180 and 200, and is hung up by the caller',
	{ ring: 0, answer: 60 }, async () => {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp() });

		await call.response(sent, (s) => s === 100);
		await call.response(sent, (s) => s === 180);
		const ok = await call.response(sent);

		assert.equal(ok.status, 200);
		assert.equal(header(ok, 'user-agent'), 'Otklik');
		assert.equal(header(ok, 'contact'), '<sip:127.0.0.1>');
		assert.match(ok.body, /m=audio 20000 RTP\/AVP 8 101/);
		call.ack(sent);
		const { id, text } = await echo.event('INVITE');

		assert.match(text, /from:\+79161234567 to:78652000000 /);
		await echo.event('ANSWERED', { id });
		assert.equal((await call.bye()).status, 200);
		await ended(id, 200);
	});

calls('an incoming call is hung up by us', { after: 0 }, async () => {
	const call = await incoming();

	ua.reply(await call.incoming('BYE'), 200);
	await ended(call.event.id, 200);
});

calls('a call that is refused gets the status of the refusal',
	{ answer: -1, reject: 486 }, async () => {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp() });

		assert.equal((await call.response(sent)).status, 486);
		call.ack(sent, { refused: true });
		await ended((await echo.event('INVITE')).id, 486);
	});

calls('hidden and escaped numbers are read as they should', {}, async () => {
	for (const [from, seen] of [['anonymous', ''], ['Anonymous', ''],
		['%2B7916%20000', '+7916000'], ['8(865)2-00', '8865200'],
		['+7495;npdi', '+7495'], ['a%0d%0ab', 'a??b']]) {
		const call = await incoming({}, { from });

		assert.ok(call.event.text.includes(` from:${seen} to:`),
			call.event.text);
		await call.bye();
		await ended(call.event.id, 200);
	}
});

// B3-41: test_journal follows it to the database
calls('asserted identity is handed on', {}, async () => {
	const call = await incoming({ headers: [
		['P-Asserted-Identity', '<sip:+79160000000@net>'],
		['Session-Expires', '1800;refresher=uac'],
		['Supported', 'timer, 100rel']] });

	assert.match(call.event.text,
		/identity:P-Asserted-Identity: <sip:\+79160000000@net>/);
	await call.bye();
	await ended(call.event.id, 200);
});

calls('an outgoing call: 180, 183 with SDP, 200, BYE of the callee', {},
	async () => {
		const { id, invite, call } = await outgoing('79990000001', '+78652');

		assert.equal(invite.uri, 'sip:79990000001@127.0.0.1:5080');
		assert.match(header(invite, 'from'), /<sip:\+78652@127\.0\.0\.1>/);
		ua.reply(invite, 100);
		ua.reply(invite, 180, { tag: call.tag });
		assert.equal((await echo.event('PROGRESS', { id })).status, 180);
		ua.reply(invite, 183, { tag: call.tag, body: ua.sdp() });
		const early = await echo.event('PROGRESS', { id });

		assert.equal(early.status, 183);
		assert.match(early.text, /\[m=audio 30000/);
		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		await call.incoming('ACK');
		await echo.event('ANSWERED', { id });
		assert.equal((await call.bye()).status, 200);
		await ended(id, 200);
	});

// B3-36: test_timers has several early dialogs and 100rel
calls('183 without SDP is progress without audio, 180 after 183 is no step back',
	{}, async () => {
		const { id, invite, call } = await outgoing();

		ua.reply(invite, 183, { tag: call.tag });
		assert.doesNotMatch((await echo.event('PROGRESS', { id })).text,
			/sdp:/);
		ua.reply(invite, 183, { tag: call.tag, body: ua.sdp() });
		assert.match((await echo.event('PROGRESS', { id })).text, /sdp:/);
		ua.reply(invite, 180, { tag: call.tag });
		const late = await echo.event('PROGRESS', { id });

		assert.equal(late.status, 180);
		assert.doesNotMatch(late.text, /sdp:/);
		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		await call.incoming('ACK');
		await echo.event('ANSWERED', { id });
		assert.equal((await call.bye()).status, 200);
		await ended(id, 200);
	});

calls('an outgoing call is hung up by us', { after: 0 }, async () => {
	const { id, invite, call } = await outgoing();

	ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
	await call.incoming('ACK');
	ua.reply(await call.incoming('BYE'), 200);
	await ended(id, 200);
});

calls('a refused outgoing call ends with the status', {}, async () => {
	for (const status of [486, 404, 503, 603, 302, 401, 407]) {
		const { id, invite, call } = await outgoing();

		ua.reply(invite, status, { tag: call.tag, headers:
			status === 401 ? [['WWW-Authenticate', 'Digest realm="x", nonce="y"']] :
			status === 407 ? [['Proxy-Authenticate', 'Digest realm="x", nonce="y"']] :
				[] });
		await call.incoming('ACK');
		await ended(id, status);
	}
});

calls('an outgoing call that nobody answers at all ends with 408', {},
	async () => {
		const { id } = await outgoing();

		await ended(id, 408);
	});

// B3-40
calls('numbers with anything but digits in them are not dialled', {},
	async () => {
		for (const bad of ['7999\\r\\nX:y', '7999@x', '', '+', '++7', 'abc',
			'1'.repeat(33), '7<', '7%0d']) {
			echo.say(`call ${bad || ';'}`);
			assert.match((await echo.event('CALL')).text, /^CALL 0 22$/, bad);
		}
	});

// B3-34
calls('a late offer: ours in the 200, the answer in the ACK', {}, async () => {
	const call = new Call(ua);
	const sent = call.request('INVITE');
	const ok = await call.response(sent);
	const { id, text } = await echo.event('INVITE');

	assert.ok(!text.includes('sdp:'), text);
	assert.match(ok.body, /m=audio/);
	call.ack(sent, { body: ua.sdp('sendrecv', '127.0.0.9', 31000) });
	assert.match((await echo.event('REANSWER', { id })).text,
		/\[c=IN IP4 127\.0\.0\.9\].*\[m=audio 31000/);
	await echo.event('ANSWERED', { id });
	await call.bye();
	await ended(id, 200);
});

calls('a late offer whose ACK has no answer is ended', {}, async () => {
	const call = new Call(ua);
	const sent = call.request('INVITE');

	await call.response(sent);
	call.ack(sent);
	ua.reply(await call.incoming('BYE'), 200);
	await ended((await echo.event('INVITE')).id, 488);
});

// B3-29, B3-30
calls('re-INVITE and UPDATE: hold, old hold, another address, back', {},
	async () => {
		const call = await incoming();
		const { id } = call.event;

		for (const method of ['INVITE', 'UPDATE'])
			for (const [way, address, port] of [['sendonly', '127.0.0.1', 30000],
				['inactive', '127.0.0.1', 30000],
				['sendrecv', '0.0.0.0', 30000],
				['sendrecv', '127.0.0.7', 30002],
				['sendrecv', '127.0.0.1', 30000]]) {
				const sent = call.request(method,
					{ body: ua.sdp(way, address, port) });
				const { text } = await echo.event('REOFFER', { id });

				assert.ok(text.includes(`[c=IN IP4 ${address}]`), text);
				assert.ok(text.includes(`[m=audio ${port} `), text);
				assert.ok(text.includes(`[a=${way}]`), text);
				const ok = await call.response(sent);

				assert.equal(ok.status, 200);
				assert.match(ok.body, /m=audio/);
				if (method === 'INVITE')
					call.ack(sent);
			}
		await call.bye();
		await ended(id, 200);
	});

// B3-34
calls('a re-INVITE without an offer gets ours, its answer comes in the ACK',
	{}, async () => {
		const call = await incoming();
		const sent = call.request('INVITE');
		const ok = await call.response(sent);

		assert.match(ok.body, /m=audio/);
		call.ack(sent, { body: ua.sdp('sendrecv', '127.0.0.5', 30500) });
		assert.match((await echo.event('REANSWER')).text, /127\.0\.0\.5/);
		await call.bye();
		await ended(call.event.id, 200);
	});

calls('an UPDATE without an offer is only a refresh', {}, async () => {
	const call = await incoming();
	const ok = await call.response(call.request('UPDATE'));

	assert.equal(ok.status, 200);
	assert.equal(ok.body, '');
	await call.bye();
	await ended(call.event.id, 200);
	assert.equal(echo.count('REOFFER', call.event.id), 0);
});

calls('a refused re-offer leaves the call as it was', { rereject: 480 },
	async () => {
		const call = await incoming();

		for (const method of ['INVITE', 'UPDATE']) {
			const sent = call.request(method, { body: ua.sdp('sendonly') });

			assert.equal((await call.response(sent)).status, 488);
			if (method === 'INVITE')
				call.ack(sent, { refused: true });
		}
		assert.equal((await call.bye()).status, 200);
		await ended(call.event.id, 200);
	});

// B3-34: a re-INVITE that is pending
calls('a second offer before the first is answered gets 500 with Retry-After',
	{ reanswer: 150 }, async () => {
		for (const first of ['INVITE', 'UPDATE'])
			for (const second of ['INVITE', 'UPDATE']) {
				const call = await incoming();
				const one = call.request(first, { body: ua.sdp('sendonly') });

				await echo.event('REOFFER', { id: call.event.id });
				const two = call.request(second, { body: ua.sdp() });
				const no = await call.response(two);

				assert.equal(no.status, 500, `${first} ${second}`);
				assert.ok(header(no, 'retry-after'));
				if (second === 'INVITE')
					call.ack(two, { refused: true });
				assert.equal((await call.response(one)).status, 200);
				if (first === 'INVITE')
					call.ack(one);
				await call.bye();
				await ended(call.event.id, 200);
			}
	});

calls('our re-INVITE and UPDATE are answered', { reoffer: 0 }, async () => {
	for (const method of ['INVITE', 'UPDATE']) {
		await echo.set({ reoffer: method === 'INVITE' ? 0 : -1,
			update: method === 'UPDATE' ? 0 : -1 });
		const call = await incoming();
		const asked = await call.incoming(method);

		assert.match(asked.body, /m=audio 20000/);
		ua.reply(asked, 200, { body: ua.sdp('recvonly') });
		if (method === 'INVITE')
			await call.incoming('ACK');
		const answer = await echo.event('REANSWER', { id: call.event.id });

		assert.equal(answer.status, 200);
		assert.match(answer.text, /\[a=recvonly\]/);
		await call.bye();
		await ended(call.event.id, 200);
	}
});

calls('our refused re-INVITE leaves the call as it was', { reoffer: 0 },
	async () => {
		const call = await incoming();
		const asked = await call.incoming('INVITE');

		ua.reply(asked, 488);
		await call.incoming('ACK');
		assert.equal((await echo.event('REANSWER')).status, 488);
		assert.equal((await call.bye()).status, 200);
		await ended(call.event.id, 200);
	});

// B3-33: who was called
calls('glare: an offer that meets ours gets 491, ours is tried again on 491',
	{}, async () => {
		for (const ours of ['INVITE', 'UPDATE'])
			for (const theirs of ['INVITE', 'UPDATE']) {
				await echo.set({ reoffer: ours === 'INVITE' ? 0 : -1,
					update: ours === 'UPDATE' ? 0 : -1 });
				const call = await incoming();
				const asked = await call.incoming(ours);
				const sent = call.request(theirs, { body: ua.sdp('sendonly') });

				assert.equal((await call.response(sent)).status, 491,
					`${ours} ${theirs}`);
				if (theirs === 'INVITE')
					call.ack(sent, { refused: true });
				ua.reply(asked, 491);
				if (ours === 'INVITE')
					await call.incoming('ACK');
				const again = await call.incoming(ours);

				assert.ok(again.at - asked.at < 2500);
				ua.reply(again, 200, { body: ua.sdp() });
				assert.equal((await echo.event('REANSWER',
					{ id: call.event.id })).status, 200);
				await call.bye();
				await ended(call.event.id, 200);
			}
	});

// B3-33: who has called
calls('who made the Call-ID waits at least 2.1 s after 491',
	{ reoffer: 0 }, async () => {
		const { id, invite, call } = await outgoing();

		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		await call.incoming('ACK');
		const asked = await call.incoming('INVITE');

		ua.reply(asked, 491);
		const again = await call.incoming('INVITE');

		assert.ok(again.at - asked.at >= 2100);
		ua.reply(again, 200, { body: ua.sdp() });
		assert.equal((await echo.event('REANSWER', { id })).status, 200);
		await call.bye();
		await ended(id, 200);
	});

calls('BYE in the middle of a re-offer ends the call', { reanswer: 200 },
	async () => {
		for (const method of ['INVITE', 'UPDATE']) {
			const call = await incoming();
			const sent = call.request(method, { body: ua.sdp('sendonly') });

			await echo.event('REOFFER', { id: call.event.id });
			assert.equal((await call.bye()).status, 200);
			const late = await call.response(sent);

			assert.ok(late.status >= 400, `${method} ${late.status}`);
			await ended(call.event.id, 200);
		}
	});

calls('our hang-up in the middle of their re-offer ends the call',
	{ reanswer: 300 }, async () => {
		for (const method of ['INVITE', 'UPDATE']) {
			const call = await incoming();
			const sent = call.request(method, { body: ua.sdp('sendonly') });

			await echo.event('REOFFER', { id: call.event.id });
			echo.say(`hangup ${call.event.id}`);
			ua.reply(await call.incoming('BYE'), 200);
			assert.ok((await call.response(sent)).status >= 400);
			await ended(call.event.id, 200);
		}
	});

// B3-34
calls('a re-INVITE after BYE gets 481 and harms nobody', {}, async () => {
	const call = await incoming();

	await call.bye();
	for (const method of ['INVITE', 'UPDATE', 'INFO', 'BYE'])
		assert.equal((await call.response(
			call.request(method, { body: ua.sdp() }))).status, 481);
	await ended(call.event.id, 200);
});

// B3-34
calls('our BYE gets 481: the call is over all the same', { after: 0 },
	async () => {
		const call = await incoming();

		ua.reply(await call.incoming('BYE'), 481);
		await ended(call.event.id, 200);
		await echo.idle();
	});

// B3-34
calls('an early re-INVITE gets 500, the call it is about goes on',
	{ ring: 0, answer: 200 }, async () => {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp() });

		await call.response(sent, (s) => s === 180);
		const early = call.request('INVITE', { body: ua.sdp('sendonly') });
		const no = await call.response(early);

		assert.equal(no.status, 500);
		assert.ok(header(no, 'retry-after'));
		call.ack(early, { refused: true });
		assert.equal((await call.response(sent)).status, 200);
		call.ack(sent);
		const { id } = await echo.event('INVITE');

		await echo.event('ANSWERED', { id });
		assert.equal(echo.count('REOFFER', id), 0);
		assert.equal((await call.bye()).status, 200);
		await ended(id, 200);
	});

calls('BYE right behind the ACK', {}, async () => {
	for (let i = 0; i < 20; i++) {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp() });

		await call.response(sent);
		call.ack(sent);
		const bye = call.request('BYE');

		assert.equal((await call.response(bye)).status, 200);
		await ended((await echo.event('INVITE')).id, 200);
	}
});

calls('BYE in place of the ACK', {}, async () => {
	const call = new Call(ua);

	await call.response(call.request('INVITE', { body: ua.sdp() }));
	assert.equal((await call.bye()).status, 200);
	await ended((await echo.event('INVITE')).id, 200);
});

// B3-42
calls('INFO digits of both kinds', {}, async () => {
	const call = await incoming();
	const relay = 'application/dtmf-relay';

	for (const [type, body, digit] of [
		[relay, 'Signal=5\r\nDuration=160\r\n', '5'],
		[relay, 'Duration=160\r\nSignal= *\r\n', '*'],
		[relay, 'Signal=11', '#'], [relay, 'Signal=d\n', 'D'],
		['application/dtmf', '7', '7'], ['application/dtmf', '10', '*'],
		['application/dtmf', '#\r\n', '#']]) {
		const sent = call.request('INFO', { type, body });

		assert.equal((await call.response(sent)).status, 200);
		assert.ok((await echo.event('DTMF')).text.endsWith(`digit:${digit}`));
	}
	for (const [type, body, status] of [[relay, 'Signal=\r\n', 200],
		[relay, 'Signal=55', 200], ['application/dtmf', 'xyz', 200],
		['text/plain', '5', 415]])
		assert.equal((await call.response(
			call.request('INFO', { type, body }))).status, status);
	assert.equal((await call.response(call.request('INFO'))).status, 200);
	await call.bye();
	await ended(call.event.id, 200);
	assert.equal(echo.count('DTMF', call.event.id), 7);
});

calls('OPTIONS is answered with what we speak, unknown methods are not', {},
	async () => {
		const ask = async (method) => {
			const call = new Call(ua);

			return call.response(call.request(method,
				{ headers: [['Event', 'x'], ['Refer-To', '<sip:a@b>']] }));
		};
		const ok = await ask('OPTIONS');

		assert.equal(ok.status, 200);
		assert.match(header(ok, 'allow'), /INVITE.*BYE.*UPDATE/);
		assert.match(header(ok, 'accept'), /application\/sdp/);
		for (const method of ['REFER', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH',
			'REGISTER', 'FLY', 'INFO', 'UPDATE', 'BYE', 'NOTIFY', 'PRACK'])
			assert.ok([405, 481, 501].includes((await ask(method)).status),
				method);
		const call = await incoming();

		for (const method of ['REFER', 'SUBSCRIBE', 'FLY'])
			assert.ok([405, 501].includes((await call.response(
				call.request(method))).status), method);
		assert.equal((await call.response(call.request('OPTIONS'))).status, 200);
		await call.bye();
		await ended(call.event.id, 200);
	});

calls('bodies we cannot read: 415 with Accept, NUL 400', {}, async () => {
	for (const [options, status] of [
		[{ body: 'hello', type: 'text/plain' }, 415],
		[{ body: ua.sdp(), headers: [['Content-Encoding', 'gzip']] }, 415],
		[{ body: 'v=0\0\r\n' }, 400]]) {
		const call = new Call(ua);
		const sent = call.request('INVITE', options);
		const no = await call.response(sent);

		assert.equal(no.status, status);
		if (status === 415)
			assert.match(header(no, 'accept'), /application\/sdp/);
		call.ack(sent, { refused: true });
	}
	assert.equal((await echo.stats()).dialogs, 0);
});

calls('a foreign source gets 403 and is counted, from the peer any port is good',
	{}, async () => {
		const before = await echo.stats();
		const foreign = await Ua.open({ host: '127.0.0.2' });
		const other = await Ua.open({ port: 5999 });
		const call = new Call(foreign);
		// says in Via that it is the peer: the packet decides
		const sent = call.request('INVITE', { body: ua.sdp(), headers:
			[['Via', 'SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKx']] });
		const no = await call.response(sent);

		assert.equal(no.status, 403);
		call.ack(sent, { refused: true });
		const good = new Call(other);

		assert.equal((await good.up()).status, 200);
		const event = await echo.event('INVITE');

		// a stranger inside somebody's dialog
		for (const method of ['INVITE', 'UPDATE', 'INFO']) {
			good.ua = foreign;
			const asked = good.request(method, { body: ua.sdp() });

			assert.equal((await good.response(asked)).status, 403);
			if (method === 'INVITE')
				good.ack(asked, { refused: true });
		}
		good.ua = other;
		assert.equal((await good.bye()).status, 200);
		await ended(event.id, 200);
		const after = await echo.stats();

		assert.equal(after.foreign - before.foreign, 4);
		assert.equal(after.invites - before.invites, 1);
		foreign.close();
		other.close();
	});

calls('a call over TCP', { ring: 0 }, async () => {
	const tcp = await Ua.open({ tcp: true });
	const call = new Call(tcp);

	assert.equal((await call.up()).status, 200);
	const { id } = await echo.event('INVITE');

	await echo.event('ANSWERED', { id });
	assert.equal((await call.bye()).status, 200);
	await ended(id, 200);
	tcp.close();
});

calls('our BYE goes over the caller\'s TCP connection', { after: 0 },
	async () => {
		const tcp = await Ua.open({ tcp: true });
		const call = new Call(tcp);

		assert.equal((await call.up()).status, 200);
		tcp.reply(await call.incoming('BYE'), 200);
		await ended((await echo.event('INVITE')).id, 200);
		tcp.close();
	});

await run();
