#!/usr/bin/env node
// What a recorded two-way call costs, and how long a packet stays with us.
// figures: relay_cpu_vs_janus_sip relay_delay_p99_ms ring_at_client_p99_ms
//
// The same N operators' legs (legs.mjs: rtpengine, no browsers) and N
// telephones, every stream PCMA with a packet each 20 ms and a phase of its
// own, against
//   ours   Janus with our plugin and our janus.jcfg: calls through the queue,
//          answered over the WebSocket, recorded by our recorder
//   sip    the packaged SIP plugin with its own and Janus' own defaults:
//          registered, called, accepted, both directions recorded (mjr)
//   empty  the packaged EchoTest with our janus.jcfg: it gives each packet
//          back, so Janus' core decrypts and encrypts exactly as for a call,
//          and the plugin adds one function call and no socket
// in turn, three times ours and sip and once empty, for N = 50 and 100, or N =
// BENCH_CALLS alone; medians count. CPU is user and system time of the Janus
// process over a steady window (BENCH_SECONDS, 10), for a minute of one call.
// Both change when others want the processors, and the delay does much more:
// each line says how busy others kept the machine, above 15 % the figures are
// of that load rather than of us. BENCH_KINDS=ours,sip,… runs other turns,
// BENCH_LOOPS=n sets event_loops of our janus.jcfg, both for experiments.
// Ours includes the pages' questions and answers each 700 ms, theirs has none.
// Our database is away (the directory is a file), so the journal goes to the
// spool; in the window nothing but the node's status is written.
//
// The delay is taken by sniff.c at 50 calls of ours, see there: the kernel's
// stamps at both ends of our process, so nothing has to be subtracted. The
// worse direction counts.
//
// ring_at_client: 100 operators talk, 100 callers wait; one after another ends
// his call and presses «Готов». From the press to RING at his WebSocket.

import { execFileSync, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync,
	readdirSync, rmSync, symlinkSync, writeFileSync }
	from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BUILD, ROOT, deadline, inNamespace, lasts } from '../lab/run.mjs';
import { Legs, Page, Pump, Rtpengine, Trunk } from '../lab/legs.mjs';

inNamespace();

const ADDRESS = process.env.OTKLIK_ICE_ADDR;
const SIP_PORT = 5060, PEER_PORT = 5080;
const PORTS = { trunk: '20000-24999', web: '25000-29999', far: '40000-49999' };
const PUMP_PORT = 30000;
const SECRET = crypto.randomBytes(24).toString('hex');
const WINDOW = Number(process.env.BENCH_SECONDS ?? 10);
const LOOPS = process.env.BENCH_LOOPS; // other event_loops than janus.jcfg's
const TURNS = (process.env.BENCH_KINDS ??
	'ours,sip,ours,sip,ours,sip,empty')
	.split(',');
const SIZES = process.env.BENCH_CALLS ? [Number(process.env.BENCH_CALLS)] :
	[50, 100];
const DELAY_CALLS = Math.min(50, SIZES[0]);
const INSTALLED = execFileSync('dpkg', ['-L', 'janus'], { encoding: 'utf8' })
	.match(/.*\/libjanus_websockets\.so$/m)[0].replace(/\/transports\/.*/, '');
const HZ = Number(execFileSync('getconf', ['CLK_TCK']));

// ---- Janus -----------------------------------------------------------------

// As cgi/token.c signs.
function token(fields, life) {
	const text = [Math.floor(Date.now() / 1000) + life, ...fields].join(',');

	return `${text}:${crypto.createHmac('sha1', SECRET).update(text)
		.digest('base64')}`;
}

const door = (plugin) => token(['janus', plugin], 3600);
// A second more than its life: Janus has just begun, and takes no token that
// may be older than itself.
const user = (id) => token(['janus.plugin.otklik', `user=${id}`,
	`nonce=${crypto.randomBytes(8).toString('hex')}`], 61);

