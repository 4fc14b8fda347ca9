import { PLANS } from '@creatorr/contracts/plans';
import { expect, test } from '@jest/globals';
import { usageOf } from './get-usage.ts';

const limitsWith = async (jobs: object, storage: object) => {
	const { limits } = await usageOf(
		{
			plans: PLANS,
			planOf: async () => 'free',
			jobUse: async () => ({ active_jobs: 0, queued_jobs: 0, ...jobs }),
			storageUse: async () => ({ stored_bytes: 7, stored_files: 2, ...storage }),
		},
		'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV',
	);
	return Object.fromEntries(limits.map(({ name, limit }) => [name, limit]));
};

test('usageOf returns the limits of the plan', async () => {
	const { maxActiveJobs, maxStoredBytes, maxFiles } = PLANS.free;
	expect(await limitsWith({}, {})).toMatchObject({
		active_jobs: maxActiveJobs,
		stored_bytes: maxStoredBytes,
		stored_files: maxFiles,
	});
});

test('usageOf returns the lower limits of jobs and files while the email is not verified', async () => {
	const limits = await limitsWith({ max_active_jobs: 1 }, { max_stored_bytes: 1_000 });
	expect(limits).toMatchObject({ active_jobs: 1, stored_bytes: 1_000 });
});

test('usageOf omits the number of files when the files service of the previous release doesn’t send it', async () => {
	expect(await limitsWith({}, { stored_files: undefined })).not.toHaveProperty('stored_files');
});
