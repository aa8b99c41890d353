// One way to drive two browsers: Chromium (playwright-core) and Firefox ESR
// (puppeteer-core, WebDriver BiDi). Elements are found as a person with a
// screen reader finds them, by role and accessible name.
//
//   const op = await Browser.open({ engine: 'chromium', name: 'op1', hz: 700 });
//   await op.goto(url); await op.login('op1'); await op.press('Начало работы');

import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, existsSync, writeFileSync, rmSync }
	from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUILD, PATIENCE, ROOT } from './run.mjs';
import { Ear } from './ear.mjs';
import { killTree, withArgument } from './proc.mjs';
import { sine, wav } from './tone.mjs';

export const PASSWORD = 'Demo-2026!';
export const FIREFOX_HZ = 1000; // its fake microphone knows one tone
const SHOTS = path.join(BUILD, 'screenshots');

// The packages stand beside package.json or in build/npm.
async function load(name) {
	const places = [process.env.OTKLIK_NODE_MODULES, ROOT,
		path.join(BUILD, 'npm')];
	const at = places.find((p) => p &&
		existsSync(path.join(p, 'node_modules', name)));

	if (!at)
		throw new Error(`${name} is not installed: run \`make static\``);
	const file = createRequire(path.join(at, 'x.js')).resolve(name);
	const mod = await import(pathToFileURL(file));

	return mod.default?.chromium || mod.default?.launch ? mod.default : mod;
}

const CHROMIUM = ['--disable-gpu', '--disable-quic', '--ignore-certificate-errors',
	'--autoplay-policy=no-user-gesture-required',
	'--use-fake-ui-for-media-stream', '--disable-dev-shm-usage'];
const FIREFOX = {
	'media.navigator.permission.disabled': true,
	'media.autoplay.default': 0,
	'media.autoplay.blocking_policy': 0,
	'media.autoplay.block-webaudio': false,
	'security.enterprise_roots.enabled': false,
	'permissions.default.desktop-notification': 1,
	// Nothing is to be looked for outside the namespace.
	'network.captive-portal-service.enabled': false,
	'network.connectivity-service.enabled': false,
	'app.update.enabled': false,
	'browser.safebrowsing.update.enabled': false,
	'extensions.systemAddon.update.enabled': false,
	'datareporting.policy.dataSubmissionEnabled': false,
};

// microphone: 'fake' (plays hz), 'none', 'refused', 'busy' (another program
// has it; free() lets it go, and then it is the fake one) or 'headset' (a real
// one made by PulseAudio, plays hz, can be pulled out).
export class Browser {
	problems = []; // console errors and page errors, with their address

	static async open({ engine = 'chromium', name, hz = 700,
		microphone = 'fake', ear = null } = {}) {
		const b = new { chromium: Chromium, firefox: Firefox }[engine]();

		b.engine = engine;
		b.name = name;
		b.busy = microphone === 'busy';
		b.microphone = b.busy ? 'fake' : microphone;
		b.hz = engine === 'firefox' && b.microphone === 'fake' ?
			FIREFOX_HZ : hz;
		b.ear = ear ?? await Ear.open(name);
		b.ownEar = !ear;
		if (microphone === 'headset')
			await b.ear.plugMouth(b.hz);
		b.dir = mkdtempSync(path.join(os.tmpdir(), `web-${name}-`));
		await b.launch();
		return b;
	}

	async close() {
		await this.stop();
		if (this.ownEar)
			await this.ear.close();
		rmSync(this.dir, { recursive: true, force: true });
	}

	note(kind, text) {
		this.problems.push(`${kind}: ${text}`);
	}

	async login(user, password = PASSWORD) {
		await this.fill('Логин', user);
		await this.fill('Пароль', password);
		await this.press('Войти');
	}

	press(name, options) {
		return this.click('button', name, options);
	}

	// window.otklik.state, the softphone's own copy of the plugin's state.
	state() {
		return this.eval(() => window.otklik?.state ?? null);
	}

	// Waits until test(state, arg) holds in the page.
	until(test, { arg = null, within = PATIENCE, what = String(test) } = {}) {
		return this.wait(`const s = window.otklik && window.otklik.state;` +
			`return !!s && !!(${test})(s, ${JSON.stringify(arg)})`, within, what);
	}

	agent(state, options) {
		return this.until((s, want) => s.agent.state === want,
			{ arg: state, what: `operator ${state}`, ...options });
	}

	callState(state, options) {
		return this.until((s, want) => s.call && s.call.state === want,
			{ arg: state, what: `call ${state}`, ...options });
	}

	// Waits until a function body holds in the page; asked again and again,
	// since pages come and go and their policy forbids eval inside.
	async wait(body, within, what) {
		const ask = new Function(body);
		const end = performance.now() + within;
		let last = 'false';

		while (performance.now() < end) {
			try {
				if (await this.eval(ask))
					return;
				last = 'false';
			} catch (err) {
				last = err.message.split('\n')[0]; // a page in between
			}
			await new Promise((go) => setTimeout(go, 20));
		}
		throw new Error(`${this.name} waited ${within} ms for ${what}: ${last}`);
	}

