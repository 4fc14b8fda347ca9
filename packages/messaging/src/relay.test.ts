import { expect, test } from '@jest/globals';
import { startRelay } from './relay.ts';

const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const readLag = async () => ({ waiting: 0, oldestAgeSeconds: 0 });

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a wake empties the outbox, however many rows it holds', async () => {
	let rows = 0;
	const relay = startRelay({
		logger,
		readLag,
		publishBatch: async () => {
			const taken = Math.min(rows, 10);
			rows -= taken;
			return taken;
		},
	});
	await new Promise((resolve) => setTimeout(resolve, 20));
	rows = 50;
	relay.wake();
	await until(() => rows === 0);
	await relay.stop();
});

test('a wake during a batch is not lost', async () => {
	const seen: string[] = [];
	const gate = Promise.withResolvers<void>();
	let first = true;
	const relay = startRelay({
		logger,
		readLag,
		publishBatch: async () => {
			if (first) {
				first = false;
				await gate.promise;
				seen.push('first');
				return 0;
			}
			seen.push('second');
			return 0;
		},
	});
	relay.wake();
	gate.resolve();
	await until(() => seen.includes('second'));
	await relay.stop();
	expect(seen[0]).toBe('first');
});

test('a failure is tried again without another wake', async () => {
	let tries = 0;
	const relay = startRelay({
		logger,
		readLag,
		publishBatch: async () => {
			tries += 1;
			if (tries < 3) throw new Error('away');
			return 0;
		},
	});
	await until(() => tries >= 3);
	await relay.stop();
});
