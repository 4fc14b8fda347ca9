import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { acquireLock, askStatus } from './lock.ts';

describe('the lock of a home', () => {
	test('is held by one at a time', async () => {
		const home = `/nowhere/${randomUUID()}`;
		const status = () => ({ pid: 1, url: null, processes: [] });
		const held = await Promise.all([acquireLock(home, status), acquireLock(home, status)]);
		expect(held.sort()).toEqual([false, true]);
	});

	test('answers with the status of its holder', async () => {
		const home = `/nowhere/${randomUUID()}`;
		const processes = [{ name: 'auth', state: 'ready' as const, pid: 7, restarts: 2 }];
		await acquireLock(home, () => ({ pid: 42, url: 'http://127.0.0.1:8080', processes }));
		expect(await askStatus(home)).toEqual({ pid: 42, url: 'http://127.0.0.1:8080', processes });
	});

	test('no lock holder is found for an unlocked home', async () => {
		expect(await askStatus(`/nowhere/${randomUUID()}`)).toBeUndefined();
	});
});