	// Visible text anywhere on the page.
	sees(text, { within = PATIENCE } = {}) {
		return this.wait(`const t = ${JSON.stringify(text)};
			for (const e of document.querySelectorAll('body *'))
				if (e.checkVisibility() && [...e.childNodes].some((n) =>
					n.nodeType === 3 && n.data.includes(t)))
					return true;
			return false;`, within, `«${text}» on the page`);
	}

	shot(name) {
		mkdirSync(SHOTS, { recursive: true });
		return this.screenshot(path.join(SHOTS,
			`${name}-${this.engine}.png`));
	}

	// The headset is pulled out of its socket. Firefox notices; Chromium asks
	// udev, which knows nothing of PulseAudio, so there its track just stops.
	async pullMicrophone() {
		if (this.engine === 'firefox' && this.microphone === 'headset') {
			await this.ear.pullMouth();
			return;
		}
		await this.eval(() => {
			for (const pc of window.labConnections)
				for (const sender of pc.getSenders())
					sender.track?.stop();
		});
	}

	// The other program is closed.
	free() {
		return this.eval(() => { window.labBusy = false; });
	}

	// Counts RTP packets the page has sent on all its connections.
	packetsSent() {
		return this.eval(async () => {
			let sent = 0;

			for (const pc of window.labConnections ?? [])
				for (const r of (await pc.getStats()).values())
					if (r.type === 'outbound-rtp')
						sent += r.packetsSent;
			return sent;
		});
	}
}

// Keeps the page's peer connections where a test can ask them.
const WATCH = `(() => {
	if (window.labConnections)
		return;
	const real = window.RTCPeerConnection;
	window.labConnections = [];
	window.RTCPeerConnection = function (...args) {
		const pc = new real(...args);
		window.labConnections.push(pc);
		return pc;
	};
	window.RTCPeerConnection.prototype = real.prototype;
	Object.setPrototypeOf(window.RTCPeerConnection, real);
})()`;

// No engine's fake device can be busy: the page is answered as by one.
const BUSY = `(() => {
	const media = navigator.mediaDevices;
	const real = media.getUserMedia.bind(media);

	window.labBusy ??= true;
	media.getUserMedia = (want) => window.labBusy ? Promise.reject(
		new DOMException('busy', 'NotReadableError')) : real(want);
})()`;

class Chromium extends Browser {
	async launch() {
		const { chromium } = await load('playwright-core');
		const args = [...CHROMIUM, `--lab=${this.dir}`];

		if (this.microphone === 'fake' || this.microphone === 'refused') {
			const file = path.join(this.dir, 'mouth.wav');

			writeFileSync(file, wav([sine(this.hz, 10, { rate: 48000 })],
				48000));
			args.push('--use-fake-device-for-media-stream',
				`--use-file-for-fake-audio-capture=${file}`);
		}
		if (this.microphone === 'refused')
			args.splice(args.indexOf('--use-fake-ui-for-media-stream'), 1);
		this.browser = await chromium.launch({
			executablePath: '/usr/bin/chromium', headless: true,
			timeout: 2 * PATIENCE,
			chromiumSandbox: false, args, env: this.ear.env,
			ignoreDefaultArgs: ['--mute-audio'] });
		const context = await this.browser.newContext({
			ignoreHTTPSErrors: true, locale: 'ru-RU',
			viewport: { width: 1366, height: 768 },
			permissions: this.microphone === 'refused' ? ['notifications'] :
				['microphone', 'notifications'] });

		this.context = context;
		await context.addInitScript(WATCH);
		if (this.busy)
			await context.addInitScript(BUSY);
		await this.tab();
	}

	// A new tab becomes the one that is driven; returns it for show().
	async tab() {
		const page = await this.context.newPage();

		page.on('console', (m) => {
			if (m.type() === 'error')
				this.note('console', `${m.text()} ${m.location().url}`);
		});
		page.on('pageerror', (err) => this.note('page', err.message));
		page.on('dialog', (d) => d.accept().catch(() => {})); // «Leave?»
		page.setDefaultTimeout(PATIENCE);
		this.page = page;
		return page;
	}

	goto(url) { return this.page.goto(url); }
	back() { return this.page.goBack(); }
	eval(fn, arg) { return this.page.evaluate(fn, arg); }
	screenshot(file) { return this.page.screenshot({ path: file }); }
	type(text) { return this.page.keyboard.type(text); }
	key(name) { return this.page.keyboard.press(name); }

	reload() {
		return this.page.reload();
	}

	async select(label, text) {
		await this.page.getByLabel(label, { exact: true })
			.selectOption({ label: text });
	}

	find(role, name) {
		return this.page.getByRole(role, { name, exact: true });
	}

	click(role, name, { within = PATIENCE } = {}) {
		return this.find(role, name).click({ timeout: within });
	}

	// within: a selector, where two parts of a page have such a field
	fill(label, text, within = 'body') {
		return this.page.locator(within).getByLabel(label, { exact: true })
			.fill(text);
	}

	async enabled(name) {
		const found = this.find('button', name);

		return await found.count() > 0 && await found.isEnabled();
	}

	async stop() {
		await this.browser.close();
	}