// What a name stands for if nothing is set: settings.sh knows.
function byDefault(name) {
	const value = readFileSync(path.join(ROOT, 'cgi/dist/settings.sh'), 'utf8')
		.match(new RegExp(`\\$\\{OTKLIK_${name}:=([^}$]*)\\}`))?.[1];

	if (value === undefined)
		throw new Error(`@${name}@: nothing is known to put there`);
	return value;
}

function fill(template, out, values) {
	const text = readFileSync(path.join(ROOT, template), 'utf8')
		.replace(/@([A-Z_]+)@/g, (_, name) => values[name] ?? byDefault(name));

	writeFileSync(out, LOOPS === undefined ? text :
		text.replace(/event_loops = \d+/, `event_loops = ${LOOPS}`));
}

// A second instead of the demo's greeting.
function prompts(dir) {
	cpSync(path.join(BUILD, 'prompts'), dir, { recursive: true });
	const wav = readFileSync(path.join(dir, 'greeting.wav'));
	const data = wav.indexOf('data') + 8;
	const short = wav.subarray(0, data + 16000);

	short.writeUInt32LE(short.length - 8, 4);
	short.writeUInt32LE(16000, data - 4);
	writeFileSync(path.join(dir, 'greeting.wav'), short);
}

function directory(n) {
	const users = Array.from({ length: n }, (_, i) => ({ id: i + 1,
		login: `bench${i}`, name: `Оператор ${i}`, extension: `${1000 + i}`,
		org_id: 1, org: 'ТФОМС', org_code: '26', org_kind: 'FUND',
		blocked: false, roles: ['OPERATOR_L1'] }));

	return { users, queues: [{ id: 1, name: 'Горячая линия',
		strategy: 'longest_idle', open: true, ring_timeout_s: 60,
		max_wait_s: 600, max_len: 200, wrapup_s: 60, position_interval_s: 30,
		organization_id: null, members: users.map((u) => u.id) }],
	routes: [{ number: null, queue_id: 1, hours: null }], hours: [],
	holidays: [], trunks: [{ id: 1, name: 'the bench', kind: 'PEER', host: '',
		port: 0, transport: 'UDP', presented: '', builtin: true }],
	settings: {} };
}

// Name and seconds of CPU of a process or thread.
function cpuOf(file) {
	const stat = readFileSync(file, 'latin1');
	const cut = stat.lastIndexOf(')');
	const f = stat.slice(cut + 2).split(' ');

	return { name: stat.slice(stat.indexOf('(') + 1, cut),
		s: (Number(f[11]) + Number(f[12])) / HZ };
}

class Janus {
	static async start(kind, plugin, n) {
		const j = new Janus();

		j.dir = mkdtempSync(path.join(os.tmpdir(), `${kind}-`));
		for (const d of ['etc/janus/plugins', 'etc/janus/transports',
			'etc/janus/none', 'run', 'rec', 'spool', 'secrets'])
			mkdirSync(path.join(j.dir, d), { recursive: true });
		j.etc = path.join(j.dir, 'etc/janus');
		symlinkSync(`${INSTALLED}/transports/libjanus_websockets.so`,
			`${j.etc}/transports/libjanus_websockets.so`);
		symlinkSync(plugin, `${j.etc}/plugins/${path.basename(plugin)}`);
		if (kind === 'sip')
			j.#theirs();
		else
			j.#ours(n);
		const log = openSync(path.join(j.dir, 'log'), 'w');

		j.child = spawn('janus', ['-F', j.etc, '-P', `${j.etc}/plugins`],
			{ cwd: j.dir, stdio: ['ignore', log, log] });
		await j.#listening(kind);
		return j;
	}

