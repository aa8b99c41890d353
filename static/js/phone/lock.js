// lock.js - one tab of this browser has the telephone.

const LOOK_MS = 700; // a tab that goes away may hold it for moments

export class Leader {
	#name;
	#on;
	#round = 0;

	// on: { lead(stolen), wait(), free(), lose() }
	constructor(name, on) {
		this.#name = name;
		this.#on = on;
	}

	// Waits in line. back: the page was loaded again in the tab that had the
	// telephone, and has it again, whoever stood in line behind it.
	join(back = false) {
		if (!navigator.locks)
			return this.#on.lead(false);
		this.#request(back ? { steal: true } : {}, false);
	}

	// «Открыть здесь»
	take() {
		if (!navigator.locks)
			return this.#on.lead(true);
		this.#request({ steal: true }, true);
	}

	async #request(options, stolen) {
		const round = ++this.#round;
		let had = false, waits = false;
		const look = setInterval(async () => {
			if (await this.#taken() && round === this.#round &&
				!had && !waits) {
				waits = true;
				this.#on.wait();
			}
		}, LOOK_MS);

		try {
			await navigator.locks.request(this.#name, options, () => {
				clearInterval(look);
				if (round !== this.#round)
					return null; // we came another way meanwhile
				had = true;
				if (waits)
					this.#on.free();
				else
					this.#on.lead(stolen);
				return new Promise(() => {}); // until the tab is gone
			});
		} catch { // AbortError: another tab took it
			clearInterval(look);
			if (had && round === this.#round) {
				this.#on.lose();
				this.join();
			}
		}
	}

	// By another, while we stand in line.
	async #taken() {
		const { held, pending } = await navigator.locks.query();
		const ours = ({ name }) => name === this.#name;

		return held.some(ours) && pending.some(ours);
	}
}
