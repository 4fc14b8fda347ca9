import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createLocks } from './durable-store.ts';

test('tasks with the same key run one after another, also after one failed', async () => {
	const locks = createLocks();
	const log: string[] = [];
	const run = (name: string) =>
		locks('key', async () => {
			log.push(`${name} begins`);
			await tick();
			log.push(`${name} ends`);
			if (name === 'a') throw new Error('broken');
		});
	const [first, second] = [run('a'), run('b')];
	await expect(first).rejects.toThrow('broken');
	// called while b runs: c waits for it
	await Promise.all([second, run('c')]);
	expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('tasks with other keys do not wait', async () => {
	const locks = createLocks();
	const slow = Promise.withResolvers<string>();
	const first = locks('one', () => slow.promise);
	expect(await locks('other', async () => 'done')).toBe('done');
	slow.resolve('done too');
	expect(await first).toBe('done too');
});
