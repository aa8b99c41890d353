// intervene.js - the question before a supervisor's action: a reason is
// required, and cutting a citizen off is a choice of its own.

import { number, person } from './board.js';
import { fill } from './phone/format.js';

// -> true when it was done. what: release, move, rest
export async function intervene(phone, { what, kind, item, may, queues }) {
	const words = phone.words;
	const dialog = document.querySelector('#shift-dialog')
		.content.firstElementChild.cloneNode(true);
	const find = (selector) => dialog.querySelector(selector);
	const call = kind === 'agent' ? item.call : item;
	const reason = find('[name=reason]');
	const error = find('[data-error]');
	const ends = () => what === 'release' &&
		(!may.requeue || find('[name=way][value=end]').checked);

	find('[data-title]').textContent = words[`ShiftDo_${what}`];
	find('[data-about]').textContent = kind !== 'agent'
		? `${number(item.number, words)}, ${item.queue_name}`
		: person(item) + (what === 'release' && call?.number
			? `: ${number(call.number, words)}` : '');
	find('[data-part=move]').hidden = what !== 'move';
	find('[data-part=way]').hidden = what !== 'release' || !may.requeue;
	for (const queue of queues)
		find('[name=queue]').append(new Option(queue.name, queue.id));
	warn();
	dialog.addEventListener('change', warn);

	function warn() {
		find('[data-part=end]').hidden = !ends();
		find('[data-later]').hidden = what !== 'rest' || !item.call;
		find('[data-today]').hidden = what !== 'move' || kind !== 'agent';
	}

	function message() {
		const text = reason.value.trim();

		const queue = Number(find('[name=queue]').value);

		if (what === 'move' && kind === 'agent')
			return { request: 'assign', user: item.id, reason: text, queue };
		if (what === 'move')
			return { request: 'move', call: call.id, reason: text, queue };
		if (what === 'rest')
			return { request: 'rest', user: item.id, reason: text };
		return { request: 'release', call: call.id, reason: text,
			end: ends() };
	}

	function refuse(text, field) {
		error.textContent = text;
		field.focus();
	}

	let done = false;

	dialog.addEventListener('submit', async (event) => {
		if (event.submitter?.value === 'no')
			return;
		event.preventDefault();
		const yes = find('[value=yes]');

		if (!reason.value.trim())
			return refuse(words.ShiftNoReason, reason);
		if (ends() && !find('[name=sure]').checked)
			return refuse(words.ShiftNotSure, find('[name=sure]'));
		if (what === 'move' && !find('[name=queue]').value)
			return refuse(words.ShiftNoQueue, find('[name=queue]'));
		yes.disabled = true;
		try {
			await phone.ask(message());
			done = true;
			dialog.close('yes');
		} catch (err) {
			refuse(fill(err.text || words.Failed, {}), reason);
		}
		yes.disabled = false;
	});
	document.body.append(dialog);
	dialog.showModal();
	reason.focus();
	return new Promise((over) => dialog.addEventListener('close', () => {
		dialog.remove();
		over(done);
	}, { once: true }));
}
