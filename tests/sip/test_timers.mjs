#!/usr/bin/env node
// limit: 200 s
// B3-32: session timers (RFC 4028) with seconds for half hours, reliable provisional
// responses (RFC 3262), several early dialogs.

import assert from 'node:assert/strict';
import { inNamespace, run, test as bare } from '../lab/run.mjs';
import { cseq, header } from '../lab/sip.mjs';
import { Call, Echo, Registrar, Ua } from './ua.mjs';

inNamespace();

const TIMED = ['-s', '4', '-m', '2']; // asks for 4 s, takes 2 at least
const UPDATES = ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE'];
const NO_UPDATE = ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS'];

function test(name, body, args = TIMED) {
	bare(name, async () => {
		try {
			const ua = await Ua.open();

			await body(ua, await Echo.start({ args }));
		} finally {
			Ua.closeAll();
			await Echo.killAll();
		}
	});
}

const timer = (seconds, who = '') => [['Supported', 'timer'],
	['Session-Expires', `${seconds}${who && `;refresher=${who}`}`]];

async function dialled(ua, echo, headers = []) {
	echo.say('call 79990000001');
	const { id } = await echo.event('CALL');
	const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
	const call = Call.of(ua, invite);

	ua.reply(invite, 200, { tag: call.tag, body: ua.sdp(), headers });
	await call.incoming('ACK');
	await echo.event('ANSWERED', { id });
	return { id, call, invite };
}

test('the caller who offers to refresh is taken at his word', async (ua) => {
	const call = new Call(ua);
	const ok = await call.up({ headers: timer(10, 'uac') });

	assert.match(header(ok, 'session-expires'), /^\d+;\s*refresher=uac$/);
	assert.match(header(ok, 'require'), /timer/);
	assert.equal((await call.bye()).status, 200);
});

test('a refresh is answered though no timer was agreed to', async (ua) => {
	const call = new Call(ua);

	await call.up();
	for (const method of ['UPDATE', 'INVITE']) {
		const sent = call.request(method, { headers: timer(10, 'uac'),
			body: method === 'INVITE' ? ua.sdp() : '' });

		assert.equal((await call.response(sent)).status, 200);
		if (method === 'INVITE')
			call.ack(sent);
	}
	assert.equal((await call.bye()).status, 200);
});

test('told to refresh, we do, again and again', async (ua) => {
	const call = new Call(ua);
	const ok = await call.up({ headers: [...timer(4, 'uas'), UPDATES] });

	assert.match(header(ok, 'session-expires'), /refresher=uas/);
	for (let i = 0; i < 3; i++) {
		const update = await call.incoming('UPDATE', 15000);

		assert.match(header(update, 'session-expires'), /refresher=uac/);
		assert.match(header(update, 'contact'), /<sip:/);
		assert.equal(update.body, '');
		ua.reply(update, 200, { tag: call.tag,
			headers: [['Session-Expires', '4;refresher=uac'],
				['Require', 'timer']] });
	}
	assert.equal((await call.bye()).status, 200);
});

const origin = (m) => /^o=.*$/m.exec(m.body)[0];

test('a peer that cannot UPDATE is refreshed by re-INVITE with the same SDP',
	async (ua) => {
		const call = new Call(ua);
		const ok = await call.up({ headers: [...timer(6, 'uas'), UPDATES] });

		ua.reply(await call.incoming('UPDATE', 15000), 501);
		for (let i = 0; i < 2; i++) {
			const again = await call.incoming('INVITE', 15000);

			assert.equal(again.body, ok.body);
			assert.ok(header(again, 'session-expires'));
			ua.reply(again, 200, { body: ua.sdp() });
			await call.incoming('ACK');
		}
		assert.equal((await call.bye()).status, 200);
	}, ['-s', '6', '-m', '2']);

test('a peer that does not list UPDATE is refreshed by re-INVITE at once',
	async (ua, echo) => {
		const theirs = new Call(ua);

		await theirs.up({ headers: [...timer(6, 'uas'), NO_UPDATE] });
		const { call: ours, id } = await dialled(ua, echo, [NO_UPDATE,
			['Session-Expires', '6;refresher=uac'], ['Require', 'timer']]);

		ua.on = (m) => m.method === 'UPDATE' && (ua.reply(m, 501), true);
		for (let i = 0; i < 2; i++)
			for (const call of [theirs, ours]) {
				const again = await call.incoming('INVITE', 15000);

				assert.match(again.body, /m=audio 20000/);
				assert.ok(header(again, 'session-expires'));
				ua.reply(again, 200, { body: ua.sdp(), headers: [NO_UPDATE,
					['Session-Expires', '6;refresher=uac'],
					['Require', 'timer']] });
				await call.incoming('ACK');
			}
		assert.equal(echo.count('ENDED', id), 0);
		for (const call of [theirs, ours])
			assert.equal((await call.bye()).status, 200);
	}, ['-s', '6', '-m', '2']);

