#!/usr/bin/env node
// The telephone in Chromium against a server that can be told to fail.
// limit: 240 s

import assert from 'node:assert/strict';
import declare, { after, before } from 'node:test';

import { Chromium } from './chromium.mjs';
import { state, states } from './states.mjs';

const FAKE_MIC = ['--use-fake-device-for-media-stream',
	'--use-fake-ui-for-media-stream'];

let chromium, fake, page, problems;
let desk = null; // the page that cases of atDesk share

before(async () => {
	chromium = await Chromium.open(FAKE_MIC);
	({ fake, problems } = chromium);
});

after(() => chromium.close());

// A case with a page of its own.
function test(name, body, { path = '/', ...options } = {}) {
	declare(name, async () => {
		await chromium.clear();
		page = await chromium.page(path, options);
		await body();
	});
}

// A case at a desk that is at work, which it leaves at work.
function atDesk(name, body) {
	declare(name, async () => {
		if (page !== desk) {
			await chromium.clear();
			page = await chromium.page();
			await atWork();
		}
		desk = null;
		fake.forget();
		fake.show(states.free);
		await until(() => window.otklik.view.phase === 'FREE');
		await body();
		desk = page;
	});
}

const button = (name, p = page) => p.getByRole('button', { name, exact: true });
const text = (what, p = page) => p.getByText(what, { exact: true });
const hasTrack = (p = page) => p.evaluate(() =>
	!!window.otklik.pc.getSenders()[0].track);
const until = (fn, arg, p = page) => p.waitForFunction(fn, arg);

// Signed in, leg up, free.
async function atWork() {
	const leg = fake.asked('leg');

	await button('Начало работы').click();
	await leg;
	fake.core('webrtcup');
	fake.show(states.free);
	await text('Свободен').first().waitFor();
}

test('hello carries page and token, then «Начало работы» can be pressed',
	async () => {
		await until(() => window.otklik.state);
		const [hello] = fake.seen('hello');

		assert.equal(hello.token, 'user1');
		assert.match(hello.page, /^[0-9a-f-]{36}$/);
		await text('Не активен').waitFor();
		assert.equal(await button('Начало работы').isEnabled(), true);
		assert.equal(await button('Ответить').isDisabled(), true);
		assert.deepEqual(problems, []);
	});

test('the answer keeps the offered order of codecs; idle sends no track',
	async () => {
		let sdp;

		fake.once('leg', (body, jsep) => {
			sdp = jsep.sdp;
		});
		await atWork();
		assert.match(sdp, /m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8 0 101/);
		assert.match(sdp, /a=sendrecv/);
		await until(() => !window.otklik.pc.getSenders()[0].track);
		fake.show(states.ring);
		await until(() => window.otklik.pc.getSenders()[0].track);
		fake.show(states.talk);
		await until(() => !window.otklik.view.ringing);
		assert.equal(await hasTrack(), true);
		fake.show(states.wrapup);
		await until(() => !window.otklik.pc.getSenders()[0].track);
		assert.deepEqual(problems, []);
	});

atDesk('a question is answered at once', async () => {
	const pong = fake.asked('pong');

	fake.push('ping', { n: 41 });
	assert.equal((await pong).n, 41);
});

atDesk('keys answer, hold, mute and hang up, also from inside a field',
	async () => {
		await page.locator('#f-number').focus();
		fake.show(states.ring);
		await until(() => window.otklik.view.ringing);
		assert.match(await page.title(), /^☎ \+7 962 440-11-22/);
		let asked = fake.asked('answer');

		await page.keyboard.press('F2');
		const answer = await asked;

		assert.equal(answer.gen, 3);
		assert.equal(answer.call, states.ring.call.id);
		fake.show(states.talk);
		await until(() => !document.title.includes('☎'));
		for (const [key, request] of [['F4', 'hold'], ['Shift+F4', 'mute'],
			['Shift+F2', 'hangup']]) {
			asked = fake.asked(request);
			await page.keyboard.press(key);
			await asked;
		}
	});