	#ours(n) {
		const values = { STATE: this.dir, JANUS_TOKEN_SECRET: SECRET,
			ICE_PORTS: PORTS.web, ICE_ADDR: ADDRESS, NODE: 'bench', ICE_PUBLIC_LINE: '',
			SIP_ADDR: ADDRESS, SIP_PORT, SIPS_PORT: SIP_PORT + 1,
			RTP_PORTS: PORTS.trunk,
			TRUNK_PEER: `${ADDRESS}:${PEER_PORT}` };

		for (const f of ['janus.jcfg', 'janus.plugin.otklik.jcfg',
			'janus.transport.websockets.jcfg'])
			fill(`janus-plugin/dist/${f}.in`, `${this.etc}/${f}`, values);
		writeFileSync(`${this.dir}/secrets/db_media`, 'none\n');
		writeFileSync(`${this.dir}/spool/directory.json`,
			JSON.stringify(directory(n)));
		prompts(`${this.dir}/prompts`);
		this.url = `ws+unix://${this.dir}/run/janus.sock:/`;
	}

	// Only where it must differ from what the package brings.
	#theirs() {
		writeFileSync(`${this.etc}/janus.jcfg`, `general: {
			configs_folder = "${this.etc}"
			plugins_folder = "${this.etc}/plugins"
			transports_folder = "${this.etc}/transports"
			events_folder = "${this.etc}/none"
			loggers_folder = "${this.etc}/none"
			debug_colors = false
		}
		media: { rtp_port_range = "${PORTS.web}" }
		nat: { ice_enforce_list = "${ADDRESS}" }
		`);
		writeFileSync(`${this.etc}/janus.plugin.sip.jcfg`, `general: {
			local_ip = "${ADDRESS}"
			local_media_ip = "${ADDRESS}"
			rtp_port_range = "${PORTS.trunk}"
		}
		`);
		writeFileSync(`${this.etc}/janus.transport.websockets.jcfg`,
			`general: { ws = true; ws_port = 8188; ws_ip = "127.0.0.1";
			json = "compact" }
		`);
		this.url = 'ws://127.0.0.1:8188/';
	}

	async #listening(kind) {
		const end = performance.now() + 20000;

		for (;;) {
			try {
				const p = await Page.open(this.url,
					`janus.plugin.${{ ours: 'otklik', empty: 'echotest',
						sip: 'sip' }[kind]}`, kind === 'sip' ? null :
						door(kind === 'ours' ? 'janus.plugin.otklik' :
							'janus.plugin.echotest'));

				p.close();
				return;
			} catch (err) {
				if (performance.now() > end || this.child.exitCode !== null)
					throw new Error(`Janus does not answer: ${err.message}\n` +
						readFileSync(`${this.dir}/log`, 'utf8').slice(-2000));
				await lasts(100); // no event tells when it listens
			}
		}
	}

	// Seconds of CPU so far, by the threads' names without their numbers.
	threads() {
		const dir = `/proc/${this.child.pid}/task`;
		const sum = {};

		for (const t of readdirSync(dir)) {
			const { name, s } = cpuOf(`${dir}/${t}/stat`);
			const kind = name.replace(/[ -]?[0-9a-f]*[0-9][0-9a-f]*$/, '');

			sum[kind] = (sum[kind] ?? 0) + s;
		}
		return sum;
	}

	async close() {
		const gone = once(this.child, 'exit');

		this.child.kill('SIGTERM');
		await deadline(gone, 15000, 'the end of Janus').catch(() => {
			this.child.kill('SIGKILL');
			return gone;
		});
		rmSync(this.dir, { recursive: true });
	}
}

// ---- calls -----------------------------------------------------------------

// Streams: an operator's is even, its telephone's the odd one after it.
const state = (m) => m.plugindata?.data?.event === 'state' &&
	m.plugindata.data;

