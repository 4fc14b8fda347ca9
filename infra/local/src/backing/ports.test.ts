import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openHome } from '../supervisor/home.ts';
import { temporaryHome } from '../testing/temporary.ts';
import { choosePorts } from './ports.ts';

const home = temporaryHome();

describe('choosePorts', () => {
	test('gives the same ports again, also to fewer or more names', async () => {
		const first = await choosePorts(home(), ['a', 'b']);
		expect((await choosePorts(home(), ['b'])).b).toBe(first.b);
		expect(await choosePorts(home(), ['a', 'b', 'c'])).toMatchObject(first);
	});

	test('gives no port to two names or to two homes that start at the same time', async () => {
		const homes = Array.from({ length: 10 }, (_, index) => openHome(join(home().root, String(index))));
		const names = Array.from({ length: 60 }, (_, index) => String(index));
		const ports = await Promise.all(homes.map((one) => choosePorts(one, names)));
		expect(new Set(ports.flatMap((chosen) => Object.values(chosen))).size).toBe(600);
	});

	test('replaces a port that is reserved or taken, and no other', async () => {
		const first = await choosePorts(home(), ['a', 'b']);
		const second = await choosePorts(home(), ['a', 'b'], [first.a]);
		expect(second.a).not.toBe(first.a);
		expect(second.b).toBe(first.b);
		const stranger = createServer().listen(second.a, '127.0.0.1');
		await once(stranger, 'listening');
		const third = await choosePorts(home(), ['a', 'b']);
		stranger.close();
		expect(third.a).not.toBe(second.a);
		expect(third.b).toBe(first.b);
	});
});
