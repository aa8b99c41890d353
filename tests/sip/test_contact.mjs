#!/usr/bin/env node
// Whatever a message names as the way back to its sender: the process lives,
// also after the time an ACK may take (a BYE of sofia's own goes there then).

import assert from 'node:assert/strict';
import { finally_, inNamespace, lasts, run, test } from '../lab/run.mjs';
import { Call, Echo, Ua } from './ua.mjs';

inNamespace();

const T1 = 10; // an ACK may take 640 ms

const bad = {
	'*': '*',
	'tel:': '<tel:+79161234567>',
	'unknown scheme': '<foo:bar@127.0.0.1>',
	'mailto:': '<mailto:a@b>',
	'no host': '<sip:>',
	'user without a host': '<sip:ua@>',
	'port without a host': '<sip::5080>',
	'two of them': ['<sip:ua@127.0.0.1:5080>', '<sip:ub@127.0.0.1:5080>'],
	'two in one line': '<sip:ua@127.0.0.1:5080>, <sip:ub@127.0.0.1:5080>',
	none: [],
	empty: '',
	'no address at all': ';expires=3',
	'only a name': '"Anna"',
	'an open bracket': '<sip:ua@127.0.0.1:5080',
	'* and another': ['*', '<sip:ua@127.0.0.1:5080>'],
};
const odd = { // allowed by the letter; the way back may not work
	sips: '<sips:ua@127.0.0.1:5080>',
	'unknown transport': '<sip:ua@127.0.0.1:5080;transport=carrier>',
	tls: '<sip:ua@127.0.0.1:5080;transport=tls>',
	'port out of range': '<sip:ua@127.0.0.1:99999>',
	'port 0': '<sip:ua@127.0.0.1:0>',
	'name nobody knows': '<sip:ua@nowhere.invalid:5080>',
	'an IPv6 address': '<sip:ua@[::1]:5080>',
	maddr: '<sip:ua@127.0.0.1:5080;maddr=256.1.1.1>',
	'a method in it': '<sip:ua@127.0.0.1:5080;method=BYE?Subject=x>',
	'no user': '<sip:127.0.0.1:5080>',
	'a header in it': '<sip:ua@127.0.0.1:5080?Route=%3Csip:x%3E>',
	'a dead TCP port': '<sip:ua@127.0.0.1:1;transport=tcp>',
};

const ua = await Ua.open();
const echo = await Echo.start({ t1: T1 });

finally_(async () => {
	const { how } = await echo.close();

	ua.close();
	assert.equal(how, 0);
});

function contacts(name, settings, body) {
	test(name, async () => {
		await echo.set({ answer: 0, after: -1, reanswer: 0, ...settings });
		echo.forget();
		ua.forget();
		await body();
	}, { limit: 90000 });
}

// Past 64 × T1 of whatever is open, and of the BYE after it.
async function alive(what) {
	await lasts(2 * 64 * T1);
	await echo.idle();
	assert.equal(echo.how, undefined, `died of ${what}`);
}

const each = (list) => Object.entries(list);

contacts('INVITE with a bad Contact gets 400', {}, async () => {
	const before = await echo.stats();

	for (const [what, contact] of each(bad)) {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp(), contact });

		assert.equal((await call.response(sent)).status, 400, what);
		call.ack(sent, { refused: true });
	}
	await alive('INVITE');
	const after = await echo.stats();

	// sofia itself refuses those it cannot parse
	assert.ok(after.bad_contact - before.bad_contact >= 8);
});

contacts('INVITE with a bad Record-Route gets 400', {}, async () => {
	for (const route of ['<tel:+7>', '*', '<foo:bar>', '<sip:>', '']) {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp(),
			headers: [['Record-Route', route]] });

		assert.equal((await call.response(sent)).status, 400, route);
		call.ack(sent, { refused: true });
	}
	await alive('Record-Route');
});

contacts('an odd Contact, answered and never acknowledged', {}, async () => {
	for (const [what, contact] of each(odd)) {
		const call = new Call(ua);
		const sent = call.request('INVITE', { body: ua.sdp(), contact });
		const { status } = await call.response(sent);

		assert.ok([200, 400].includes(status), `${what}: ${status}`);
	}
	await alive('no ACK');
});

