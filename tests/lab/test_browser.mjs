#!/usr/bin/env node
// The browser drivers on a page of their own: a microphone looped through two
// peer connections to the loudspeaker, in both engines.
// limit: 240 s

import assert from 'node:assert/strict';
import http from 'node:http';
import { inNamespace, test, run, finally_ } from './run.mjs';
import { Browser } from './browser.mjs';

inNamespace();

const PAGE = `<!doctype html><html lang="ru"><meta charset="utf-8">
<title>Проба</title><link rel="icon" href="data:,">
<label for="who">Логин</label><input id="who">
<button id="go" aria-keyshortcuts="F2">Начало работы
<span aria-hidden="true">F2</span></button><button id="no" disabled>Пауза</button>
<p id="status">Не активен</p><audio id="out" autoplay></audio>
<script>
window.otklik = { state: { agent: { state: 'INACTIVE' }, call: null } };
const say = (t) => { document.getElementById('status').textContent = t; };
document.getElementById('go').onclick = async () => {
	let stream;
	try {
		stream = await navigator.mediaDevices.getUserMedia({ audio: true });
	} catch (err) {
		return say('Нет: ' + err.name);
	}
	const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
	a.onicecandidate = (e) => b.addIceCandidate(e.candidate);
	b.onicecandidate = (e) => a.addIceCandidate(e.candidate);
	b.ontrack = (e) => { document.getElementById('out').srcObject =
		new MediaStream([e.track]); };
	stream.getTracks()[0].onended = () => say('Оборвано');
	a.addTrack(stream.getTracks()[0], stream);
	await a.setLocalDescription();
	await b.setRemoteDescription(a.localDescription);
	await b.setLocalDescription();
	await a.setRemoteDescription(b.localDescription);
	window.otklik.state.agent.state = 'FREE';
	say('Активен');
};
</script></html>`;

const site = http.createServer((req, res) => {
	res.setHeader('Content-Type', 'text/html; charset=utf-8');
	res.end(PAGE);
});

await new Promise((go) => site.listen(8000, '127.0.0.1', go));
finally_(() => new Promise((done) => {
	site.close(done);
	site.closeAllConnections();
}));

async function looped(options) {
	const b = await Browser.open({ name: 'lab', ...options });

	await b.goto('http://localhost:8000/');
	await b.sees('Не активен');
	await b.fill('Логин', 'op1');
	assert.equal(await b.enabled('Пауза'), false);
	assert.equal(await b.enabled('Начало работы'), true);
	await b.press('Начало работы');
	return b;
}

for (const engine of ['chromium', 'firefox']) {
	test(`${engine}: the fake microphone is heard and measured`, async () => {
		const b = await looped({ engine, hz: 700 });

		try {
			await b.agent('FREE');
			await b.sees('Активен');
			assert.equal(await b.eval(() => document.getElementById('who')
				.value), 'op1');
			await b.ear.hears(b.hz);
			// that tone and nothing else, in a second without a hole
			await b.ear.until((w) => w.tones[b.hz] > 0.03 &&
				(w.tones[b.hz] / w.rms) ** 2 / 2 > 0.9,
			{ tones: [b.hz], ms: 1000, what: 'a pure tone' });
			assert.ok(await b.packetsSent() > 20);
			await b.shot('lab');
			assert.deepEqual(b.problems, []);
		} finally {
			await b.close();
		}
	});

	test(`${engine}: no microphone, and a refused one`, async () => {
		for (const [microphone, name] of [['none', 'NotFoundError'],
			['refused', 'NotAllowedError']]) {
			const b = await looped({ engine, microphone });

			try {
				await b.sees(`Нет: ${name}`);
			} finally {
				await b.close();
			}
		}
	});

	test(`${engine}: a headset speaks and is pulled out`, async () => {
		const b = await looped({ engine, hz: 600, microphone: 'headset' });

		try {
			await b.ear.hears(600);
			await b.pullMicrophone();
			if (engine === 'firefox')
				await b.sees('Оборвано');
			await b.ear.until((w) => w.rms < 0.001,
				{ what: 'silence', ms: 1000 });
		} finally {
			await b.close();
		}
	});

	test(`${engine}: a killed browser is gone`, async () => {
		const b = await looped({ engine });

		await b.sees('Активен');
		await b.kill();
		await assert.rejects(b.eval(() => 1));
		await b.ear.close();
	});
}

await run();