async function ourCall(w, i) {
	const page = await Page.open(w.janus.url, 'janus.plugin.otklik',
		door('janus.plugin.otklik'));

	w.pages.push(page);
	await page.request({ request: 'hello', token: user(i + 1),
		page: crypto.randomUUID(), takeover: false });
	await page.request({ request: 'start', takeover: false });
	const { jsep } = await page.until((m) => m.jsep?.type === 'offer',
		'our offer');

	await page.request({ request: 'leg' },
		await w.legs.answer(2 * i, await page.whole(jsep)));
	await page.until((m) => state(m)?.agent?.state === 'FREE', 'FREE');
	const answered = w.trunk.call(
		`sip:+78652000000@${ADDRESS}:${SIP_PORT}`,
		{ address: ADDRESS, port: SIP_PORT }, 2 * i + 1);
	const { call } = state(await page.until(
		(m) => state(m)?.call?.state === 'RING', 'RING'));

	await answered;
	await page.request({ request: 'answer', call: call.id, gen: call.gen });
	page.call = state(await page.until(
		(m) => state(m)?.call?.state === 'TALK', 'TALK'));
}

async function theirCall(w, i) {
	const page = await Page.open(w.janus.url, 'janus.plugin.sip');
	const result = (name) => (m) =>
		m.plugindata?.data?.result?.event === name;
	const name = `op${i}`;

	w.pages.push(page);
	await page.request({ request: 'register', username: `sip:${name}@bench`,
		secret: 'x', proxy: `sip:${ADDRESS}:${PEER_PORT}` });
	await page.until(result('registered'), 'registered');
	const at = w.trunk.contacts.get(name);
	const answered = w.trunk.call(at.uri, at, 2 * i + 1);
	const { jsep } = await page.until(result('incomingcall'), 'incomingcall');

	await page.request({ request: 'accept' },
		await w.legs.answer(2 * i, await page.whole(jsep)));
	await answered;
	await page.up();
	await page.request({ request: 'recording', action: 'start', audio: true,
		peer_audio: true, filename: `${w.janus.dir}/rec/${i}` });
	await page.until(result('recordingupdated'), 'recordingupdated');
}

async function emptyCall(w, i) {
	const page = await Page.open(w.janus.url, 'janus.plugin.echotest',
		door('janus.plugin.echotest'));
	const leg = await w.legs.offer(2 * i);

	w.pages.push(page);
	await page.request({ audio: true, video: false }, leg.jsep);
	const { jsep } = await page.until((m) => m.jsep?.type === 'answer',
		'the echo');

	await leg.accept(await page.whole(jsep));
	await page.up();
}

const KINDS = {
	ours: { call: ourCall, streams: 2,
		plugin: path.join(BUILD, 'janus-plugin/libotklik.so') },
	sip: { call: theirCall, streams: 2,
		plugin: `${INSTALLED}/plugins/libjanus_sip.so` },
	empty: { call: emptyCall, streams: 1,
		plugin: `${INSTALLED}/plugins/libjanus_echotest.so` },
};

function recordings(dir) {
	return readdirSync(dir, { recursive: true })
		.filter((f) => /\.(wav|mjr)$/.test(f)).length;
}

// Seconds of CPU since the start: Janus, all of this bench, all of the machine.
function clocks(w) {
	const janus = cpuOf(`/proc/${w.janus.child.pid}/stat`).s;
	const own = process.cpuUsage();
	const f = readFileSync('/proc/stat', 'latin1').split('\n')[0]
		.split(/ +/).slice(1).map((v) => Number(v) / HZ);

	return { janus, at: performance.now() / 1000,
		bench: janus + (own.user + own.system) / 1e6 +
			[w.pump, w.rtpengine].map((p) =>
				cpuOf(`/proc/${p.child.pid}/stat`).s)
				.reduce((a, b) => a + b),
		machine: f.slice(0, 8).reduce((a, b) => a + b) - f[3] - f[4] };
}

// What others took of the machine, 0 to 1.
function others(before, after) {
	return Math.max(0, (after.machine - before.machine - after.bench +
		before.bench) / (after.at - before.at) / os.cpus().length);
}

