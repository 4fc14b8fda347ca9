import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, openHome } from '../supervisor/home.ts';
import { choosePorts, isPortFree, pickConsecutivePorts } from './ports.ts';

let home: Home;
beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-ports-')));
});
afterEach(() => rmSync(home.root, { recursive: true }));

describe('choosePorts', () => {
	test('gives every name a port of its own', async () => {
		const ports = await choosePorts(home, ['a', 'b', 'c']);
		expect(new Set(Object.values(ports)).size).toBe(3);
	});

	test('gives the same ports again, also to fewer or more names', async () => {
		const first = await choosePorts(home, ['a', 'b']);
		expect((await choosePorts(home, ['b'])).b).toBe(first.b);
		expect(await choosePorts(home, ['a', 'b', 'c'])).toMatchObject(first);
	});

	test('gives no port that is reserved, not even one that it gave before', async () => {
		const first = await choosePorts(home, ['a', 'b']);
		const second = await choosePorts(home, ['a', 'b'], [first.a]);
		expect(second.a).not.toBe(first.a);
		expect(second.b).toBe(first.b);
	});

	test('gives no port to two homes that start side by side', async () => {
		const homes = Array.from({ length: 10 }, (_, index) => openHome(join(home.root, String(index))));
		const names = Array.from({ length: 60 }, (_, index) => String(index));
		const ports = await Promise.all(homes.map((one) => choosePorts(one, names)));
		expect(new Set(ports.flatMap((chosen) => Object.values(chosen))).size).toBe(600);
	});

	test('gives another port for one that somebody has taken meanwhile, and only for that one', async () => {
		const first = await choosePorts(home, ['a', 'b']);
		const stranger = createServer().listen(first.a, '127.0.0.1');
		await once(stranger, 'listening');
		const second = await choosePorts(home, ['a', 'b']);
		stranger.close();
		expect(second.a).not.toBe(first.a);
		expect(second.b).toBe(first.b);
	});
});

test('pickConsecutivePorts answers the first of a row that is free', async () => {
	const first = await pickConsecutivePorts(3);
	const other = await choosePorts(home, ['a']);
	expect(first + 2).toBeLessThan(other.a);
	expect(await Promise.all([first, first + 1, first + 2].map((port) => isPortFree(port)))).toEqual([
		true,
		true,
		true,
	]);
});
