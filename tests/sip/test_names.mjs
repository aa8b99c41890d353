#!/usr/bin/env node
// A line by name, and the name server goes silent: it works at the start and
// never answers again. The line keeps the addresses it has, its trouble is
// its own, and the next answer is followed.
// limit: 240 s

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PATIENCE, deadline, finally_, inNamespace, run, test }
	from '../lab/run.mjs';
import { Call, Echo, Ua, is } from './ua.mjs';

inNamespace();

const T1 = 80; // names are looked up again every 120 × T1
const NAME = 'line.operator.test';

// Our own view of the machine's settings: the namespace has its own mounts.
const dir = mkdtempSync(path.join(os.tmpdir(), 'names-'));

for (const [file, text] of [
	['resolv.conf', 'nameserver 127.0.0.53\noptions timeout:1 attempts:1\n'],
	['nsswitch.conf', 'hosts: files dns\n']]) {
	writeFileSync(path.join(dir, file), text);
	execFileSync('mount', ['--bind', path.join(dir, file), `/etc/${file}`]);
}

// A name server of one name (RFC 1035 4.1).
class Names extends EventEmitter {
	address = '127.0.0.1'; // null: silent

	static async open() {
		const names = new Names();

		names.socket = dgram.createSocket('udp4');
		names.socket.bind(53, '127.0.0.53');
		await once(names.socket, 'listening');
		names.socket.on('message', (q, from) => names.#asked(q, from));
		return names;
	}

	#asked(q, from) {
		let end = 12;

		while (q[end])
			end += q[end] + 1;
		const question = q.subarray(12, end + 5);

		if (this.address)
			this.socket.send(Buffer.concat([q.subarray(0, 2),
				Buffer.from([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]), question,
				Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4,
					...this.address.split('.').map(Number)])]),
			from.port, from.address);
		this.emit('asked', question.toString('latin1'));
	}

	asked() {
		return deadline(once(this, 'asked'), PATIENCE, 'a look-up');
	}
}

const names = await Names.open();
const a = await Ua.open();
const b = await Ua.open({ port: 5082 });
const echo = await Echo.start({ t1: T1 });

finally_(async () => {
	Ua.closeAll();
	names.socket.close();
	assert.equal((await echo.close()).how, 0);
});

async function state(line, good) {
	for (;;) {
		const { status, text } = await echo.event('TRUNK', { ms: PATIENCE });

		if (text.includes(`trunk:${line} `) && (status === 200) === good)
			return text;
	}
}

// A call ordered by line 3 comes to this telephone, and not to the other.
async function dialled(ua, other) {
	echo.say('call 79990000001 - 3');
	const { id } = await echo.event('CALL');

	ua.reply(await ua.next(is('INVITE'), 'INVITE', PATIENCE), 486);
	assert.equal((await echo.event('ENDED', { id })).status, 486);
	assert.ok(!other?.has(is('INVITE')));
	ua.forget();
}

test('it works at the start', async () => {
	echo.say(`trunk 3 ${NAME}:5082 udp`);
	echo.say('trunk 1 127.0.0.1:5080 udp');
	echo.say('trunks now');
	const [question] = await names.asked();

	assert.match(question, /^\x04line\x08operator\x04test\0/);
	await state(3, true);
	await dialled(b, a);
});

test('silent, and nothing changes: calls both ways, also by the other line',
	async () => {
		names.address = null;
		await names.asked();
		await names.asked(); // so the first has failed by now
		assert.equal((await echo.stats()).trunk, 1);
		assert.deepEqual(echo.lines.filter((l) => /^TRUNK/.test(l) &&
			/reason:Name/.test(l)), []);
		await dialled(b, a);
		for (const [ua, line] of [[a, 1], [b, 3]]) {
			const call = new Call(ua);

			assert.equal((await call.up()).status, 200);
			assert.ok((await echo.event('INVITE')).text
				.includes(`trunk:${line} `));
			await call.bye();
		}
	});

test('its peer dies, too: only this line is down, and its calls go by another',
	async () => {
		b.close();
		echo.forget();
		assert.doesNotMatch(await state(3, false), /reason:OK/);
		assert.equal((await echo.stats()).trunk, 1);
		await dialled(a);
	});

test('names are back, with another address: the line is there', async () => {
	const moved = await Ua.open({ host: '127.0.0.2', port: 5082 });

	names.address = '127.0.0.2';
	await state(3, true);
	await dialled(moved, a);
});

await run();
