// dialog.js - questions in the page. Native confirm() stops the message
// handlers and with them the answers the plugin waits for (DESIGN D2).

// -> true when the first button was pressed
export function ask({ text, yes, no }) {
	const dialog = document.createElement('dialog');
	const p = document.createElement('p');
	const row = document.createElement('div');

	dialog.className = 'ask';
	p.id = 'ask-text';
	p.textContent = text;
	dialog.setAttribute('aria-labelledby', p.id);
	row.className = 'ask-buttons';
	for (const [label, value, style] of [[yes, 'yes', 'btn-primary'],
		[no, 'no', 'btn-outline-secondary']]) {
		const button = document.createElement('button');

		button.type = 'button';
		button.className = `btn btn-sm ${style}`;
		button.textContent = label;
		button.addEventListener('click', () => dialog.close(value));
		row.append(button);
	}
	dialog.append(p, row);
	document.body.append(dialog);
	dialog.showModal();
	return new Promise((done) => dialog.addEventListener('close', () => {
		dialog.remove();
		done(dialog.returnValue === 'yes');
	}, { once: true }));
}