test('what a peer has refused is not in the refresh', async (ua, echo) => {
	await echo.set({ reoffer: 0 });
	const call = new Call(ua);
	const ok = await call.up({ headers: [...timer(6, 'uas'), NO_UPDATE] });
	const offer = await call.incoming('INVITE');

	assert.notEqual(origin(offer), origin(ok));
	ua.reply(offer, 488);
	await call.incoming('ACK');
	await echo.event('REANSWER', { fits: (e) => e.status === 488 });
	const refresh = await ua.next((m) => m.method === 'INVITE' &&
		cseq(m).number > cseq(offer).number, 'refresh'); // not the offer again

	assert.equal(origin(refresh), origin(ok));
}, ['-s', '6', '-m', '2']);

test('a refused refresh is nobody\'s business but ours', async (ua, echo) => {
	const call = new Call(ua);

	await call.up({ headers: [...timer(8, 'uas'), NO_UPDATE] });
	ua.reply(await call.incoming('INVITE'), 488);
	await call.incoming('ACK');
	const again = await call.incoming('INVITE');

	ua.reply(again, 200, { body: ua.sdp() });
	await call.incoming('ACK');
	const { text, status } = await echo.event('REANSWER');

	assert.equal(status, 200, text); // the media may have moved
	assert.equal(echo.lines.filter((l) => l.startsWith('REANSWER')).length, 1);
	assert.equal((await call.bye()).status, 200);
}, ['-s', '8', '-m', '2']);

test('their re-INVITE is served while our UPDATE waits, and 491 while our' +
	' re-INVITE does', async (ua) => {
	for (const [allow, method, status] of [[UPDATES, 'UPDATE', 200],
		[NO_UPDATE, 'INVITE', 491]]) {
		const call = new Call(ua);

		await call.up({ headers: [...timer(6, 'uas'), allow] });
		const refresh = await call.incoming(method);
		const sent = call.request('INVITE', { body: ua.sdp() });

		assert.equal((await call.response(sent)).status, status);
		call.ack(sent, { refused: status !== 200 });
		ua.reply(refresh, 200, { body: method === 'INVITE' ? ua.sdp() : '' });
		if (method === 'INVITE')
			await call.incoming('ACK');
		assert.equal((await call.bye()).status, 200);
	}
}, ['-s', '6', '-m', '2']);

test('an UPDATE that nobody answers: BYE, and a reason', async (ua, echo) => {
	const call = new Call(ua);

	await call.up({ headers: [...timer(4, 'uas'), UPDATES] });
	const first = await call.incoming('UPDATE');

	await echo.event('ENDED', { fits: (e) => e.status === 408 });
	const bye = await call.incoming('BYE');

	assert.match(header(bye, 'reason'), /cause=408/);
	assert.ok(bye.at - first.at > 600); // half time to two thirds
	ua.reply(bye, 200);
	await echo.idle();
});

test('a refresh by re-INVITE that nobody answers: BYE, and a reason',
	async (ua, echo) => {
		const call = new Call(ua);

		await call.up({ headers: [...timer(9, 'uas'), NO_UPDATE] });
		await call.incoming('INVITE');
		await echo.event('ENDED', { fits: (e) => e.status === 408 });
		const bye = await call.incoming('BYE');

		assert.match(header(bye, 'reason'), /cause=408/);
		ua.reply(bye, 200);
		await echo.idle();
		assert.equal((await echo.close()).how, 0);
	}, ['-s', '9', '-m', '2', '-t', '20']);

// The UPDATE that is due goes unanswered; the port may be closed besides.
async function unheard(closed, port) {
	const at = { port: port + 20, peer: { host: '127.0.0.1', port } };
	let ua = await Ua.open(at);
	const echo = await Echo.start({ port, peer: `127.0.0.1:${at.port}`,
		args: ['-s', '40', '-m', '2', '-t', '10'] });
	const call = new Call(ua);

	await call.up({ headers: [...timer(40, 'uas'), UPDATES] });
	const first = await call.incoming('UPDATE', 40000);

	if (closed) {
		ua.close();
		await echo.event('TRUNK', { fits: (e) => e.status === 503 });
		ua = call.ua = await Ua.open(at);
	}
	ua.reply(await ua.next((m) => m.method === 'UPDATE' &&
		header(m, 'cseq') !== header(first, 'cseq'), 'a second UPDATE', 40000),
	200, { headers: [['Session-Expires', '40;refresher=uac']] });
	assert.equal((await call.bye()).status, 200);
}

