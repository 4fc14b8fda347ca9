import { describe, expect, test } from '@jest/globals';
import { createCachedRead } from './cached-read.ts';

function countReads() {
	let nowMs = 0;
	let reads = 0;
	const gates: PromiseWithResolvers<void>[] = [];
	const cached = createCachedRead(
		async () => {
			reads += 1;
			const number = reads;
			await gates.shift()?.promise;
			return number;
		},
		{ maxAgeMs: 1_000, monotonicMs: () => nowMs },
	);
	return {
		cached,
		sleep: (ms: number) => {
			nowMs += ms;
		},
		/** Blocks the next read. */
		gate() {
			const gate = Promise.withResolvers<void>();
			gates.push(gate);
			return gate;
		},
	};
}

describe('createCachedRead', () => {
	test('returns the value again until it is older than the maximum age', async () => {
		const { cached, sleep } = countReads();
		expect(await cached()).toBe(1);
		sleep(1_000);
		expect(await cached()).toBe(1);
		sleep(1);
		expect(await cached()).toBe(2);
	});

	test('shares a read in progress, however long it takes', async () => {
		const { cached, sleep, gate } = countReads();
		const slow = gate();
		const first = cached();
		sleep(5_000);
		const second = cached();
		slow.resolve();
		expect(await Promise.all([first, second])).toEqual([1, 1]);
		expect(await cached()).toBe(2);
	});

	test('reads again after a failed read', async () => {
		const { cached, gate } = countReads();
		const failing = gate();
		const responses = Promise.allSettled([cached(), cached()]);
		failing.reject(new Error('no'));
		expect(await responses).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
		expect(await cached()).toBe(2);
	});
});
