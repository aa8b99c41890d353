// alarm.js - calls for help (K-5.1.8.10): on whatever page a supervisor is,
// they stand above it and sound until somebody has answered.

import { number, person } from './board.js';
import { duration } from './phone/format.js';
import { keyed } from './phone/view.js';

const BEAT_MS = 1400;

export function alarm(phone) {
	const words = phone.words;
	const box = document.getElementById('alarm');
	let alerts = [];
	let offset = 0;
	let context = null;
	let timer = null;

	if (!box)
		return;
	phone.addEventListener('alerts', ({ detail }) => {
		alerts = detail.alerts;
		offset = detail.now - Date.now();
		draw();
		sound();
	});
	// a page may not sound before it has been touched
	for (const touch of ['pointerdown', 'keydown'])
		addEventListener(touch, () => context?.resume(), true);
	box.addEventListener('click', accept);

	function draw() {
		box.hidden = !alerts.length;
		keyed(box.querySelector('ul'), alerts, (a) => a.id, () =>
			box.querySelector('template').content
				.firstElementChild.cloneNode(true), row);
	}

	function row(node, a) {
		const about = [person(a.user), a.number ? number(a.number, words) : '',
			a.queue].filter(Boolean).join(' · ');

		set(node.querySelector('[data-kind]'),
			words[`Alert${a.kind}`] ?? a.kind);
		set(node.querySelector('[data-about]'), about);
		set(node.querySelector('[data-age]'),
			duration(Date.now() + offset - a.at));
		node.querySelector('button').dataset.accept = a.id;
	}

	function set(node, text) {
		if (node.textContent !== text)
			node.textContent = text;
	}

	async function accept(event) {
		const button = event.target.closest('[data-accept]');

		if (!button)
			return;
		const error = box.querySelector('[data-error]');

		error.textContent = '';
		button.disabled = true;
		try {
			await phone.ask({ request: 'accept',
				alert: button.dataset.accept });
		} catch (err) {
			error.textContent = err.text || words.Failed;
		}
		button.disabled = false;
	}

	function sound() {
		box.dataset.sounds = String(alerts.length > 0);
		if (!alerts.length) {
			clearInterval(timer);
			timer = null;
			return;
		}
		if (timer)
			return;
		beat();
		timer = setInterval(beat, BEAT_MS);
	}

	function beat() {
		draw();
		context ??= new AudioContext();
		if (context.state === 'suspended')
			return void context.resume();
		const at = context.currentTime;

		tone(880, at, 0.18);
		tone(660, at + 0.22, 0.22);
	}

	function tone(hz, at, length) {
		const source = context.createOscillator();
		const gain = context.createGain();

		source.frequency.value = hz;
		gain.gain.setValueAtTime(0.0001, at);
		gain.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
		gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
		source.connect(gain).connect(context.destination);
		source.start(at);
		source.stop(at + length);
	}
}
