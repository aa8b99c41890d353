#!/usr/bin/env node
// Without a microphone there is no telephone (K-3.0.4), and a talk outlives
// the loss of one (K-3.0.8).
// limit: 240 s

import assert from 'node:assert/strict';
import { PATIENCE, inNamespace, test, run } from '../lab/run.mjs';
import { Desk, ENGINES, HZ } from './desk.mjs';

inNamespace();

const desk = await Desk.open();

for (const engine of ENGINES) {
	for (const [microphone, words] of [
		['none', 'Микрофон не найден. Подключите гарнитуру и нажмите ' +
			'«Начало работы» ещё раз. Без микрофона программный телефон ' +
			'не работает'],
		['refused', 'Браузер не разрешил доступ к микрофону. Разрешите ' +
			'доступ в строке адреса и нажмите «Начало работы» ещё раз'],
	])
		test(`K-3.0.4 ${engine}: microphone ${microphone}: the warning, no start`,
			async () => {
				const op = await desk.sit('op1', { engine, microphone });

				await op.press('Начало работы');
				await op.sees(words);
				await op.sees('Не активен');
				assert.equal((await op.state()).agent.state, 'INACTIVE');
				assert.equal(await op.enabled('Начало работы'), true);
				await desk.away(op);
			});

	test(`${engine}: a busy microphone: M03b, no start, and then it is free`,
		async () => {
			const op = await desk.sit('op1', { engine, microphone: 'busy' });

			await op.press('Начало работы');
			await op.sees('Микрофон занят другой программой. Закройте её ' +
				'и повторите');
			await op.sees('Не активен');
			assert.equal((await op.state()).agent.state, 'INACTIVE');
			await op.free();
			await desk.activate(op);
			await op.wait('return !document.body.innerText' +
				'.includes(\'Микрофон занят\')', PATIENCE, 'M03b gone');
			const call = await desk.talk(op);

			await desk.end(call, op);
			await op.press('Завершить');
			await op.agent('INACTIVE');
			await desk.away(op);
		});

	test(`${engine}: pulled out in a talk: music, M03, the call stays`,
		async () => {
			const op = await desk.active('op1', { engine,
				microphone: engine === 'firefox' ? 'headset' : 'fake' });
			const call = await desk.talk(op);

			await op.pullMicrophone();
			await op.sees('Микрофон не найден');
			await call.media.hears(HZ.music, { ms: 500 });
			assert.equal((await op.state()).agent.state, 'TALKING');
			await op.ear.hears(HZ.citizen);
			await call.hangup();
			await op.agent('WRAPUP');
			await op.press('Готов');
			await op.press('Завершить');
			await op.agent('INACTIVE');
			await desk.away(op);
		});
}

await run();
