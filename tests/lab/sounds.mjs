// Every sound of the house is a tone of its own, so what is heard says where
// it comes from.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sine, wav } from './tone.mjs';

export const HZ = { citizen: 440, op1: 700, firefox: 1000, op2: 1300,
	spec: 1900, emergency: 2300, music: 2600, position: 2500,
	greeting: 2800, reconnect: 2900, ringback: 3000, ring: 3100 };

// Prompts are files, and the start keeps those it finds.
export function tonePrompts(state) {
	const dir = path.join(state, 'prompts');

	mkdirSync(dir, { recursive: true });
	for (const name of ['greeting', 'music', 'position', 'reconnect', 'ring',
		'ringback'])
		writeFileSync(path.join(dir, `${name}.wav`),
			wav([sine(HZ[name], name === 'music' ? 10 : 1, { level: 0.3 })]));
}