// One Janus, n calls, something measured while they talk.
async function talk(kind, n, measure, { whole = true } = {}) {
	const { call, streams, plugin } = KINDS[kind];
	const w = { pages: [] };

	try {
		w.janus = await Janus.start(kind, plugin, n);
		w.pump = Pump.open(ADDRESS, PUMP_PORT);
		w.rtpengine = await Rtpengine.open(ADDRESS, PORTS.far);
		w.legs = new Legs(w.rtpengine, w.pump);
		w.trunk = await Trunk.open(ADDRESS, PEER_PORT, w.pump);
		for (let i = 0; i < n; i += 5) // five at once
			await Promise.all(Array.from({ length: Math.min(5, n - i) },
				(_, k) => call(w, i + k)));
		await w.pump.go();
		await lasts(2000); // begun everywhere, the queues of the start empty
		await w.pump.count();
		const got = await measure(w);
		const { sent, received, hearing } = await w.pump.count();
		const recorded = recordings(`${w.janus.dir}/rec`);

		if (whole && hearing !== n * streams)
			throw new Error(`${kind}: ${hearing} of ${n * streams} streams ` +
				`were heard, ${received} of ${sent} packets; ${loaded(got)}`);
		if (kind !== 'empty' && recorded < n)
			throw new Error(`${kind}: ${recorded} recordings of ${n} calls`);
		// counted while packets are on their way: a few too many, too
		return { ...got, lost: Math.max(0, 1 - received / sent) };
	} catch (err) {
		const log = w.janus && `${w.janus.dir}/log`;

		if (log && existsSync(log))
			err.message += `\n${readFileSync(log, 'utf8').slice(-3000)}`;
		throw err;
	} finally {
		w.pages.forEach((p) => p.close());
		w.trunk?.close();
		await w.rtpengine?.close();
		await w.pump?.close();
		await w.janus?.close();
	}
}

async function cost(kind, n) {
	return talk(kind, n, async (w) => {
		const before = clocks(w), begun = w.janus.threads();

		await lasts(WINDOW * 1000);
		const after = clocks(w), ended = w.janus.threads();
		const minutes = n * (after.at - before.at) / 60;
		const threads = Object.entries(ended)
			.map(([k, s]) => [k, (s - (begun[k] ?? 0)) / minutes])
			.filter(([, s]) => s >= 0.005).sort(([, a], [, b]) => b - a)
			.map(([k, s]) => `${k} ${s.toFixed(3)}`).join(', ');

		return { cpu: (after.janus - before.janus) / minutes, threads,
			others: others(before, after) };
	});
}

async function delay(n) {
	return talk('ours', n, async (w) => {
		const before = clocks(w);
		const child = spawn(path.join(BUILD, 'tests/bench/sniff'),
			[String(WINDOW), PORTS.trunk, PORTS.web, PORTS.far],
			{ stdio: ['ignore', 'pipe', 'inherit'] });
		let text = '';

		child.stdout.on('data', (d) => { text += d; });
		await deadline(once(child, 'close'), (WINDOW + 30) * 1000, 'sniff');
		return { ...JSON.parse(text), others: others(before, clocks(w)) };
	});
}

async function rings(n) {
	return talk('ours', n, async (w) => {
		const before = clocks(w), times = [];

		for (let i = 0; i < n; i += 5)
			await Promise.all(Array.from({ length: Math.min(5, n - i) },
				(_, k) => w.trunk.call(`sip:+78652000000@${ADDRESS}:${SIP_PORT}`,
					{ address: ADDRESS, port: SIP_PORT }, 2 * (i + k) + 1)));
		await lasts(4000); // every greeting is over
		for (const page of w.pages) {
			const { call } = page.call;

			await page.request({ request: 'hangup', call: call.id,
				gen: call.gen });
			await page.until((m) => state(m)?.agent?.state === 'WRAPUP',
				'WRAPUP');
			const at = performance.now();
			const rung = page.until((m) => state(m)?.call?.state === 'RING',
				'RING');

			await page.request({ request: 'ready' });
			const next = state(await rung).call;

			times.push(page.rung - at);
			await page.request({ request: 'answer', call: next.id,
				gen: next.gen });
		}
		return { times, others: others(before, clocks(w)) };
	}, { whole: false });
}

