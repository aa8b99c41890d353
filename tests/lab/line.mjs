// The line between browsers and the product, as a pulled cable leaves it:
// nothing passes either way, neither pages, nor the WebSocket, nor media. The
// trunk and the drivers of the browsers have other ports.
//
//   await line.pull();  …  await line.plug();

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const WAYS = ['tcp', 'udp'].flatMap((protocol) => ['sport', 'dport']
	.map((port) => ['ipproto', protocol, port,
		protocol === 'tcp' ? '8443' : '25000-29999']));
const FIRST = 10;
const LOCAL = 100;
const rule = (...args) => promisify(execFile)('ip', ['rule', ...args.map(String)]);
let ready = null;

// Everything here is local, and that table is asked before all others.
async function later() {
	await rule('add', 'pref', LOCAL, 'lookup', 'local');
	await rule('del', 'pref', 0);
}

export const line = {
	async pull() {
		await (ready ??= later());
		for (const [i, way] of WAYS.entries())
			await rule('add', 'pref', FIRST + i, ...way, 'unreachable');
	},

	async plug() {
		for (const i of WAYS.keys())
			await rule('del', 'pref', FIRST + i);
	},
};