atDesk('with the service on the line Shift+F2 leaves, «Сброс» asks', async () => {
	fake.show(states.emergency);
	await button('Выйти из разговора').waitFor();
	const leave = fake.asked('leave');

	await page.keyboard.press('Shift+F2');
	await leave;
	await until(() => window.otklik.view.on.drop);
	await button('Сброс').click();
	const dialog = page.getByRole('dialog',
		{ name: 'Завершить разговор для всех?' });

	await button('Нет', dialog).click();
	await dialog.waitFor({ state: 'detached' });
	assert.equal(fake.seen('hangup').length, 0);
	const hangup = fake.asked('hangup');

	await button('Сброс').click();
	await button('Да', dialog).click();
	assert.equal((await hangup).call, states.emergency.call.id);
});

atDesk('a microphone pulled out: another one is taken at once', async () => {
	await talking();
	const told = mic('lost', 'back');

	await unplug();
	await told;
	await liveTrack();
	await until(() => !document.body.innerText.includes('Микрофон не найден'));
});

atDesk('no microphone is left: «Начало работы» tries again over the same leg',
	async () => {
		await talking();
		await devices(false);
		let told = mic('lost');

		await unplug();
		await told;
		await page.getByText('Микрофон не найден.').waitFor();
		await devices(true);
		told = mic('back');
		await button('Начало работы').click();
		await told;
		await liveTrack();
		await button('Начало работы').waitFor({ state: 'hidden' });
		assert.equal(await text('Микрофон не найден.').count(), 0);
		assert.equal(fake.seen('start').length, 0);
	});

atDesk('after a loss the same device, chosen again, is tried again', async () => {
	await talking();
	await devices(false);
	await unplug();
	await page.getByText('Микрофон не найден.').waitFor();
	await devices(true);
	await button('Звуковые устройства').click();
	const told = mic('back');

	await button('Применить').click();
	await told;
	await liveTrack();
	await button('Начало работы').waitFor({ state: 'hidden' });
});

atDesk('an error of the server is shown as it says', async () => {
	fake.show(states.talk);
	fake.replies.finish = { otklik: 'error', code: 'IN_CALL',
		text: 'Завершите разговор перед выходом' };
	await button('Завершить').click();
	await text('Завершите разговор перед выходом').waitFor();
});

atDesk('transfer: Enter is blind, the error stands beside the field',
	async () => {
		fake.show(states.talk);
		const field = page.getByLabel('Внутренний номер', { exact: true });
		let asked = fake.asked('transfer');

		await field.fill('2001');
		await field.press('Enter');
		assert.deepEqual(await asked, { request: 'transfer', to: '2001',
			call: states.talk.call.id, mode: 'blind', confirm: false });
		fake.replies.transfer = { otklik: 'error', code: 'SELF',
			text: 'Нельзя перевести на себя' };
		await field.fill('1001');
		await button('Посоветоваться').click();
		await text('Нельзя перевести на себя').waitFor();
		fake.replies = {};
		await field.fill('горяч');
		asked = fake.asked('transfer');
		await page.getByRole('button', { name: /Горячая линия/ }).click();
		await page.keyboard.press('F8');
		assert.equal((await asked).to, 'queue:1');
	});

atDesk('presence is followed in the list', async () => {
	const row = page.getByRole('button', { name: /2001/ });

	await row.getByText('Свободен').waitFor();
	fake.push('presence', { users: [{ id: 9, state: 'TALKING' }], full: false });
	await row.getByText('Разговаривает').waitFor();
});

atDesk('a lost socket claims the session again and asks for the state',
	async () => {
		const claimed = fake.asked('janus:claim');
		const asked = fake.asked('sync');

		fake.closed = true;
		fake.drop();
		await text('Связь восстанавливается').first().waitFor();
		assert.equal(await button('Завершить').isDisabled(), true);
		fake.closed = false;
		await claimed;
		await asked;
		await text('Свободен').first().waitFor();
		assert.equal(fake.seen('hello').length, 0);
		assert.equal(fake.sessions, 1);
	});

atDesk('a gap in the events asks for the whole state', async () => {
	const asked = fake.asked('sync');

	fake.push('rows', { appeals: [] }, undefined, 3);
	await asked;
});

