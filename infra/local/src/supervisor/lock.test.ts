import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { acquireLock } from './lock.ts';

test('the lock of a home is held by one at a time', async () => {
	const home = `/nowhere/${randomUUID()}`;
	const status = () => ({ pid: 1, url: null, processes: [] });
	const held = await Promise.all([acquireLock(home, status), acquireLock(home, status)]);
	expect(held.sort()).toEqual([false, true]);
});
