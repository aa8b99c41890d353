// Processes as /proc shows them. A test sees those of its namespace only.

import { readdirSync, readFileSync } from 'node:fs';

function read(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');

		return { pid, state: rest[0], parent: Number(rest[1]),
			name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
			args: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') };
	} catch {
		return null; // it has just ended
	}
}

// All that live; zombies do not.
export function processes() {
	return readdirSync('/proc').filter((d) => /^\d+$/.test(d))
		.map((d) => read(Number(d)))
		.filter((p) => p && p.state !== 'Z');
}

export function named(name) {
	return processes().filter((p) => p.name === name);
}

export function withArgument(text) {
	return processes().find((p) => p.args.some((a) => a.includes(text)));
}

// A process and all its descendants, killed as a power cut would.
export function killTree(root) {
	const all = processes();
	const doomed = [root];

	for (let i = 0; i < doomed.length; i++)
		doomed.push(...all.filter((p) => p.parent === doomed[i])
			.map((p) => p.pid));
	for (const pid of doomed) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch (err) {
			if (err.code !== 'ESRCH')
				throw err;
		}
	}
}