atDesk('a changed row is replaced, the others are left alone', async () => {
	await page.evaluate(() => {
		document.querySelector('[data-appeal="2"]').mine = true;
	});
	fake.journal = ['Rows.0.Assignee=Новый Н. Н.'];
	fake.push('rows', { appeals: [1] });
	await page.locator('[data-appeal="1"]').getByText('Новый Н. Н.').waitFor();
	assert.equal(await page.evaluate(() =>
		document.querySelector('[data-appeal="2"]').mine), true);
});

atDesk('a row that is replaced can be called up', async () => {
	const dial = page.locator('[data-appeal="1"] [data-dial]:enabled');

	fake.journal = ['Rows.0.Assignee=Новый Н. Н.', 'Rows.0.Phone=+7 900 111',
		'Rows.0.Phone.Dial=+79001112233'];
	fake.push('rows', { appeals: [1] });
	await page.locator('[data-appeal="1"]').getByText('Новый Н. Н.').waitFor();
	await dial.waitFor();
	await dial.click();
	await until(() => document.querySelector('#phone-dial').value ===
		'+79001112233');
});

atDesk('a test call needs a number and a free hand, and names its line',
	async () => {
		const press = button('Пробный вызов');
		const asked = fake.asked('dial');

		await page.evaluate(() => {
			document.querySelector('#page').insertAdjacentHTML('beforeend',
				'<div id="lines"><input id="own"><button type="button"' +
				' data-dial-field="own" data-dial-trunk="2" disabled>' +
				'Пробный вызов</button></div>');
			document.dispatchEvent(new CustomEvent('htmx:afterSettle'));
		});
		await press.click();
		await until(() => document.activeElement.id === 'own');
		await page.locator('#own').fill('8 962 440-11-22');
		await press.click();
		assert.deepEqual(await asked, { request: 'dial',
			number: '89624401122', trunk: 2 });
		// where another button would begin a transfer
		fake.show(states.talk);
		await until(() => document.querySelector('[data-dial-trunk]').disabled);
		await page.evaluate(() => document.querySelector('#lines').remove());
	});

// A machine with two loudspeakers: which one an element was given, and what
// the ringer was told to do, are written down.
function loudspeakers() {
	window.sinks = [];
	window.rung = [];
	window.unplugged = '';
	navigator.mediaDevices.enumerateDevices = async () => [
		{ kind: 'audioinput', deviceId: 'mic', label: 'Первый' },
		{ kind: 'audiooutput', deviceId: 'default', label: 'Первый' },
		{ kind: 'audiooutput', deviceId: 'head', label: 'Наушники' },
		{ kind: 'audiooutput', deviceId: 'loud', label: 'Колонки' }];
	HTMLMediaElement.prototype.setSinkId = async function (id) {
		window.sinks.push([this.id, id]);
		if (id && id === window.unplugged)
			throw new DOMException('', 'NotFoundError');
	};
	for (const what of ['play', 'pause'])
		HTMLMediaElement.prototype[what] = async function () {
			if (this.id === 'phone-ringer')
				window.rung.push([what, this.muted]);
		};
}

// Chosen in the dialog; -> what the elements were given then.
async function choose(headset, ringer) {
	await page.evaluate(() => window.sinks.splice(0));
	await page.locator('[data-act="devices"]').click();
	const dialog = page.getByRole('dialog', { name: 'Звуковые устройства' });

	await dialog.waitFor();
	await dialog.getByLabel('Гарнитура').selectOption({ label: headset });
	await dialog.getByLabel('Звонок').selectOption({ label: ringer });
	await button('Применить', dialog).click();
	await until(() => window.sinks.length >= 2);
	return page.evaluate(() => window.sinks);
}

// Rings and is answered; -> what the ringer did.
async function rungOnce() {
	fake.show(states.ring);
	await until(() => window.otklik.view.ringing);
	fake.show(states.talk);
	await until(() => !window.otklik.view.ringing);
	return page.evaluate(() => window.rung.splice(0));
}

