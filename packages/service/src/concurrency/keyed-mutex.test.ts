import { describe, expect, test } from '@jest/globals';
import { createKeyedMutex } from './keyed-mutex.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('createKeyedMutex', () => {
	test('runs work of one key in order and one at a time', async () => {
		const mutex = createKeyedMutex();
		const seen: string[] = [];
		const work = (name: string) => async () => {
			seen.push(`${name} begins`);
			await tick();
			seen.push(`${name} ends`);
		};
		await Promise.all(['a', 'b', 'c'].map((name) => mutex.runExclusive('key', work(name))));
		expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
	});

	test('runs work of another key at once', async () => {
		const mutex = createKeyedMutex();
		const gate = Promise.withResolvers<void>();
		const held = mutex.runExclusive('one', () => gate.promise);
		expect(await mutex.runExclusive('other', async () => 'done')).toBe('done');
		gate.resolve();
		await held;
	});

	test('rejects when the work fails, and runs the next', async () => {
		const mutex = createKeyedMutex();
		const failing = mutex.runExclusive('key', () => Promise.reject(new Error('no')));
		const next = mutex.runExclusive('key', async () => 'next');
		await expect(failing).rejects.toThrow('no');
		expect(await next).toBe('next');
	});
});
