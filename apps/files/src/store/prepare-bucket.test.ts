import { startTask } from '@creatorr/service/task';
import { StorageAccessDeniedError, StorageUnavailableError } from '@creatorr/storage/errors';
import { expect, test } from '@jest/globals';
import { type PrepareDeps, prepareBucket } from './prepare-bucket.ts';

const ignore = () => undefined;

/** Returns a bucket with these operations, and the events that preparing it logs. */
function setUp(storage: Partial<PrepareDeps['bucket']['storage']>) {
	const events: string[] = [];
	const note = (event: string) => {
		events.push(event);
	};
	const logger = { debug: ignore, info: note, warn: note, error: note };
	const bucket = {
		storage: { ensureBucket: async () => undefined, putCors: async () => undefined, ...storage },
		corsOrigins: ['https://app.example.org'],
		isPrepared: false,
	};
	return { events, deps: { bucket, logger } };
}

test('the bucket is prepared once the store answers', async () => {
	let attempts = 0;
	const { events, deps } = setUp({
		async ensureBucket() {
			attempts += 1;
			if (attempts === 1) throw new StorageUnavailableError('down');
		},
	});
	const task = startTask(prepareBucket, { deps, logger: deps.logger });
	expect(deps.bucket.isPrepared).toBe(false);
	while (!deps.bucket.isPrepared) await new Promise((resolve) => setTimeout(resolve, 5));
	task.wake();
	await task.stop();
	expect(attempts).toBe(2);
	expect(events).toEqual(['bucket_preparation.failed', 'store.prepared']);
});

test('the bucket is prepared, with a warning, when the credentials may not set its CORS rules', async () => {
	const { events, deps } = setUp({ putCors: () => Promise.reject(new StorageAccessDeniedError('no')) });
	await prepareBucket.run(deps, new AbortController().signal);
	expect(deps.bucket.isPrepared).toBe(true);
	expect(events).toEqual(['store.cors_denied', 'store.prepared']);
});