test('K-5.0.1 it rings where it was chosen to ring, talk stays in the headset',
	async () => {
		await atWork();
		// the headset and the ringer are one device: it is heard there
		assert.deepEqual(await rungOnce(), []);
		assert.deepEqual(await choose('Наушники', 'Колонки'),
			[['phone-headset', 'head'], ['phone-ringer', 'loud']]);
		assert.deepEqual(await rungOnce(), [['play', false], ['pause', true]]);
		assert.deepEqual(await choose('Колонки', 'Колонки'),
			[['phone-headset', 'loud'], ['phone-ringer', 'loud']]);
		assert.deepEqual(await rungOnce(), []);
		assert.deepEqual(problems, []);
	}, { first: loudspeakers });

test('a ringer that was unplugged rings on the system\'s own', async () => {
	await atWork();
	await choose('Наушники', 'Колонки');
	await page.evaluate(() => {
		window.sinks.splice(0);
		window.unplugged = 'loud';
		navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
	});
	await until(() => window.sinks.length >= 3);
	assert.deepEqual(await page.evaluate(() => window.sinks),
		[['phone-headset', 'head'], ['phone-ringer', 'loud'],
			['phone-ringer', '']]);
	assert.deepEqual(await rungOnce(), [['play', false], ['pause', true]]);
}, { first: loudspeakers });

// The system's notices as the page asks for them, and how it was answered.
function notices(permission) {
	window.notices = [];
	window.begged = 0;
	window.focused = 0;
	window.focus = () => window.focused++;
	window.Notification = class {
		static permission = permission;

		static async requestPermission() {
			window.begged++;
			return permission;
		}

		constructor(title, options) {
			this.asked = { title, ...options };
			this.closed = 0;
			window.notices.push(this);
		}

		close() {
			this.closed++;
		}
	};
}

const noticed = () => page.evaluate(() =>
	window.notices.map((n) => ({ ...n.asked, closed: n.closed })));

test('a ring is a silent notice of the system, gone with the ringing',
	async () => {
		await atWork();
		assert.equal(await page.evaluate(() => window.begged), 0);
		const notice = { title: 'Вызов: +7 962 440-11-22',
			body: 'Горячая линия, ожидание 00:38', tag: 'otklik-ring',
			silent: true, closed: 0 };

		fake.show(states.ring);
		await until(() => window.notices.length);
		assert.deepEqual(await noticed(), [notice]);
		assert.equal(await page.evaluate(() => {
			window.notices[0].onclick();
			return window.focused;
		}), 1);
		fake.show(states.talk);
		await until(() => window.notices[0].closed);
		fake.show(states.free);
		fake.show(state({ state: 'RINGING' },
			{ ...states.ring.call, number: '' }));
		await until(() => window.notices.length > 1);
		assert.deepEqual(await noticed(), [{ ...notice, closed: 1 },
			{ ...notice, title: 'Вызов: Номер не определён' }]);
		assert.deepEqual(problems, []);
	}, { first: notices, arg: 'granted' });

for (const [permission, begged] of [['default', 1], ['denied', 0]])
	test(`a permission for notices that is «${permission}» shows none`,
		async () => {
			await atWork();
			assert.equal(await page.evaluate(() => window.begged), begged);
			fake.show(states.ring);
			await until(() => window.otklik.view.ringing);
			fake.show(states.talk);
			await until(() => !window.otklik.view.ringing);
			assert.deepEqual(await noticed(), []);
			assert.deepEqual(problems, []);
		}, { first: notices, arg: permission });

// What the browser does when the device is pulled out.
const unplug = () => page.evaluate(() => {
	const { track } = window.otklik.pc.getSenders()[0];

	track.stop();
	track.dispatchEvent(new Event('ended'));
});

const devices = (there, p = page) => p.evaluate((ok) => {
	const media = navigator.mediaDevices;

	if (ok)
		delete media.getUserMedia;
	else
		media.getUserMedia = () => Promise.reject(
			new DOMException('', 'NotFoundError'));
}, there);

const liveTrack = () => until(() =>
	window.otklik.pc.getSenders()[0].track?.readyState === 'live');

