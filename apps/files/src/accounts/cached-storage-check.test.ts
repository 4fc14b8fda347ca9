import { PLANS } from '@creatorr/contracts/plans';
import { expect, test } from '@jest/globals';
import { createStorageCheck } from './cached-storage-check.ts';

const GB = 1_000_000_000;

/** Returns a check of a user whose use can change. */
function checkOf(use: { storedBytes: number; emailVerified?: boolean }) {
	const state = { nowMs: 0, reads: 0 };
	const check = createStorageCheck({
		policy: { plans: PLANS, unverifiedStoredBytes: GB, putUrlSeconds: 3_600 },
		async readUse() {
			state.reads += 1;
			return { plan: 'free', emailVerified: true, ...use };
		},
		monotonicMs: () => state.nowMs,
	});
	return { state, check: () => check('usr_a') };
}

test('a user with 10% of the storage free is counted once for several jobs, and again after 10 s', async () => {
	const { state, check } = checkOf({ storedBytes: 45 * GB });
	await Promise.all([check(), check(), check()]);
	expect(state.reads).toBe(1);
	state.nowMs = 10_001;
	await check();
	expect(state.reads).toBe(2);
});

test.each<[limitOf: string, use: { storedBytes: number; emailVerified?: boolean }, limit: number]>([
	['the plan', { storedBytes: 45 * GB + 1 }, 50 * GB],
	['an unverified account', { storedBytes: 0.9 * GB + 1, emailVerified: false }, GB],
])('a user near the limit of %s is counted for each job', async (_, use, limit) => {
	const { state, check } = checkOf(use);
	await check();
	use.storedBytes = limit;
	await expect(check()).rejects.toThrow('there is no room for another result');
	use.storedBytes = 0;
	await check();
	expect(state.reads).toBe(3);
});
