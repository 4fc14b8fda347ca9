import { expect, test } from '@jest/globals';
import { createLocks } from './locks.ts';

/** Lets everything run that can run now. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('tasks of one key run one after the other, in the order in which they ask', async () => {
	const locks = createLocks();
	const log: string[] = [];
	const tasks = ['a', 'b', 'c'].map((name) =>
		locks('key', async () => {
			log.push(`${name} begins`);
			await settle();
			log.push(`${name} ends`);
		}),
	);
	await Promise.all(tasks);
	expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('tasks of different keys run at once', async () => {
	const locks = createLocks();
	const slow = Promise.withResolvers<string>();
	const first = locks('one', () => slow.promise);
	expect(await locks('other', async () => 'done')).toBe('done');
	slow.resolve('done too');
	expect(await first).toBe('done too');
});

test('a task that fails tells who asked, and keeps no other from running', async () => {
	const locks = createLocks();
	const failing = locks('key', () => Promise.reject(new Error('broken')));
	const next = locks('key', async () => 'ran');
	await expect(failing).rejects.toThrow('broken');
	expect(await next).toBe('ran');
});

test('whoever asks while one ends waits for those who asked before', async () => {
	const locks = createLocks();
	let running = 0;
	let most = 0;
	const task = async () => {
		running += 1;
		most = Math.max(most, running);
		await settle();
		running -= 1;
	};
	const first = locks('key', task);
	const second = locks('key', task);
	await first;
	await Promise.all([second, locks('key', task), locks('key', task)]);
	expect(most).toBe(1);
});