async function talking() {
	fake.show(states.talk);
	await liveTrack();
}

// The page says so of its microphone, in this order; it may repeat itself.
function mic(...want) {
	return fake.asked('mic', ({ state: said }) => {
		if (said === want[0])
			want.shift();
		return !want.length;
	});
}

test('the loudspeaker\'s monitor is not taken for a microphone', async () => {
	await atWork();
	await talking();
	await page.evaluate(() => {
		const media = navigator.mediaDevices;
		const real = media.getUserMedia.bind(media);

		media.enumerateDevices = async () => [{ kind: 'audioinput',
			deviceId: 'x', label: 'Monitor of Null Output' }];
		media.getUserMedia = async (want) => {
			const stream = await real(want);

			Object.defineProperty(stream.getAudioTracks()[0], 'label',
				{ value: 'Monitor of Null Output' });
			return stream;
		};
	});
	await unplug();
	await page.getByText('Микрофон не найден.').waitFor();
	const told = mic('lost');

	await button('Начало работы').click(); // still none
	await told;
	await page.getByText('Микрофон не найден.').waitFor();
});

test('a device that appears ends the refusal and brings the leg back',
	async () => {
		await atWork();
		fake.state = state({ state: 'RECONNECTING', leg: 'lost' });
		await page.addInitScript(() => {
			navigator.mediaDevices.getUserMedia = () => Promise.reject(
				new DOMException('', 'NotFoundError'));
		});
		await page.reload();
		await page.getByText('Микрофон не найден.').waitFor();
		await devices(true);
		const start = fake.asked('start');

		await page.evaluate(() => navigator.mediaDevices
			.dispatchEvent(new Event('devicechange')));
		await start;
	});

test('a loss while the link is down is told when it is back', async () => {
	await atWork();
	await talking();
	await devices(false);
	fake.closed = true;
	fake.drop();
	await text('Связь восстанавливается').first().waitFor();
	await unplug();
	const told = mic('lost');

	fake.closed = false;
	await told;
});

test('a connection without the questions of its pace is given up', async () => {
	await atWork();
	const claimed = fake.asked('janus:claim');

	const pong = fake.asked('pong');

	fake.push('ping', { n: 1, next_ms: 700 });
	await pong;
	await page.clock.runFor(6000);
	await claimed; // by itself: the leg of this server never was connected
}, { clock: true });

test('a restarted Janus: new hello with a new token, leg back by itself',
	async () => {
		await atWork();
		const hello = fake.asked('hello');
		const start = fake.asked('start');

		fake.forgetful = true;
		fake.state = state({ state: 'RECONNECTING', leg: 'lost' });
		fake.drop();
		assert.match((await hello).token, /^user[2-9]$/);
		await start;
		const leg = fake.asked('leg');

		await leg;
		fake.core('webrtcup');
		fake.show(states.free);
		await text('Свободен').first().waitFor();
	});

test('a reload in state «Активен» takes microphone and leg without a click',
	async () => {
		await atWork();
		fake.state = state({ state: 'RECONNECTING', leg: 'lost' });
		const leg = fake.asked('leg');

		await page.reload();
		await leg;
	});

test('a page that goes away says so', async () => {
	await atWork();
	const bye = fake.asked('bye');

	// of a real reload a busy browser may send it no more
	await page.evaluate(() => dispatchEvent(new Event('pagehide')));
	await bye;
});

test('a reload while the server is away: active again when it is back',
	async () => {
		await atWork();
		fake.show(states.break);
		await button('Закончить перерыв').waitFor();
		fake.closed = true;
		fake.drop();
		await text('Связь восстанавливается').first().waitFor();
		for (let i = 0; i < 2; i++) { // twice: nothing is learnt meanwhile
			await page.reload();
			await text('Связь восстанавливается').first().waitFor();
		}
		const start = fake.asked('start');
		const rest = fake.asked('break');

		fake.state = { ...states.inactive, boot: 2 };
		fake.closed = false;
		assert.equal((await start).takeover, false);
		assert.equal((await rest).reason, 'LUNCH');
	});

