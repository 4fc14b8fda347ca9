import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createLookupQueue } from './lookup-queue.ts';

/** Starts lookups that end only when the test ends them. */
function startLookups(concurrency: number) {
	const enqueueLookup = createLookupQueue(concurrency);
	const started: string[] = [];
	const running: (() => void)[] = [];
	return {
		enqueueLookup,
		started,
		lookUp: (name: string, network: string) =>
			enqueueLookup(network, async () => {
				started.push(name);
				await new Promise<void>((resolve) => running.push(resolve));
				return name;
			}),
		async endOne() {
			running.shift()?.();
			await setImmediate();
		},
	};
}

describe('lookups of unknown keys', () => {
	test('run a few at a time, and networks that wait take turns', async () => {
		const { lookUp, started, endOne } = startLookups(2);
		const results = [
			...['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => lookUp(name, '192.0.2.1')),
			...['b1', 'b2'].map((name) => lookUp(name, '192.0.2.2')),
		];
		await setImmediate();
		expect(started).toEqual(['a1', 'a2']);
		for (let ended = 0; ended < 7; ended += 1) await endOne();
		expect(started).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'b2', 'a5']);
		expect(await Promise.all(results)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2']);
	});

	test('of the networks of one IPv6 site share its turns', async () => {
		const { lookUp, started, endOne } = startLookups(1);
		for (const name of ['a1', 'a2', 'a3']) void lookUp(name, `2001:db8:0:${name}::/64`);
		void lookUp('b1', '2001:db8:1:b1::/64');
		await setImmediate();
		for (let ended = 0; ended < 4; ended += 1) await endOne();
		expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
	});

	test('that fail give their turn to the next', async () => {
		const { enqueueLookup } = startLookups(1);
		const failing = enqueueLookup('192.0.2.1', async () => {
			throw new Error('down');
		});
		const next = enqueueLookup('192.0.2.1', () => 'found');
		await expect(failing).rejects.toThrow('down');
		expect(await next).toBe('found');
		expect(await enqueueLookup('192.0.2.1', () => 'free')).toBe('free');
	});
});
