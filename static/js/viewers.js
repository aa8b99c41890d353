// viewers.js - who else has this card open: the page says every few seconds
// that it has, and is told of the others (K-6.1.10: before they save over each
// other).

const EVERY_MS = 5000;

export function viewers() {
	let here = null; // address of the open card

	async function say(address, leave) {
		try {
			const answer = await fetch(`${address}/open`, {
				method: 'POST',
				headers: {
					'Content-Type': 'application/x-www-form-urlencoded',
					'X-CSRF': document.querySelector('meta[name=csrf]')
						.content,
					'X-Refresh': '1', // nobody has asked: no sign of life
				},
				body: leave ? 'leave=1' : 'here=1',
				keepalive: leave,
			});

			if (answer.ok && !leave && address === here)
				show((await answer.json()).others);
		} catch {
			// the next time
		}
	}

	function show(others) {
		const place = document.querySelector('[data-viewers]');
		const text = others.length
			? `${place?.dataset.viewers}: ${others.join(', ')}` : '';

		if (place && place.textContent !== text)
			place.textContent = text;
	}

	function arrive() {
		const next = document.querySelector('form[data-card]')
			?.getAttribute('action') ?? null;

		if (here && here !== next)
			say(here, true);
		if (next && here !== next)
			say(here = next, false);
		here = next;
	}

	arrive();
	document.addEventListener('htmx:afterSettle', arrive);
	addEventListener('pagehide', () => here && say(here, true));
	setInterval(() => here && !document.hidden && say(here, false), EVERY_MS);
}
