// file.js - the text of a chosen file into the field that is sent.

export function file() {
	document.addEventListener('change', async (e) => {
		const from = e.target.closest('[data-import-file]');
		const to = from && document.getElementById(from.dataset.importFile);

		if (to && from.files[0])
			to.value = await from.files[0].text();
	});
}
