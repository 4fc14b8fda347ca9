import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { collectGarbage, returnIdleMemory } from './idle-memory.ts';

test('collectGarbage frees unreferenced objects without a flag of the process', async () => {
	const unreferenced = Array.from({ length: 100 }, () => new WeakRef({}));
	// A WeakRef keeps its object until the turn of the event loop ends that made it.
	await sleep(1);
	await collectGarbage();
	expect(unreferenced.filter((object) => object.deref() !== undefined)).toEqual([]);
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
