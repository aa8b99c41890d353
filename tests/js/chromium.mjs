// One Chromium and one server for all cases of a file. A page in a browser of
// its own costs a second of a core; here a page in the background keeps the
// process alive, so what was compiled and cached for one case serves the next.
// Nothing else is left of a case: its pages are closed, what they stored is
// gone, and the server has forgotten them.

import playwright from 'playwright-core';

import { Fake, PATIENCE } from './fake.mjs';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic',
	'--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--process-per-site'];

export class Chromium {
	problems = []; // console errors and page errors of this case

	static async open(args) {
		const c = new Chromium();

		c.fake = await Fake.open();
		c.browser = await c.launch(args);
		c.context = await c.browser.newContext();
		c.keeper = await c.context.newPage();
		await c.keeper.goto(`${c.fake.url}/static/css/app.css`);
		return c;
	}

	launch(more = []) {
		return playwright.chromium.launch({ executablePath: '/usr/bin/chromium',
			timeout: 2 * PATIENCE, args: [...ARGS, ...more,
				`--ignore-certificate-errors-spki-list=${this.fake.key}`] });
	}

	async close() {
		await this.browser.close();
		this.fake.close();
	}

	// After a case.
	async clear() {
		for (const context of this.browser.contexts())
			if (context !== this.context)
				await context.close();
		for (const page of this.context.pages())
			if (page !== this.keeper)
				await page.close();
		await this.keeper.evaluate(() => localStorage.clear());
		this.fake.reset();
		this.problems.length = 0;
	}

	// path null: nothing is loaded yet. first(arg) runs before the page's own
	// scripts at every load. clock: its timers are those of page.clock.
	async page(path = '/', { first, arg, clock = false,
		browser = this.browser } = {}) {
		const own = clock || browser !== this.browser;
		const context = own ? await browser.newContext() : this.context;
		const page = await context.newPage();

		page.setDefaultTimeout(PATIENCE);
		page.on('console', (m) =>
			m.type() === 'error' && this.problems.push(m.text()));
		page.on('pageerror', (e) => this.problems.push(e.stack));
		if (clock)
			await page.clock.install();
		if (first)
			await page.addInitScript(first, arg);
		if (path)
			await page.goto(this.fake.url + path);
		return page;
	}
}
