#!/usr/bin/env node
// From "operator free" to the offer, in engine time: 500 callers wait, 300
// operators work, nothing but the engine runs.
// figures: free_to_ring_p99_ms

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

const out = execFileSync('build/tests/bench/distribution',
	{ encoding: 'utf8', maxBuffer: 1 << 26 });
const rounds = [...out.matchAll(/^free_to_ring_us ([\d.]+) wall ([\d.]+)$/gm)];
const sorted = (i) => rounds.map((m) => Number(m[i])).sort((a, b) => a - b);
const us = sorted(1), wall = sorted(2);
const at = (p, list = us) =>
	list[Math.min(list.length - 1, Math.ceil(list.length * p) - 1)];

assert(us.length >= 1000, 'too few rounds');
console.log(`free_to_ring: p50 ${(at(0.5) / 1000).toFixed(3)} ms, ` +
	`max ${(us.at(-1) / 1000).toFixed(3)} ms; by the wall ` +
	`p50 ${(at(0.5, wall) / 1000).toFixed(3)}, ` +
	`p99 ${(at(0.99, wall) / 1000).toFixed(3)}, ` +
	`max ${(wall.at(-1) / 1000).toFixed(3)} ms`);
const ours = Math.round(at(0.99)) / 1000;

console.log(JSON.stringify({ name: 'free_to_ring_p99_ms', unit: 'ms', ours,
	rival: 'poll of mod_callcenter', rival_value: 100,
	ratio: Math.round(100 / ours), target: 10, holds: ours <= 10,
	n: us.length }));
