import { AppError } from '@creatorr/contracts/errors';
import type { InternalClient } from '@creatorr/service/internal-client';
import { expect, test } from '@jest/globals';
import { storeOutput } from './store-output.ts';

const result = {
	outputPath: '/nonexistent',
	outputName: 'out.pdf',
	outputMimeType: 'application/pdf',
	outputSizeBytes: 5,
	warnings: [],
	details: {},
};

test.each(['plan_limit', 'email_not_verified'] as const)(
	'storeOutput fails the job with limit_exceeded and what to do when the files service answers %s',
	async (code) => {
		let callCount = 0;
		const files = (async () => {
			callCount += 1;
			throw new AppError(code, 'Your storage is full. Delete some files.');
		}) as unknown as InternalClient;
		const job = { id: 'job_a', userId: 'usr_a' };
		await expect(storeOutput(files, job, result, AbortSignal.timeout(20_000))).rejects.toMatchObject({
			code: 'limit_exceeded',
			message: 'Your storage is full. Delete some files. Then add this file again.',
		});
		expect(callCount).toBe(1);
	},
);