// ---- figures ---------------------------------------------------------------

const round = (x, digits = 3) => Number(x.toFixed(digits));
const loaded = ({ others: share }) =>
	`others ${Math.round(share * 100)} %${share > 0.15 ? ' (loaded)' : ''}`;
const median = (list) =>
	[...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function cpuFigure() {
	let worst = null;

	for (const n of SIZES) {
		const got = { ours: [], sip: [], empty: [] };

		for (const kind of TURNS) {
			const c = await cost(kind, n);

			got[kind].push(c.cpu);
			console.log(`N=${n} ${kind}: ${round(c.cpu)} CPU-s a ` +
				`call-minute (${c.threads}), packets lost ` +
				`${(c.lost * 100).toFixed(2)} %, ${loaded(c)}`);
		}
		if (!got.ours.length || !got.sip.length)
			continue;
		const f = { n, ours: median(got.ours), sip: median(got.sip),
			empty: median(got.empty) };

		f.ratio = f.ours / f.sip;
		console.log(`N=${n}: ours ${round(f.ours)}, SIP plugin ` +
			`${round(f.sip)}, ratio ${round(f.ratio)}; empty plugin ` +
			`${got.empty.length ? `${round(f.empty)}, so of our own ` +
				round(f.ours - f.empty) : 'not run'}`);
		if (!worst || f.ratio > worst.ratio)
			worst = f;
	}
	if (!worst)
		return;
	console.log(JSON.stringify({ name: 'relay_cpu_vs_janus_sip',
		unit: 'CPU-s/call-min', ours: round(worst.ours),
		rival: 'janus 1.1.2 SIP plugin', rival_value: round(worst.sip),
		ratio: round(worst.ratio), target: 0.95,
		holds: worst.ratio <= 0.95, n: worst.n }));
}

async function delayFigure() {
	const got = await delay(DELAY_CALLS);
	const p99 = Math.max(got.to_trunk.p99, got.to_web.p99);

	for (const way of ['to_trunk', 'to_web'])
		console.log(`N=${DELAY_CALLS} ${way}, ms: ` +
			`${JSON.stringify(got[way])}, ${loaded(got)}`);
	if (got.missed)
		console.log(`${got.missed} packets were not seen by sniff`);
	console.log(JSON.stringify({ name: 'relay_delay_p99_ms', unit: 'ms',
		ours: round(p99), rival: null, rival_value: null, ratio: null,
		target: 2, holds: p99 <= 2, n: got.to_trunk.n + got.to_web.n }));
}

async function ringFigure() {
	const got = await rings(100);
	const sorted = got.times.sort((a, b) => a - b);
	const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1];

	console.log(`ring_at_client: p50 ${round(sorted[sorted.length >> 1])} ms, ` +
		`max ${round(sorted.at(-1))} ms, ${loaded(got)}`);
	console.log(JSON.stringify({ name: 'ring_at_client_p99_ms', unit: 'ms',
		ours: round(p99), rival: 'poll of VICIdial pages', rival_value: 1000,
		ratio: round(1000 / p99), target: 50, holds: p99 <= 50,
		n: sorted.length }));
}

const wanted = process.argv.slice(2);

try {
	if (!wanted.length || wanted.includes('relay_delay_p99_ms'))
		await delayFigure();
	if (!wanted.length || wanted.includes('ring_at_client_p99_ms'))
		await ringFigure();
	if (!wanted.length || wanted.includes('relay_cpu_vs_janus_sip'))
		await cpuFigure();
	process.exit(0);
} catch (err) {
	console.error(err);
	process.exit(1);
}
