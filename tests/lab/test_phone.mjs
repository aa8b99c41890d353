#!/usr/bin/env node
// The telephone calls itself, and baresip: what it measures later it must
// first do right.

import assert from 'node:assert/strict';
import { inNamespace, test, run, finally_, deadline } from './run.mjs';
import { Baresip } from './baresip.mjs';
import { Phone } from './phone.mjs';
import { spans, hasTone, windows } from './tone.mjs';

inNamespace();

const a = await Phone.open({ port: 5080, peer: { port: 5060 } });
const b = await Phone.open({ port: 5060, peer: { port: 5080 } });

finally_(() => a.close());
finally_(() => b.close());

async function connect(options = {}) {
	const out = await a.call('100', { tone: 440, ...options });
	const inc = await b.incoming({ to: '100' });

	inc.ring();
	assert.equal((await out.ringing).status, 180);
	await inc.answer({ tone: 700 });
	await out.answered;
	return [out, inc];
}

test('two phones hear each other and hang up', async () => {
	const [out, inc] = await connect();

	await Promise.all([out.media.hears(700), inc.media.hears(440)]);
	const from = performance.now();

	await new Promise((done) => setTimeout(done, 1000));
	for (const media of [inc.media, out.media])
		assert.ok(media.longestSilence(from) < 60);
	await out.hangup();
	assert.equal((await inc.ended).why, 'BYE theirs');
});

test('what is said changes when it is told to', async () => {
	const [out, inc] = await connect();

	await inc.media.hears(440);
	const from = performance.now();

	out.media.say(1300);
	await inc.media.hears(1300, { ms: 500 });
	out.media.say(null);
	await inc.media.until((w) => w.rms < 0.001 && w.missing === 0,
		{ what: 'silence that is sent' });
	out.media.pause(true);
	const quiet = await new Promise((done) => {
		setTimeout(() => done(inc.media.windows([], performance.now() - 300)),
			500);
	});

	assert.ok(quiet.every((w) => w.missing === 1));
	const heard = spans(inc.media.windows([1300], from), hasTone(1300));

	assert.equal(heard.length, 1);
	await inc.hangup();
	assert.equal((await out.ended).why, 'BYE theirs');
});

test('digits arrive by RTP and by INFO', async () => {
	const [out, inc] = await connect();
	const info = new Promise((done) => inc.once('info', done));

	await out.media.dtmf('15#');
	await inc.media.hears(440);
	assert.deepEqual(inc.media.digits.map((d) => d.key), ['1', '5', '#']);
	assert.ok(inc.media.digits.every((d) => d.duration === 800));
	assert.equal((await out.info('7')).status, 200);
	assert.match((await info).body, /Signal=7/);
	await out.hangup();
});

test('hold, resume and a moved call are re-INVITEs', async () => {
	const [out, inc] = await connect();

	assert.equal((await out.hold()).status, 200);
	assert.equal(inc.remoteSdp.direction, 'sendonly');
	assert.equal(out.remoteSdp.direction, 'recvonly');
	assert.equal((await out.resume()).status, 200);
	assert.equal(inc.remoteSdp.direction, 'sendrecv');
	const before = out.media.port;

	assert.equal((await out.move()).status, 200);
	assert.notEqual(out.media.port, before);
	await Promise.all([out.media.hears(700), inc.media.hears(440)]);
	await out.hangup();
});

test('a call can be cancelled, refused and found absent', async () => {
	const out = await a.call('200');
	const inc = await b.incoming({ to: '200' });

	inc.ring();
	await out.ringing;
	await out.hangup();
	assert.equal((await inc.ended).why, 'CANCEL theirs');
	assert.equal(out.refusal, 487);

	const busy = await a.call('201');

	(await b.incoming({ to: '201' })).reject(486);
	await assert.rejects(busy.answered, /486/);
	assert.equal((await deadline(busy.ended, 1000, 'end')).why,
		'486 Busy Here');
});

test('a late offer is answered in the ACK', async () => {
	const out = await a.call('300', { late: true });
	const inc = await b.incoming({ to: '300' });

	assert.equal(inc.first.body, '');
	await inc.answer({ tone: 700 });
	await out.answered;
	await Promise.all([out.media.hears(700), inc.media.hears(440)]);
	await out.hangup();
});

test('baresip calls it, is held and resumed, and hears it', async () => {
	const peer = await Baresip.open({ hz: 600 });

	try {
		const [call] = await Promise.all([
			b.incoming({ to: '400' }).then((c) => c.answer({ tone: 700 })),
			peer.dial('sip:400@127.0.0.1:5060')]);

		await call.media.hears(600, { ms: 1500 });
		assert.equal((await call.hold()).status, 200);
		assert.equal(call.remoteSdp.direction, 'recvonly');
		await call.resume();
		await call.media.hears(600, { ms: 1500 });
		peer.hangup();
		await call.ended;
		await peer.close(); // its file is whole now
		const list = peer.heard().flatMap((s) => windows(s, [700]));

		assert.ok(list.length > 5);
		assert.ok(list.filter((w) => w.tones[700] > 0.3).length >
			0.8 * list.length); // a starved player skips
	} finally {
		await peer.close();
	}
});

await run();
