import { StorageRefused, StorageUnavailable } from '@creatorr/storage/errors';
import { expect, test } from '@jest/globals';
import { prepareStore } from './prepare-store.ts';

const ignore = () => undefined;

function recorder() {
	const events: string[] = [];
	const note = (event: string) => {
		events.push(event);
	};
	return { events, logger: { debug: ignore, info: note, warn: note, error: note } };
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('tries until the store is there', async () => {
	const { events, logger } = recorder();
	let tries = 0;
	const ensureBucket = async () => {
		tries += 1;
		if (tries === 1) throw new StorageUnavailable('away');
	};
	const preparation = prepareStore({
		storage: { ensureBucket, putCors: async () => undefined },
		corsOrigins: [],
		logger,
	});
	expect(preparation.isDone()).toBe(false);
	await until(preparation.isDone);
	expect(events).toEqual(['store.not_prepared', 'store.prepared']);
});

test('is done with a warning when the credentials may not set the CORS rules', async () => {
	const { events, logger } = recorder();
	const putCors = () => Promise.reject(new StorageRefused('no'));
	const preparation = prepareStore({
		storage: { ensureBucket: async () => undefined, putCors },
		corsOrigins: ['https://app.example.org'],
		logger,
	});
	await until(preparation.isDone);
	expect(events).toEqual(['store.cors_not_ours', 'store.prepared']);
});

test('tries no more once it is stopped', async () => {
	const { logger } = recorder();
	let tries = 0;
	const ensureBucket = () => {
		tries += 1;
		return Promise.reject(new StorageUnavailable('away'));
	};
	const preparation = prepareStore({
		storage: { ensureBucket, putCors: async () => undefined },
		corsOrigins: [],
		logger,
	});
	preparation.stop();
	await new Promise((resolve) => setTimeout(resolve, 400));
	expect([tries, preparation.isDone()]).toEqual([1, false]);
});
