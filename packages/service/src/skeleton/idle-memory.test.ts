import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { collectGarbage, returnIdleMemory } from './idle-memory.ts';

const GARBAGE_MIB = 100;

function makeGarbage(): number {
	const blocks = Array.from({ length: GARBAGE_MIB }, () =>
		Array.from({ length: 16_384 }, (_, index) => `a string of some length ${index}`),
	);
	return blocks.length;
}

test('collectGarbage frees unreferenced objects without a flag of the process', async () => {
	makeGarbage();
	await sleep(1);
	const before = process.memoryUsage().heapUsed;
	await collectGarbage();
	expect(before - process.memoryUsage().heapUsed).toBeGreaterThan((GARBAGE_MIB / 2) * 1024 * 1024);
});

test('an idle process collects garbage again after it has grown outside the heap', async () => {
	let collections = 0;
	const logger = {
		debug() {
			collections += 1;
		},
		warn: () => undefined,
	};
	const { stop } = returnIdleMemory(logger, { checkEveryMs: 20 });
	const untilCollected = async (count: number) => {
		while (collections < count) await sleep(5);
	};
	await untilCollected(1);
	const held = Buffer.alloc(64 * 1024 * 1024, 1);
	await untilCollected(2);
	stop();
	expect(held[0]).toBe(1);
});
