import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createRoundRobinQueue } from './round-robin-queue.ts';

/** Starts work that ends only when the test ends it. */
function startQueue(concurrency: number) {
	const enqueue = createRoundRobinQueue(concurrency);
	const started: string[] = [];
	const running: (() => void)[] = [];
	return {
		started,
		add(name: string, network: string, userId?: string, signal?: AbortSignal) {
			async function run(): Promise<string> {
				started.push(name);
				await new Promise<void>((resolve) => running.push(resolve));
				return name;
			}
			return enqueue({ network, userId }, run, signal);
		},
		async endOne() {
			running.shift()?.();
			await setImmediate();
		},
	};
}

describe('a round-robin queue', () => {
	test('runs a few at a time, and lets networks that wait take turns', async () => {
		const { add, started, endOne } = startQueue(2);
		const results = [
			...['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => add(name, 'a')),
			...['b1', 'b2'].map((name) => add(name, 'b')),
		];
		await setImmediate();
		expect(started).toEqual(['a1', 'a2']);
		for (let ended = 0; ended < 7; ended += 1) await endOne();
		expect(started).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'b2', 'a5']);
		expect(await Promise.all(results)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2']);
	});

	test('lets the users of a network take turns, which are turns of the network', async () => {
		const { add, started, endOne } = startQueue(1);
		for (const name of ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']) void add(name, 'many', name[0]);
		void add('x1', 'other', 'x');
		await setImmediate();
		for (let ended = 0; ended < 7; ended += 1) await endOne();
		expect(started).toEqual(['a1', 'a2', 'x1', 'b1', 'c1', 'b2', 'c2']);
	});

	test('removes work whose signal is aborted while it waits, and keeps the turn of its network', async () => {
		const { add, started, endOne } = startQueue(1);
		void add('a1', 'a');
		const leaving = new AbortController();
		const left = Array.from({ length: 3 }, () => add('left', 'b', 'user', leaving.signal));
		void add('b1', 'b', 'user');
		void add('a2', 'a');
		leaving.abort(new Error('left'));
		await Promise.all(left.map((work) => expect(work).rejects.toThrow('left')));
		for (let ended = 0; ended < 3; ended += 1) await endOne();
		expect(started).toEqual(['a1', 'b1', 'a2']);
	});

	test('gives the turn of work that fails to the next', async () => {
		const enqueue = createRoundRobinQueue(1);
		const failing = enqueue({ network: 'a' }, async () => {
			throw new Error('down');
		});
		const next = enqueue({ network: 'a' }, () => 'done');
		await expect(failing).rejects.toThrow('down');
		expect(await next).toBe('done');
		expect(await enqueue({ network: 'a' }, () => 'free')).toBe('free');
	});
});