test('silence or a closed port is no answer to an UPDATE: it comes again',
	async () => {
		await Promise.all([unheard(false, 5062), unheard(true, 5064)]);
	});

test('a 200 to our UPDATE needs no Contact, one that is spoilt ends the call',
	async (ua, echo) => {
		const call = new Call(ua);

		await call.up({ headers: [...timer(4, 'uas'), UPDATES] });
		for (let i = 0; i < 2; i++)
			ua.reply(await call.incoming('UPDATE'), 200, { contact: [],
				headers: [['Session-Expires', '4;refresher=uac']] });
		ua.reply(await call.incoming('UPDATE'), 200,
			{ contact: '<tel:+79161234567>' });
		assert.match((await echo.event('ENDED')).text, / 502 /);
	});

test('a re-INVITE that is challenged, and then nobody answers: BYE, and a' +
	' reason', async (ua, echo) => {
	const reg = new Registrar(ua, { secret: 'word' });

	echo.say('trunk 1 127.0.0.1:5080 udp tfoms word +78652000000 600');
	echo.say('trunks now');
	await ua.until(() => reg.good, 'registered');
	const call = new Call(ua);

	await call.up({ headers: [...timer(12, 'uas'), NO_UPDATE] });
	const first = await call.incoming('INVITE', 15000);

	ua.reply(first, 401, { headers: reg.challenges()
		.map((c) => ['WWW-Authenticate', c]) });
	const { number } = cseq(first);
	const again = await ua.next((m) => m.method === 'INVITE' &&
		cseq(m).number > number, 'INVITE with credentials');

	assert.ok(header(again, 'authorization'));
	await echo.event('ENDED', { fits: (e) => e.status === 408 });
	assert.match(header(await call.incoming('BYE'), 'reason'), /cause=408/);
	assert.ok(performance.now() - again.at < 1900, 'before the session ends');
}, ['-s', '12', '-m', '2', '-t', '10']);

test('what an UPDATE says meanwhile does not answer the re-INVITE that waits',
	async (ua, echo) => {
		await echo.set({ reanswer: 500 });
		const call = new Call(ua);

		await call.up({ headers: timer(10, 'uac') });
		const waits = call.request('INVITE', { body: ua.sdp(),
			headers: timer(9, 'uac') });

		await echo.event('REOFFER');
		const update = call.request('UPDATE', { headers: timer(8, 'uas') });

		assert.match(header(await call.response(update), 'session-expires'),
			/^8;\s*refresher=uas$/);
		const late = call.request('UPDATE', { body: ua.sdp(),
			headers: timer(7, 'uas') });

		assert.equal((await call.response(late)).status, 500);
		assert.match(header(await call.response(waits), 'session-expires'),
			/^9;\s*refresher=uac$/);
		call.ack(waits);
		assert.equal((await call.bye()).status, 200);
	}, ['-s', '24', '-m', '2']);

test('404 to an UPDATE: the dialog is gone', async (ua, echo) => {
	const call = new Call(ua);

	await call.up({ headers: [...timer(4, 'uas'), UPDATES] });
	ua.reply(await call.incoming('UPDATE'), 404);
	await echo.event('ENDED', { fits: (e) => e.status === 408 });
	await echo.idle();
	assert.equal((await echo.close()).how, 0);
});

test('501 to an offer of ours by UPDATE: it goes by re-INVITE',
	async (ua, echo) => {
		await echo.set({ update: 0 });
		const call = new Call(ua);

		await call.up();
		const offer = await call.incoming('UPDATE');

		ua.reply(offer, 501);
		const again = await call.incoming('INVITE');

		assert.equal(again.body, offer.body);
		ua.reply(again, 200, { body: ua.sdp() });
		await call.incoming('ACK');
		await echo.event('REANSWER', { fits: (e) => e.status === 200 });
		assert.equal((await call.bye()).status, 200);
	});

test('Require: timer is no reason to refuse, nor are compact headers',
	async (ua) => {
		const call = new Call(ua);
		const ok = await call.up({ headers: [['k', 'timer'],
			['Require', 'timer'], ['x', '10 ; Refresher=UAC']] });

		assert.match(header(ok, 'session-expires'), /^4;\s*refresher=uac/);
		const update = call.request('UPDATE', { headers: [
			...timer(10, 'uac'), ['Require', 'timer']] });

		assert.equal((await call.response(update)).status, 200);
		assert.equal((await call.bye()).status, 200);
	});

