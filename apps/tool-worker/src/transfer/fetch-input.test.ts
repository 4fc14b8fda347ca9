import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InternalClient } from '@creatorr/service/internal-client';
import { diskSpace } from '@creatorr/tool-kit/scratch/disk-pressure';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchInput } from './fetch-input.ts';

let directory: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'input-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('fetchInput does not download a file that is larger than the tool accepts', async () => {
	let callCount = 0;
	const files = (async () => {
		callCount += 1;
		// A download from there would fail with another error.
		return { data: { size_bytes: 1001, etag: '"a"', download_url: 'http://127.0.0.1:1/object' } };
	}) as unknown as InternalClient;
	const tooLarge = new ToolError('limit_exceeded', 'too large');
	const path = join(directory, 'input');
	const fetching = fetchInput(
		files,
		{ inputFileId: 'fil_a', userId: 'usr_a' },
		{
			path,
			requireSize: (sizeBytes) => {
				if (sizeBytes > 1000) throw tooLarge;
			},
			signal: AbortSignal.timeout(20_000),
		},
	);
	await expect(fetching).rejects.toBe(tooLarge);
	expect([callCount, existsSync(path)]).toEqual([1, false]);
});

test('fetchInput does not download an input that would nearly fill the disk, and retries after a long pause', async () => {
	const { freeBytes } = await diskSpace(directory);
	const { promise: callCount, resolve } = Promise.withResolvers<void>();
	let tries = 0;
	const files = (async () => {
		tries += 1;
		resolve();
		// A download from there would fail with another error, which is retried soon.
		return {
			data: { size_bytes: freeBytes - 1_000_000, etag: '"a"', download_url: 'http://127.0.0.1:1/object' },
		};
	}) as unknown as InternalClient;
	const path = join(directory, 'large');
	const controller = new AbortController();
	const fetching = fetchInput(
		files,
		{ inputFileId: 'fil_a', userId: 'usr_a' },
		{ path, requireSize: () => undefined, signal: controller.signal },
	);
	await callCount;
	// Longer than the first pause after any other error.
	await sleep(500);
	controller.abort(new Error('canceled'));
	await expect(fetching).rejects.toThrow('canceled');
	expect([tries, existsSync(path)]).toEqual([1, false]);
});