	// kill -9 of the whole browser.
	async kill() {
		killTree(withArgument(`--lab=${this.dir}`).pid);
	}
}

// Runs in the page. @return the visible element of that role and name, or null
function named(role, want, within = 'body') {
	const candidates = {
		button: 'button, summary, [role=button]',
		link: 'a[href], [role=link]',
		field: 'input, select, textarea',
	}[role] ?? `[role=${role}]`;
	const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
	const spoken = (e) => {
		const copy = e.cloneNode(true);

		copy.querySelectorAll('[aria-hidden=true], select, textarea')
			.forEach((n) => n.remove());
		return tidy(copy.textContent);
	};
	const name = (e) => tidy(e.getAttribute('aria-label')) ||
		(e.labels?.length ? spoken(e.labels[0]) : spoken(e));

	return [...document.querySelectorAll(`:is(${within}) :is(${candidates})`)].find((e) =>
		e.checkVisibility() && name(e) === want && (role === 'field' ||
			(e.getAttribute('role') ?? role) === role)) ?? null;
}

class Firefox extends Browser {
	async launch() {
		const puppeteer = await load('puppeteer-core');
		const prefs = { ...FIREFOX,
			'media.navigator.streams.fake': this.microphone === 'fake' };

		if (this.microphone === 'refused')
			Object.assign(prefs, { 'media.navigator.permission.disabled': false,
				'permissions.default.microphone': 2 });
		// The monitor of the sink counts as a microphone in Firefox.
		const env = { ...this.ear.env };

		if (this.microphone === 'none')
			env.PULSE_SERVER = 'unix:/nonexistent';
		this.browser = await puppeteer.launch({ browser: 'firefox',
			executablePath: '/usr/bin/firefox-esr', headless: true,
			timeout: 2 * PATIENCE, protocolTimeout: 4 * PATIENCE,
			acceptInsecureCerts: true, extraPrefsFirefox: prefs,
			env, userDataDir: path.join(this.dir, 'profile'),
			args: ['--width=1366', '--height=768'] });
		await this.tab();
	}

	async tab() {
		const page = await this.browser.newPage();

		await page.setViewport({ width: 1366, height: 768 });
		await page.evaluateOnNewDocument(WATCH);
		if (this.busy)
			await page.evaluateOnNewDocument(BUSY);
		page.on('console', (m) => {
			if (m.type() === 'error')
				this.note('console', `${m.text()} ${m.location()?.url ?? ''}`);
		});
		page.on('pageerror', (err) => this.note('page', err.message));
		page.on('dialog', (d) => d.accept().catch(() => {})); // «Leave?»
		page.setDefaultTimeout(PATIENCE);
		this.page = page;
		return page;
	}

	goto(url) { return this.page.goto(url); }
	reload() { return this.page.reload({ timeout: PATIENCE }); }
	back() { return this.page.goBack(); }
	eval(fn, arg) { return this.page.evaluate(fn, arg); }
	screenshot(file) { return this.page.screenshot({ path: file }); }
	type(text) { return this.page.keyboard.type(text); }

	async key(name) { // "F4", "Shift+F8"
		const parts = name.split('+');

		for (const part of parts)
			await this.page.keyboard.down(part);
		for (const part of parts.reverse())
			await this.page.keyboard.up(part);
	}

	// The walk over the whole tree of roles holds Firefox' page up for
	// seconds, and a page that does not answer is a lost one. So names are
	// worked out for what can have the role only; Chromium's cases show that
	// they are the accessible ones.
	find(role, name, within = PATIENCE) {
		return this.page.waitForFunction(named,
			{ timeout: within, polling: 50 }, role, name);
	}

	// Again, if the page turned between finding and pressing.
	async click(role, name, { within = PATIENCE } = {}) {
		const end = performance.now() + within;

		for (;;) {
			const left = Math.max(1, end - performance.now());

			try {
				const found = await this.find(role, name, left);

				await this.page.waitForFunction((e) => !e.disabled,
					{ timeout: left }, found);
				return await found.click();
			} catch (err) {
				if (performance.now() > end)
					throw err;
			}
			await new Promise((go) => setTimeout(go, 50));
		}
	}

	field(label, within = PATIENCE) {
		return this.find('field', label, within);
	}

	async fill(label, text, within = 'body') {
		const found = await this.page.waitForFunction(named,
			{ timeout: PATIENCE, polling: 50 }, 'field', label, within);

		await found.evaluate((e) => { e.focus(); e.select?.(); });
		await this.page.keyboard.press('Backspace');
		await found.type(text);
	}

	async select(label, text) {
		const found = await this.field(label);

		await found.evaluate((e, t) => {
			e.value = [...e.options].find((o) => o.text === t).value;
			e.dispatchEvent(new Event('input', { bubbles: true }));
			e.dispatchEvent(new Event('change', { bubbles: true }));
		}, text);
	}

	async enabled(name) {
		const found = await this.page.evaluateHandle(named, 'button', name);

		return found.evaluate((e) => !!e && !e.disabled);
	}

	async stop() {
		await this.browser.close();
	}

	async kill() {
		killTree(this.browser.process().pid);
	}
}
