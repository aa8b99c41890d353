#!/usr/bin/env node
// The citizen of `make call`: how long he waits, and whether anybody has to
// listen to what he prints.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PATIENCE, ROOT, deadline, finally_, inNamespace, run, test }
	from '../lab/run.mjs';
import { sine, wav } from '../lab/tone.mjs';
import { Call, Ua } from './ua.mjs';

inNamespace();

const dir = mkdtempSync(path.join(os.tmpdir(), 'caller-'));
const voice = path.join(dir, 'voice.wav');

finally_(() => {
	Ua.closeAll();
	rmSync(dir, { recursive: true });
});
writeFileSync(voice, wav([sine(440, 1)]));

const ua = await Ua.open({ port: 5060 }); // us
const invite = () => ua.next((m) => m.method === 'INVITE', 'INVITE', PATIENCE);

function citizen(...more) {
	const child = spawn(path.join(ROOT, 'tests/fake/pstn'),
		['call', '--wav', voice, ...more],
		{ cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });

	finally_(() => child.kill());
	return { child, over: deadline(once(child, 'exit'), PATIENCE, 'his end')
		.then(([code, signal]) => signal ?? code) };
}

// As long as he waits for us; what he sends again is not for the next case.
function from(msg) {
	ua.peer = { host: '127.0.0.1',
		port: Number(/:(\d+);/.exec(msg.headers.via[0])[1]) };
	return Call.of(ua, msg);
}

test('nobody answers: he gives up', async () => {
	const { child, over } = citizen('--wait', '2');
	let text = '';

	child.stdout.on('data', (d) => { text += d; });
	const m = await invite();

	ua.reply(m, 180, { tag: from(m).tag });
	assert.equal(await over, 1);
	assert.match(text, /\nnot answered in 2 s\n$/);
	ua.forget();
});

test('nobody reads what he prints: he talks to the end', async () => {
	const { child, over } = citizen('--seconds', '3');

	await once(child.stdout, 'data'); // "… calls …"
	child.stdout.destroy();
	const m = await invite();
	const call = from(m);

	ua.reply(m, 200, { tag: call.tag, body: ua.sdp() });
	const { at } = await call.incoming('ACK', PATIENCE);
	const bye = await call.incoming('BYE', PATIENCE);

	assert.ok(bye.at - at > 2000, `${bye.at - at} ms of talk`);
	ua.reply(bye, 200);
	assert.equal(await over, 0);
});

await run();
