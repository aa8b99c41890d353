// What a person in front of a browser hears and says: a private PulseAudio
// per browser with a null sink ("ear"), whose monitor is recorded, and on
// request a microphone ("mouth") that can be plugged in and out.

import { spawn, execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { EventEmitter, once } from 'node:events';
import { promisify } from 'node:util';
import os from 'node:os';
import path from 'node:path';
import { PATIENCE, deadline } from './run.mjs';
import { RATE, sine, wav, windows, longestSilence } from './tone.mjs';

const exec = promisify(execFile);

export class Ear extends EventEmitter {
	blocks = []; // { at (of the first sample), samples }

	static async open(name) {
		const ear = new Ear();

		ear.dir = mkdtempSync(path.join(os.tmpdir(), `ear-${name}-`));
		ear.socket = path.join(ear.dir, 'sock');
		mkdirSync(path.join(ear.dir, 'home'));
		ear.env = { ...process.env, PULSE_SERVER: `unix:${ear.socket}`,
			HOME: path.join(ear.dir, 'home'), XDG_RUNTIME_DIR: ear.dir };
		ear.daemon = spawn('pulseaudio', ['-n', '--daemonize=no',
			'--use-pid-file=no', '--exit-idle-time=-1', '--log-level=error',
			'-L', 'module-null-sink sink_name=ear rate=48000',
			'-L', 'module-native-protocol-unix auth-anonymous=1 ' +
				`socket=${ear.socket}`],
		{ env: ear.env, stdio: ['ignore', 'ignore', 'pipe'] });
		ear.complaints = '';
		ear.daemon.stderr.on('data', (d) => { ear.complaints += d; });
		await ear.#ready();
		await ear.#listen();
		return ear;
	}

	// pactl fails at once while nobody listens on the socket yet.
	async #ready() {
		const end = performance.now() + PATIENCE;

		while (performance.now() < end) {
			if (this.daemon.exitCode !== null)
				break;
			try {
				await this.pactl('info');
				return;
			} catch {
				await new Promise((go) => setTimeout(go, 50));
			}
		}
		throw new Error(`pulseaudio did not start: ${this.complaints}`);
	}

	async pactl(...args) {
		return (await exec('pactl', args, { env: this.env })).stdout.trim();
	}

	async #listen() {
		this.recorder = spawn('parec', ['-d', 'ear.monitor', '--raw',
			`--rate=${RATE}`, '--channels=1', '--format=s16le',
			'--latency-msec=20'],
		{ env: this.env, stdio: ['ignore', 'pipe', 'ignore'] });
		let rest = Buffer.alloc(0);

		this.recorder.stdout.on('data', (chunk) => {
			const all = Buffer.concat([rest, chunk]);
			const n = all.length >> 1;
			const samples = new Float32Array(n);

			for (let i = 0; i < n; i++)
				samples[i] = all.readInt16LE(2 * i) / 32768;
			rest = all.subarray(2 * n);
			this.#add(samples);
			this.emit('block');
		});
		await deadline(once(this, 'block'), PATIENCE, 'sound from the null sink');
	}

	// Blocks follow each other without a hole; arrival says where the first
	// one stands, and corrects the rest only when it is far off.
	#add(samples) {
		const last = this.blocks[this.blocks.length - 1];
		const arrived = performance.now() - samples.length / 8;
		const next = last ? last.at + last.samples.length / 8 : NaN;

		this.blocks.push({ samples,
			at: Math.abs(next - arrived) < 150 ? next : arrived });
	}

	// As in rtp.mjs: 8-kHz samples between two moments.
	heard(from, to = performance.now() - 40) {
		const out = new Float32Array(Math.max(0, Math.round((to - from) * 8)));

		out.fill(NaN);
		for (const b of this.blocks) {
			const start = Math.round((b.at - from) * 8);

			if (start > out.length || start + b.samples.length < 0)
				continue;
			const skip = Math.max(0, -start);

			out.set(b.samples.subarray(skip, skip +
				Math.max(0, out.length - start - skip)), start + skip);
		}
		return out;
	}

	windows(tones, from, to) {
		return windows(this.heard(from, to), tones);
	}

	longestSilence(from, to) {
		return longestSilence(this.heard(from, to));
	}

	// Only what is heard after this call counts.
	until(test, { tones = [], ms = 200, within = PATIENCE, what = test.name } = {}) {
		const since = performance.now();

		return new Promise((done, fail) => {
			let timer = null;
			const look = () => {
				const now = performance.now();
				const from = now - ms - 60;

				if (from < since)
					return;
				const [got] = windows(this.heard(from, from + ms), tones,
					{ ms });

				if (!got || !test(got))
					return;
				this.off('block', look);
				clearTimeout(timer);
				done({ ...got, at: now });
			};

			timer = setTimeout(() => {
				this.off('block', look);
				const last = this.windows(tones, performance.now() - 1000);

				fail(new Error(`not heard within ${within} ms: ${what}; ` +
					`last second ${JSON.stringify(last)}`));
			}, within);
			this.on('block', look);
		});
	}

	hears(hz, { level = 0.03, ...more } = {}) {
		return this.until((w) => w.tones[hz] >= level,
			{ tones: [hz], what: `${hz} Hz`, ...more });
	}

	// Plugs a microphone in, in which a tone sounds all the time.
	async plugMouth(hz) {
		const file = path.join(this.dir, `mouth-${hz}.wav`);

		writeFileSync(file, wav([sine(hz, 600, { rate: RATE })]));
		this.mouthSink = await this.pactl('load-module', 'module-null-sink',
			'sink_name=mouth', 'rate=48000');
		this.mouth = await this.pactl('load-module', 'module-remap-source',
			'master=mouth.monitor', 'source_name=headset',
			'source_properties=device.description=Headset');
		await this.pactl('set-default-source', 'headset');
		await this.pactl('set-default-sink', 'ear');
		// A new default source draws the running recorder along: back.
		const list = await this.pactl('list', 'short', 'source-outputs');
		const [index] = list.split('\n').find((l) =>
			l.includes('protocol-native')).split('\t');

		await this.pactl('move-source-output', index, 'ear.monitor');
		this.voice = spawn('paplay', ['-d', 'mouth', file],
			{ env: this.env, stdio: 'ignore' });
	}

	async pullMouth() {
		await this.pactl('unload-module', this.mouth);
		this.voice.kill();
		await this.pactl('unload-module', this.mouthSink);
	}

	async close() {
		for (const child of [this.voice, this.recorder, this.daemon])
			if (child && child.exitCode === null)
				child.kill();
		if (this.daemon.exitCode === null && this.daemon.signalCode === null)
			await once(this.daemon, 'exit');
	}
}
