import { unavailable } from '@creatorr/contracts/errors';
import { expect, test } from '@jest/globals';
import { aFile } from '../../../test/support/a-file.ts';
import type { FileRecord } from '../file.ts';
import { sweep } from './sweep.ts';

const ignore = () => undefined;
const running = new AbortController().signal;
const deletedFile = (key: string) => aFile({ id: key, storageKey: key, deletedAt: new Date() });
const deletedFiles = (count: number) => Array.from({ length: count }, (_, index) => deletedFile(`${index}`));

/** Rows that are due, in the batches that they are claimed in, and a store that removes what `remove` lets it. */
function setUp(batches: FileRecord[][], remove: (key: string) => Promise<void> = async () => undefined) {
	const seen = { claims: 0, warned: [] as string[] };
	const deps = {
		records: {
			claimDue: async () => {
				seen.claims += 1;
				return { files: batches.shift() ?? [], now: new Date() };
			},
			fixEtag: async () => null,
			deleteUnchanged: async () => true,
			scheduleSweep: async () => undefined,
			sweepAgainAt: async () => undefined,
			markBytesRemoved: async () => undefined,
		},
		store: {
			head: async () => null,
			confirm: async () => undefined,
			remove: (keys: readonly string[]) => remove(keys[0] ?? ''),
			abortMultipart: async () => undefined,
		},
		policy: { lateUploadMs: 0, resweepIntervalMs: 1_000, downloadUrlSeconds: 1 },
		logger: {
			debug: ignore,
			info: ignore,
			error: ignore,
			warn: (event: string) => {
				seen.warned.push(event);
			},
		},
	};
	return { deps, seen };
}

test('a sweep goes on until nothing more is due', async () => {
	const { deps } = setUp([deletedFiles(100), deletedFiles(100), deletedFiles(3)]);
	expect(await sweep(deps, running)).toEqual({ removed: 203, kept: 0, failed: 0 });
});

test('a file that cannot be swept keeps no other from it', async () => {
	const { deps, seen } = setUp(
		[[deletedFile('good'), deletedFile('bad'), deletedFile('fine')]],
		async (key) => {
			if (key === 'bad') throw new Error('locked');
		},
	);
	expect(await sweep(deps, running)).toEqual({ removed: 2, kept: 0, failed: 1 });
	expect(seen.warned).toEqual(['sweep.file_failed']);
});

test('a sweep ends when a whole batch fails, as it does while the store is away', async () => {
	const { deps, seen } = setUp([deletedFiles(100), deletedFiles(100)], () =>
		Promise.reject(unavailable('the file store')),
	);
	expect(await sweep(deps, running)).toEqual({ removed: 0, kept: 0, failed: 100 });
	expect(seen.claims).toBe(1);
});

test('a sweep that is stopped in the middle begins no other file', async () => {
	const stopping = new AbortController();
	const removed: string[] = [];
	const { deps } = setUp([deletedFiles(100), deletedFiles(100)], async (key) => {
		removed.push(key);
		stopping.abort();
	});
	await sweep(deps, stopping.signal);
	expect(removed.length).toBeLessThanOrEqual(8);
});