test('a shift that was ended stays so, whatever is reloaded', async () => {
	await atWork();
	await button('Завершить').click();
	await until(() => !window.otklik.pc);
	fake.show(states.inactive);
	await text('Не активен').waitFor();
	fake.state = { ...states.inactive, boot: 2 };
	const hello = fake.asked('hello');

	await page.reload();
	await hello;
	await button('Начало работы').waitFor();
	await until(() => window.otklik.state?.boot === 2);
	await heard();
	assert.equal(fake.seen('start').length, 1);
});

const ELSEWHERE = state({ state: 'TALKING', leg: 'elsewhere' }, {});

// A second tab of this browser; the first one has the telephone and talks.
async function secondTab() {
	await atWork();
	const first = fake.session;
	const hello = fake.asked('hello');

	fake.state = ELSEWHERE;
	const second = await chromium.page();

	await hello;
	await button('Открыть здесь', second).waitFor();
	fake.show(states.talk, first);
	return { first, second };
}

test('the second tab listens, takes over, and the first one says so',
	async () => {
		const { first, second } = await secondTab();
		const row = second.getByRole('button', { name: /2001/ });

		await text('Телефон открыт в другом окне', second).first().waitFor();
		await row.getByText('Свободен').waitFor();
		fake.push('presence', { users: [{ id: 9, state: 'TALKING' }],
			full: false });
		await row.getByText('Разговаривает').waitFor();
		assert.equal(fake.seen('start').length, 1);
		const start = fake.asked('start');

		await button('Открыть здесь', second).click();
		assert.equal((await start).takeover, true);
		await text('Телефон открыт в другом окне').first().waitFor();
		assert.equal(await button('Открыть здесь').isEnabled(), true);
		const presence = page.getByRole('button', { name: /2001/ });

		fake.push('presence', { users: [{ id: 9, state: 'TALKING' }],
			full: false }, undefined, 0, first);
		await presence.getByText('Разговаривает').waitFor();
		assert.equal(fake.seen('hello').length, 2);
		assert.equal(fake.seen('bye').length, 0);
	});

// All the page had to say to what it was told is said.
async function heard(session) {
	const pong = fake.asked('pong');

	fake.push('ping', { n: 1 }, undefined, 0, session);
	await pong;
}

const holders = (p) => p.evaluate(async () =>
	(await navigator.locks.query()).held.length);

test('the first tab closed in mid-shift: the second takes over by a click',
	async () => {
		const { second } = await secondTab();
		const waiting = fake.session;

		await page.close();
		while (!await holders(second))
			continue; // the lock of the closed one is being let go
		fake.show(state({ state: 'RECONNECTING', leg: 'lost' }, {}));
		await heard(waiting);
		assert.equal(fake.seen('start').length, 1);
		const start = fake.asked('start');

		await button('Открыть здесь', second).click();
		assert.equal((await start).takeover, true);
		await button('Открыть здесь', second).waitFor({ state: 'hidden' });
	});

test('the first tab closed: the second is the telephone of a shift to come',
	async () => {
		const { second } = await secondTab();

		await page.close();
		fake.show(states.inactive);
		await button('Открыть здесь', second).waitFor({ state: 'hidden' });
		await button('Начало работы', second).waitFor();
		assert.equal(fake.seen('start').length, 1);
	});

test('the talking tab is loaded again: the second one goes on waiting',
	async () => {
		const { second } = await secondTab();
		const waiting = fake.session;
		const start = fake.asked('start');
		const talk = fake.state;

		fake.state = state({ state: 'RECONNECTING', leg: 'lost' }, {});
		await page.reload();
		assert.equal((await start).takeover, false);
		assert.notEqual(fake.session, waiting);
		fake.core('webrtcup');
		fake.show(talk);
		await button('Сброс').waitFor();
		fake.show(ELSEWHERE, waiting);
		await heard(waiting);
		await button('Открыть здесь', second).waitFor();
		assert.equal(fake.seen('start').length, 2);
	});

