// lock.js - one tab of this browser has the telephone.

export class Leader {
	#name;
	#on;
	#round = 0;

	// on: { lead(stolen), wait(), lose() }
	constructor(name, on) {
		this.#name = name;
		this.#on = on;
	}

	// Waits in line; a reload of the same tab gets it within moments.
	join() {
		if (!navigator.locks)
			return this.#on.lead(false);
		this.#request({}, false);
	}

	// «Открыть здесь»
	take() {
		if (!navigator.locks)
			return this.#on.lead(true);
		this.#request({ steal: true }, true);
	}

	async #request(options, stolen) {
		const round = ++this.#round;
		const told = setTimeout(() => this.#on.wait(), 700);
		let had = false;

		try {
			await navigator.locks.request(this.#name, options, () => {
				clearTimeout(told);
				if (round !== this.#round)
					return null; // we came another way meanwhile
				had = true;
				this.#on.lead(stolen);
				return new Promise(() => {}); // until the tab is gone
			});
		} catch { // AbortError: another tab took it
			clearTimeout(told);
			if (had && round === this.#round) {
				this.#on.lose();
				this.join();
			}
		}
	}
}