contacts('an odd Contact, acknowledged and hung up by us', { after: 0 },
	async () => {
		for (const [what, contact] of each(odd)) {
			const call = new Call(ua);
			const sent = call.request('INVITE', { body: ua.sdp(), contact });

			if ((await call.response(sent)).status === 200)
				call.ack(sent);
			await echo.idle();
		}
	});

for (const method of ['INVITE', 'UPDATE'])
	for (const acked of [true, false])
		for (const end of ['hang-up', 'nothing'])
			contacts(`bad Contact in a later ${method}, ${acked ? '' : 'not '
			}acknowledged, then ${end}`, {}, async () => {
				for (const [what, contact] of each(bad)) {
					const call = new Call(ua);
					const sent = call.request('INVITE', { body: ua.sdp() });

					await call.response(sent);
					if (acked)
						call.ack(sent);
					const { id } = await echo.event('INVITE');
					const again = call.request(method,
						{ body: ua.sdp('sendonly'), contact });
					const { status } = await call.response(again);

					// 500: the first INVITE is still unacknowledged
					assert.ok(status === 400 || (!acked && status === 500),
						`${what}: ${status}`);
					if (method === 'INVITE')
						call.ack(again, { refused: true });
					if (end === 'hang-up' || acked)
						echo.say(`hangup ${id}`);
					await echo.event('ENDED', { id });
				}
				await alive(method);
			});

contacts('bad Contact in an UPDATE while a re-INVITE of theirs is unacknowledged',
	{}, async () => {
		for (const [, contact] of each(bad)) {
			const call = new Call(ua);

			await call.up();
			const { id } = await echo.event('INVITE');
			const again = call.request('INVITE', { body: ua.sdp('sendonly') });

			await call.response(again);
			await call.response(call.request('UPDATE',
				{ body: ua.sdp(), contact }));
			await echo.event('ENDED', { id });
		}
		await alive('UPDATE over re-INVITE');
	});

for (const [kind, list] of [['bad', bad], ['odd', odd]])
	for (const settings of [{ after: 0 }, { after: -1 }])
		contacts(`a callee's 200 with a ${kind} Contact${settings.after ? '' :
			', hung up by us'}`, settings, async () => {
			for (const [, contact] of each(list)) {
				echo.say('call 79990000001');
				const { id } = await echo.event('CALL');
				const invite = await ua.next((m) => m.method === 'INVITE',
					'INVITE');

				ua.reply(invite, 180, { contact });
				ua.reply(invite, 200, { contact, body: ua.sdp() });
				if (kind === 'odd')
					echo.say(`hangup ${id}`);
				await echo.event('ENDED', { id });
			}
			await alive('outgoing');
		});

// sofia keeps the handle of a few of these for ever, some 2 KB each; a trunk
// that answers so is broken beyond use.
contacts('a callee\'s answer to our re-INVITE with a bad Contact', {},
	async () => {
		const other = await Echo.start({ t1: T1, port: 5070, leaky: true });
		const far = await Ua.open({ port: 5081,
			peer: { host: '127.0.0.1', port: 5070 } });

		await other.set({ answer: 0, reoffer: 0 });
		for (const [, contact] of each(bad)) {
			const call = new Call(far);

			await call.up();
			const { id } = await other.event('INVITE');

			far.reply(await call.incoming('INVITE'), 200,
				{ contact, body: far.sdp() });
			other.say(`hangup ${id}`);
			await other.event('ENDED', { id });
		}
		await lasts(2 * 64 * T1);
		assert.equal((await other.close()).how, 0);
		far.close();
	});

contacts('closing with a spoilt dialog open', {}, async () => {
	for (const method of ['INVITE', 'UPDATE']) {
		const other = await Echo.start({ t1: T1, port: 5070 });
		const far = await Ua.open({ port: 5081,
			peer: { host: '127.0.0.1', port: 5070 } });

		for (const [, contact] of each(bad)) {
			const call = new Call(far);

			await call.up();
			const again = call.request(method, { body: far.sdp(), contact });

			await call.response(again);
		}
		const { how, ms } = await other.close();

		far.close();
		assert.equal(how, 0);
		assert.ok(ms <= 2000, `${ms} ms`);
	}
});

await run();