test('a peer that does not refresh is given up with BYE', async (ua, echo) => {
	const call = new Call(ua);

	await call.up({ headers: timer(4, 'uac') });
	ua.reply(await call.incoming('BYE', 20000), 200);
	await echo.event('ENDED');
});

test('too short an interval gets 422 with Min-SE', async (ua) => {
	const call = new Call(ua);
	const sent = call.request('INVITE', { body: ua.sdp(),
		headers: timer(1) });
	const no = await call.response(sent);

	assert.equal(no.status, 422);
	assert.equal(header(no, 'min-se'), '2');
	call.ack(sent, { refused: true });
});

test('422 with Min-SE is followed by an INVITE that heeds it',
	async (ua, echo) => {
		echo.say('call 79990000001');
		const first = await ua.next((m) => m.method === 'INVITE', 'INVITE');

		assert.equal(header(first, 'session-expires').split(';')[0], '4');
		assert.match(header(first, 'supported'), /timer/);
		ua.reply(first, 422, { headers: [['Min-SE', '20']] });
		const second = await ua.next((m) => m.method === 'INVITE' &&
			header(m, 'cseq') !== header(first, 'cseq'), 'INVITE');

		assert.equal(header(second, 'min-se').split(';')[0], '20');
		assert.ok(parseInt(header(second, 'session-expires'), 10) >= 20);
		assert.equal(header(second, 'call-id'), header(first, 'call-id'));
		ua.reply(second, 486, { tag: 'b' });
		assert.match((await echo.event('ENDED')).text, / 486 /);
	});

test('our call is refreshed by whom the answer names', async (ua, echo) => {
	const { call, id } = await dialled(ua, echo, [
		UPDATES, ['Session-Expires', '4;refresher=uac'], ['Require', 'timer']]);

	ua.reply(await call.incoming('UPDATE', 15000), 200, { tag: call.tag });
	assert.equal(echo.count('ENDED', id), 0);
	assert.equal((await call.bye()).status, 200);
});

// B3-36
test('a reliable 183 is acknowledged with PRACK, then 180, then the answer',
	async (ua, echo) => {
		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');
		const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
		const call = Call.of(ua, invite);

		assert.match(header(invite, 'supported'), /100rel/);
		ua.reply(invite, 183, { tag: call.tag, body: ua.sdp(),
			headers: [['Require', '100rel'], ['RSeq', '7']] });
		assert.match((await echo.event('PROGRESS', { id })).text,
			/ 183 .*m=audio/);
		const prack = await call.incoming('PRACK');

		assert.match(header(prack, 'rack'), /^7 \d+ INVITE$/);
		ua.reply(prack, 200);
		ua.reply(invite, 180, { tag: call.tag });
		assert.equal((await echo.event('PROGRESS', { id })).status, 180);
		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		await call.incoming('ACK');
		await echo.event('ANSWERED', { id });
		assert.equal((await call.bye()).status, 200);
	});

// B3-36
test('a caller who requires 100rel is served', async (ua) => {
	const call = new Call(ua);

	assert.equal((await call.up({ headers: [['Require', '100rel']] })).status,
		200);
	assert.equal((await call.bye()).status, 200);
});

// B3-36
test('several early dialogs: the one that answers is the call',
	async (ua, echo) => {
		echo.say('call 79990000001');
		const { id } = await echo.event('CALL');
		const invite = await ua.next((m) => m.method === 'INVITE', 'INVITE');
		const other = Call.of(ua, invite);
		const call = Call.of(ua, invite);

		ua.reply(invite, 183, { tag: other.tag, body: ua.sdp() });
		ua.reply(invite, 180, { tag: call.tag });
		for (const status of [183, 180])
			assert.equal((await echo.event('PROGRESS', { id })).status,
				status);
		ua.reply(invite, 200, { tag: call.tag, body: ua.sdp() });
		assert.ok(header(await call.incoming('ACK'), 'to')
			.includes(call.tag));
		await echo.event('ANSWERED', { id });
		echo.say(`hangup ${id}`);
		const bye = await call.incoming('BYE');

		assert.ok(header(bye, 'to').includes(call.tag));
		ua.reply(bye, 200);
		await echo.event('ENDED', { id });
		await echo.idle();
		assert.equal(echo.count('ENDED', id), 1);
	});

await run();