test('a tab that another one has taken over from takes nothing when reloaded',
	async () => {
		const { second } = await secondTab();
		const start = fake.asked('start');

		await button('Открыть здесь', second).click();
		await text('Телефон открыт в другом окне').first().waitFor();
		await start;
		fake.show(states.talk);
		await button('Открыть здесь', second).waitFor({ state: 'hidden' });
		fake.state = ELSEWHERE;
		const hello = fake.asked('hello');

		await page.reload();
		await hello;
		await button('Открыть здесь').waitFor();
		await heard();
		assert.equal(fake.seen('start').length, 2);
		assert.equal(await button('Открыть здесь', second).isVisible(), false);
	});

test('K-5.4.1.2 «Выход» in a talk is refused with M15, whatever became of the ' +
	'link',
	async () => {
		const { second } = await secondTab();
		const gone = [];

		for (const p of [page, second])
			p.on('request', (r) => r.url().endsWith('/logout') &&
				gone.push(r.url()));
		await button('Выход', second).click();
		await text('Завершите разговор перед выходом', second).waitFor();
		fake.closed = true;
		fake.drop();
		await text('Связь восстанавливается').first().waitFor();
		await button('Выход').click();
		await page.getByText('Завершите разговор перед выходом').waitFor();
		assert.deepEqual(gone, []);
	});

test('a live leg elsewhere is asked about in the page', async () => {
	fake.replies.start = { otklik: 'error', code: 'LIVE_ELSEWHERE' };
	await button('Начало работы').click();
	const dialog = page.getByRole('dialog');

	await dialog.waitFor();
	fake.replies = {};
	const start = fake.asked('start');

	await button('Открыть здесь', dialog).click();
	assert.equal((await start).takeover, true);
});

test('a link opened again while an old try sleeps does not hang', async () => {
	fake.closed = true;
	const hello = fake.asked('hello');

	await page.evaluate(async () => {
		const { Link } = await import('/static/js/phone/link.js');

		await new Promise((lost) => {
			window.link = new Link('page', { lost, up() {}, event() {} });
			window.link.open();
		});
		window.link.close();
	});
	fake.closed = false;
	await page.evaluate(() => window.link.open());
	await hello;
	await until(() => window.link.up);
}, { path: '/login' });

test('a new leg waits for the end of the old one', async () => {
	await atWork();
	const end = fake.asked('janus:hangup');
	const start = fake.asked('start');

	await page.evaluate(() => { // its own patience of a second ends never
		const real = window.setTimeout;

		window.setTimeout = (go, ms, ...more) =>
			real(go, ms === 1000 ? 1e6 : ms, ...more);
	});
	fake.slow = true;
	fake.show(state({ state: 'RECONNECTING', leg: 'lost' }));
	await end;
	await heard();
	assert.equal(fake.seen('start').length, 1);
	fake.core('hangup', { reason: 'Janus API' });
	await start;
});

test('signed out by the server: to the login page', async () => {
	await until(() => window.otklik.state);
	// the plugin can end the handle only, not Janus' session behind it
	const over = fake.asked('janus:destroy');

	fake.push('closed', { reason: 'LOGOUT' });
	await over;
	await page.waitForURL('**/login');
});

test('the page turns, the telephone stays; the transferred card opens',
	async () => {
		await atWork();
		await page.evaluate(() => {
			document.getElementById('phone').mine = true;
		});
		fake.show(state({ state: 'TALKING' }, { role: 'target', card: 42,
			from: { extension: '1002', name: 'Смирнов О. Л.' } }));
		await page.waitForURL('**/appeal/42*');
		await page.getByLabel('Краткое описание').waitFor();
		assert.equal(await page.evaluate(() =>
			document.getElementById('phone').mine), true);
		fake.card = ['Card.Registry=1'];
		await page.keyboard.press('F9');
		await page.waitForURL('**/appeal/7');
		assert.equal(await page.evaluate(() =>
			document.getElementById('phone').mine), true);
		await until(() => document.activeElement?.id === 'r-surname');
		assert.equal(fake.seen('hello').length, 1);
		assert.deepEqual(problems, []);
	});

