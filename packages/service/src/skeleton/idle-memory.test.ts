import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { collectGarbage } from './idle-memory.ts';

const GARBAGE_MIB = 100;

function makeGarbage(): number {
	const blocks = Array.from({ length: GARBAGE_MIB }, () =>
		Array.from({ length: 16_384 }, (_, index) => `a string of some length ${index}`),
	);
	return blocks.length;
}

test('collectGarbage frees what nothing refers to, without a flag of the process', async () => {
	makeGarbage();
	await sleep(1);
	const before = process.memoryUsage().heapUsed;
	await collectGarbage();
	expect(before - process.memoryUsage().heapUsed).toBeGreaterThan((GARBAGE_MIB / 2) * 1024 * 1024);
});
