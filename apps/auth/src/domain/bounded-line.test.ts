import { describe, expect, test } from '@jest/globals';
import { createBoundedLine } from './bounded-line.ts';

const NEVER = new AbortController().signal;

/** Work that ends when it is told to, and tells when it begins. */
function task(started: string[], name: string) {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const run = () => {
		started.push(name);
		return promise;
	};
	return { run, finish: () => resolve(name), fail: () => reject(new Error(name)) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const lineOf = (concurrency: number, maxWaiting: number) =>
	createBoundedLine({ concurrency, maxWaiting, retryAfterSeconds: 7 });

describe('a bounded line', () => {
	test('runs no more at once than it may, and the others in order', async () => {
		const line = lineOf(2, 10);
		const started: string[] = [];
		const tasks = ['a', 'b', 'c', 'd'].map((name) => task(started, name));
		const results = tasks.map(({ run }) => line(run, NEVER));
		await settle();
		expect(started).toEqual(['a', 'b']);
		tasks[1]?.finish();
		await settle();
		expect(started).toEqual(['a', 'b', 'c']);
		for (const { finish } of tasks) finish();
		expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
	});

	test('refuses at once when full and says when to come back', async () => {
		const line = lineOf(1, 1);
		const tasks = [task([], 'a'), task([], 'b')];
		const results = tasks.map(({ run }) => line(run, NEVER));
		await expect(line(task([], 'c').run, NEVER)).rejects.toMatchObject({
			code: 'rate_limited',
			headers: { 'Retry-After': '7' },
		});
		for (const { finish } of tasks) finish();
		expect(await Promise.all(results)).toEqual(['a', 'b']);
	});

	test('gives the place on when work fails', async () => {
		const line = lineOf(1, 1);
		const started: string[] = [];
		const [bad, good] = [task(started, 'bad'), task(started, 'good')];
		const results = [line(bad.run, NEVER), line(good.run, NEVER)];
		bad.fail();
		await expect(results[0]).rejects.toThrow('bad');
		good.finish();
		expect(await results[1]).toBe('good');
	});

	test('drops work whose client went away while it waited, and nobody loses a place by it', async () => {
		const line = lineOf(1, 2);
		const started: string[] = [];
		const gone = new AbortController();
		const tasks = ['a', 'gone', 'b'].map((name) => task(started, name));
		const results = tasks.map(({ run }, index) => line(run, index === 1 ? gone.signal : NEVER));
		gone.abort();
		await expect(results[1]).rejects.toMatchObject({ code: 'rate_limited' });
		for (const { finish } of tasks) finish();
		expect(await Promise.all([results[0], results[2]])).toEqual(['a', 'b']);
		expect(started).toEqual(['a', 'b']);
	});

	test('runs nothing for a client that has gone already', async () => {
		const started: string[] = [];
		await expect(lineOf(1, 1)(task(started, 'a').run, AbortSignal.abort())).rejects.toMatchObject({
			code: 'rate_limited',
		});
		expect(started).toEqual([]);
	});

	test('is free again after it was full', async () => {
		const line = lineOf(1, 0);
		const first = task([], 'a');
		const result = line(first.run, NEVER);
		await expect(line(task([], 'b').run, NEVER)).rejects.toThrow();
		first.finish();
		await result;
		const next = task([], 'c');
		next.finish();
		expect(await line(next.run, NEVER)).toBe('c');
	});
});
