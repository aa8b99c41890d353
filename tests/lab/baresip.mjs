// A telephone that others wrote: baresip, with a tone as its microphone and
// what it hears written to a WAV.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { PATIENCE, deadline } from './run.mjs';
import { readWav, sine, wav } from './tone.mjs';

const MODULES = '/usr/lib/baresip/modules';

export class Baresip {
	output = '';

	// tls: a directory with cert.pem, key.pem and ca.pem; it listens for that at
	// the next port. answer: as baresip has it, auto or manual
	static async open({ port = 5090, hz = 600, user = '+79180000777',
		seconds = 60, tls = null, answer = 'auto' } = {}) {
		const b = new Baresip();

		b.dir = mkdtempSync(path.join(os.tmpdir(), 'baresip-'));
		const own = path.join(b.dir, 'own.pem');

		if (tls)
			writeFileSync(own, ['cert', 'key'].map((name) =>
				readFileSync(path.join(tls, `${name}.pem`))).join('\n'));
		writeFileSync(path.join(b.dir, 'tone.wav'), wav([sine(hz, seconds)]));
		writeFileSync(path.join(b.dir, 'config'), [
			`sip_listen 127.0.0.1:${port}`, ...tls ? [`sip_certificate ${own}`,
				`sip_cafile ${tls}/ca.pem`] : [], 'audio_channels 1-1',
			'audio_srate 8000-8000', 'rtp_ports 36000-36999',
			`audio_source aufile,${b.dir}/tone.wav`,
			`audio_player aufile,${b.dir}/heard.wav`,
			`module_path ${MODULES}`, 'module g711.so', 'module aufile.so',
			'module sndfile.so', `snd_path ${b.dir}`, 'module stdio.so',
			'module_app account.so', 'module_app menu.so', ''].join('\n'));
		writeFileSync(path.join(b.dir, 'accounts'),
			`<sip:${user}@127.0.0.1:${tls ? `${port + 1};transport=tls` : port}` +
			`>;regint=0;answermode=${answer};audio_codecs=PCMA\n`);
		writeFileSync(path.join(b.dir, 'contacts'), '');
		b.child = spawn('baresip', ['-f', b.dir],
			{ stdio: ['pipe', 'pipe', 'pipe'] });
		for (const out of [b.child.stdout, b.child.stderr])
			out.on('data', (d) => {
				b.output += d;
				b.child.emit('said');
			});
		await b.says(/baresip is ready/i);
		return b;
	}

	// Waits for a line of its own.
	says(pattern, within = PATIENCE) {
		return deadline((async () => {
			while (!pattern.test(this.output))
				await once(this.child, 'said');
		})(), within, `${pattern} from baresip: ${this.output.slice(-600)}`);
	}

	async dial(uri) {
		this.child.stdin.write(`/dial ${uri}\n`);
		await this.says(/Call established/);
	}

	// Keys of the telephone.
	press(keys) {
		this.child.stdin.write(`/sndcode ${keys}\n`);
	}

	hangup() {
		this.child.stdin.write('/hangup\n');
	}

	// What it heard: samples at 8 kHz of each file it wrote (a new one after
	// every re-INVITE), whole once it has quit.
	heard() {
		return readdirSync(this.dir).filter((f) => /-dec\.wav$/.test(f))
			.sort().map((f) => readWav(readFileSync(path.join(this.dir, f)))
				.channels[0]);
	}

	async close() {
		if (this.child.exitCode !== null)
			return;
		this.child.stdin.write('/quit\n');
		await deadline(once(this.child, 'exit'), 3000, 'quit')
			.catch(() => this.child.kill('SIGKILL'));
	}
}
