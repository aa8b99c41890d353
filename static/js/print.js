// print.js - the one button of the card on paper.

document.querySelector('[data-print]').addEventListener('click',
	() => print());
