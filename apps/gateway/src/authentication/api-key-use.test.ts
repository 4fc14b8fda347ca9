import { expect, test } from '@jest/globals';
import { createApiKeyUse, type ReportedUse } from './api-key-use.ts';

function setUp({ capacity = 10_000 } = {}) {
	const world = { sent: [] as ReportedUse[][], isDown: false };
	const use = createApiKeyUse({
		capacity,
		async send(uses) {
			if (world.isDown) throw new Error('down');
			world.sent.push(uses);
		},
	});
	return { world, use };
}

const idsOf = (sent: ReportedUse[][]) => sent.map((uses) => uses.map(({ key_id }) => key_id));

test('reports the last use of each key, once', async () => {
	const { world, use } = setUp();
	use.record('a', '192.0.2.1');
	use.record('a', '192.0.2.2');
	use.record('b', '192.0.2.1');
	await use.report();
	await use.report();
	expect(idsOf(world.sent)).toEqual([['a', 'b']]);
	expect(world.sent[0]?.[0]?.ip).toBe('192.0.2.2');
});

test('keeps uses that auth didn’t accept for the next report', async () => {
	const { world, use } = setUp();
	use.record('a', '192.0.2.1');
	world.isDown = true;
	await expect(use.report()).rejects.toThrow('down');
	use.record('b', '192.0.2.1');
	world.isDown = false;
	await use.report();
	expect(idsOf(world.sent)).toEqual([['a', 'b']]);
});

test('sends at most a thousand at a time', async () => {
	const { world, use } = setUp();
	for (let key = 0; key < 2_500; key += 1) use.record(`${key}`, '192.0.2.1');
	await use.report();
	expect(world.sent.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
});

test('holds a limited number of keys', async () => {
	const { world, use } = setUp({ capacity: 2 });
	for (const key of ['a', 'b', 'c', 'a']) use.record(key, '192.0.2.1');
	await use.report();
	expect(idsOf(world.sent)).toEqual([['a', 'b']]);
});
