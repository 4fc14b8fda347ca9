import { expect, test } from '@jest/globals';
import { createBatcher } from './batch.ts';

test('items that arrive while a batch is flushed are flushed together in the next one', async () => {
	const flushed: number[][] = [];
	const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const add = createBatcher<number>(async (items) => {
		await gates[flushed.push([...items]) - 1]?.promise;
	});
	const first = add(1);
	await Promise.resolve();
	await Promise.resolve();
	const others = [add(2), add(3)];
	expect(flushed).toEqual([[1]]);
	gates[0]?.resolve();
	await first;
	gates[1]?.resolve();
	await Promise.all(others);
	expect(flushed).toEqual([[1], [2, 3]]);
});

test('a failed flush fails its own items and no others', async () => {
	const add = createBatcher<string>(async ([item]) => {
		if (item === 'bad') throw new Error('no database');
	});
	await expect(add('bad')).rejects.toThrow('no database');
	await add('good');
});
