import { PLANS } from '@creatorr/contracts/plans';
import { describe, expect, test } from '@jest/globals';
import { requireStorageForOutput, requireStorageLeft } from './storage-limit.ts';

const GB = 1_000_000_000;
const limits = { plans: PLANS, unverifiedStoredBytes: GB, putUrlSeconds: 3_600 };
const verified = { plan: 'free', emailVerified: true } as const;

describe('a job', () => {
	const create = (storedBytes: number, use: object = {}) =>
		requireStorageLeft(limits, { ...verified, ...use, storedBytes });

	test('is created while a byte of the storage is left', () => {
		expect(() => create(50 * GB - 1)).not.toThrow();
		expect(() => create(GB - 1, { emailVerified: false })).not.toThrow();
	});

	test('is refused when the storage is full, with the limit, the use and what to do', () => {
		expect(() => create(50 * GB)).toThrow(
			'Your files and unfinished uploads use 50 GB, so there is no room for another result. The Free plan allows 50 GB, Pro 500 GB. Delete some files (deleted files may still count for up to 1 hour) or upgrade to Pro.',
		);
		expect(() => create(GB, { emailVerified: false })).toThrow(
			'Your files and unfinished uploads use 1 GB, so there is no room for another result. You can store 1 GB until you verify your email. Open the link in the email we sent you, or resend it from your account.',
		);
	});

	test('stores its output until other files exceed the limit by a tenth', () => {
		const store = (storedBytes: number, use: object = {}) =>
			requireStorageForOutput(limits, { ...verified, ...use, storedBytes });
		expect(() => store(55 * GB - 1)).not.toThrow();
		expect(() => store(55 * GB)).toThrow(expect.objectContaining({ code: 'plan_limit' }));
		expect(() => store(1.1 * GB, { emailVerified: false })).toThrow(
			expect.objectContaining({ code: 'email_not_verified' }),
		);
	});
});
