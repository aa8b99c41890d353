// The desk without a server behind it: node tests/js/desk.mjs [port]
//
// Canned telephone states, /?state=talk&theme=dark, /appeal?state=ring,
// /login: for looking at the panel while it is changed. The states are also
// unit-tested (test_panel.mjs).

import http from 'node:http';

import { CSP, file, page } from './render.mjs';

const PAGES = { '/': 'journal', '/appeal': 'appeal', '/login': 'login' };

const server = http.createServer((req, res) => {
	const url = new URL(req.url, 'http://localhost');
	const send = (type, body) => {
		res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`,
			'Content-Security-Policy': CSP });
		res.end(body);
	};

	if (PAGES[url.pathname])
		return send('text/html', page(PAGES[url.pathname],
			Object.fromEntries(url.searchParams))
			.replace('/static/js/main.js', '/tests/js/desk_page.js'));
	const found = file(url.pathname);

	if (found)
		return send(found.type, found.body);
	res.writeHead(404);
	res.end();
});

server.listen(Number(process.argv[2] ?? 8099), '127.0.0.1', () =>
	console.log(`http://127.0.0.1:${server.address().port}/`));
