import { expect, test } from '@jest/globals';
import { createOneAtATime } from '../src/one-at-a-time.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('work of one key runs in order and never at once', async () => {
	const oneAtATime = createOneAtATime();
	const seen: string[] = [];
	const work = (name: string) => async () => {
		seen.push(`${name} begins`);
		await tick();
		seen.push(`${name} ends`);
	};
	await Promise.all(['a', 'b', 'c'].map((name) => oneAtATime('key', work(name))));
	expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('work of another key does not wait', async () => {
	const oneAtATime = createOneAtATime();
	const gate = Promise.withResolvers<void>();
	const held = oneAtATime('one', () => gate.promise);
	expect(await oneAtATime('other', async () => 'done')).toBe('done');
	gate.resolve();
	await held;
});

test('work that fails tells its caller and lets the next run', async () => {
	const oneAtATime = createOneAtATime();
	const failing = oneAtATime('key', () => Promise.reject(new Error('no')));
	const next = oneAtATime('key', async () => 'next');
	await expect(failing).rejects.toThrow('no');
	expect(await next).toBe('next');
});