test('«Поиск» of the register stands in one line with its fields', async () => {
	fake.card = ['Card.Registry=1'];
	page = await chromium.page('/appeal/7');
	const box = (found) => found.boundingBox();
	const field = await box(page.locator('#r-surname'));
	const button = await box(page.getByRole('button',
		{ name: 'Поиск', exact: true }));

	assert.ok(Math.abs(field.y - button.y) <= 1 &&
		Math.abs(field.height - button.height) <= 1,
	JSON.stringify([field, button]));
});

test('a call back from the queue brings its card; one\'s own is left alone',
	async () => {
		await atWork();
		fake.show(states.ring);
		await until(() => window.otklik.view.ringing);
		fake.show(state({ state: 'TALKING' }, { card: 41 })); // made in the talk
		await until(() => window.otklik.view.card === 41);
		const id = '019bd0a0-0000-7000-8000-000000000002';

		fake.show(state({ state: 'RINGING' }, { id, state: 'RING', card: 42,
			answered: null }));
		await until(() => window.otklik.view.ringing);
		assert.equal(new URL(page.url()).pathname, '/');
		fake.show(state({ state: 'TALKING' }, { id, card: 42 }));
		await page.waitForURL('**/appeal/42*');
	});

test('a blind transfer opens the card once, also after a reload', async () => {
	const from = { extension: '1002', name: 'Смирнов О. Л.' };
	const got = state({ state: 'TALKING' }, { card: 42, from });

	await atWork();
	fake.show(got);
	await page.waitForURL('**/appeal/42*');
	await page.getByRole('link', { name: 'Электронный журнал' }).first()
		.click();
	await page.waitForURL(`${fake.url}/`);
	const hello = fake.asked('hello');

	await page.reload();
	await hello;
	await until(() => window.otklik.view?.card === 42);
	await until(() => window.otklik.view.phase === 'TALK');
	fake.show(got);
	const asked = fake.asked('sync');

	fake.push('rows', { appeals: [] }, undefined, 3);
	await asked; // all before it has been seen
	assert.equal(new URL(page.url()).pathname, '/');
});

test('a draft survives a server that is down', async () => {
	fake.draft = 503;
	let came = fake.asked('draft');

	await page.getByLabel('Краткое описание').fill('Запись к врачу');
	await page.clock.runFor(1000);
	await came;
	await page.getByText('Черновик сохранён в этом окне').waitFor();
	came = fake.asked('draft');
	fake.draft = 204;
	await page.clock.runFor(6000);
	assert.equal(JSON.parse(await came).description, 'Запись к врачу');
	await page.getByText(/^Черновик сохранён в \d/).waitFor();
	assert.equal(fake.drafts.at(-1).csrf, 'x');
	fake.draft = 409;
	await page.getByLabel('Краткое описание').fill('Запись');
	await page.clock.runFor(1000);
	await text('Карточка изменена другим пользователем').waitFor();
}, { path: '/appeal/42', clock: true });

test('«Завершить» stops the microphone; drafts are asked about', async () => {
	await atWork();
	await button('Завершить').click();
	await until(() => !window.otklik.pc);
	fake.show(states.inactive);
	await text('Не активен').waitFor();
});

const broken = (name) => {
	navigator.mediaDevices.getUserMedia = () =>
		Promise.reject(new DOMException('', name));
};

async function refused(p, message) {
	await button('Начало работы', p).click();
	await p.getByText(message).waitFor();
	assert.equal(await button('Начало работы', p).isEnabled(), true);
	assert.equal(fake.seen('start').length, 0);
}

for (const [code, message, arg] of [
	['M03', 'Микрофон не найден.', 'NotFoundError'],
	['M03b', 'Микрофон занят другой программой.', 'NotReadableError']])
	test(`${code}: the warning stands, activation is refused`,
		() => refused(page, message), { first: broken, arg });

test('M03a: the warning stands, activation is refused', async () => {
	const browser = await chromium.launch(['--deny-permission-prompts',
		FAKE_MIC[0]]);

	try {
		await refused(await chromium.page('/', { browser }),
			'Браузер не разрешил доступ к микрофону.');
	} finally {
		await browser.close();
	}
});
