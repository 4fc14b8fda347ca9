import { expect, test } from '@jest/globals';
import { mapConcurrently } from './map-concurrently.ts';

test('keeps the order, whatever finishes first', async () => {
	const results = await mapConcurrently([30, 5, 15], 3, async (delayMs) => {
		await new Promise((resolve) => setTimeout(resolve, delayMs));
		return delayMs;
	});
	expect(results).toEqual([30, 5, 15]);
});

test('has no more in progress than allowed', async () => {
	let now = 0;
	let most = 0;
	await mapConcurrently([...Array(20).keys()], 4, async () => {
		most = Math.max(most, ++now);
		await new Promise((resolve) => setTimeout(resolve, 1));
		now -= 1;
	});
	expect(most).toBe(4);
});

test('begins nothing after a failure', async () => {
	const begun: number[] = [];
	const mapping = mapConcurrently([0, 1, 2, 3, 4, 5], 2, async (item) => {
		begun.push(item);
		await new Promise((resolve) => setTimeout(resolve, item));
		if (item === 0) throw new Error('broken');
	});
	await expect(mapping).rejects.toThrow('broken');
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(begun).toEqual([0, 1]);
});

test('maps nothing to nothing', async () => {
	expect(await mapConcurrently([], 4, async (item) => item)).toEqual([]);
});
