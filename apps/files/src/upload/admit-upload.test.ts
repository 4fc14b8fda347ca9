import { MAX_FILE_BYTES } from '@creatorr/contracts/files';
import { PLANS } from '@creatorr/contracts/plans';
import { describe, expect, test } from '@jest/globals';
import { admitUpload, chooseUpload } from './admit-upload.ts';

const GB = 1_000_000_000;
const MIB = 1024 ** 2;
const limits = { plans: PLANS, unverifiedStoredBytes: GB, maxPendingUploads: 10, putUrlSeconds: 3_600 };
const verified = { plan: 'free', emailVerified: true, storedFiles: 9, pendingUploads: 9 } as const;
const admit = (sizeBytes: number, storedBytes: number, plan: 'free' | 'pro' = 'free') =>
	admitUpload(limits, sizeBytes, { ...verified, plan, storedBytes });

describe('an upload', () => {
	test('is admitted up to the last byte of the plan', () => {
		expect(() => admit(GB, 49 * GB)).not.toThrow();
		expect(() => admit(GB, 499 * GB, 'pro')).not.toThrow();
	});

	test('of a byte more is refused, with the limit, the use and Pro’s limit', () => {
		expect(() => admit(GB + 1, 49 * GB)).toThrow(
			'Your files and unfinished uploads use 49 GB, and this file adds 1.000000001 GB. The Free plan allows 50 GB, Pro 500 GB. Delete some files (deleted files may still count for up to 1 hour) or upgrade to Pro.',
		);
		expect(() => admit(GB + 1, 499 * GB, 'pro')).toThrow(
			/The Pro plan allows 500 GB\. Delete some files \([^)]*\)\.$/,
		);
	});

	test('of 10 GiB alone is admitted on any plan', () => {
		for (const plan of ['free', 'pro'] as const) expect(() => admit(MAX_FILE_BYTES, 0, plan)).not.toThrow();
	});
});

describe('an upload of a user whose email is not verified', () => {
	const unverified = {
		plan: 'free',
		emailVerified: false,
		storedBytes: 999_999_990,
		pendingUploads: 0,
		storedFiles: 0,
	} as const;
	const admitUnverified = (sizeBytes: number, { limit = GB } = {}) =>
		admitUpload({ ...limits, unverifiedStoredBytes: limit }, sizeBytes, unverified);

	test('is admitted up to the last byte of the limit, and refused beyond it with what to do', () => {
		expect(() => admitUnverified(10)).not.toThrow();
		expect(() => admitUnverified(11)).toThrow(
			'Your files and unfinished uploads use 1 GB, and this file adds 11 B. You can store 1 GB until you verify your email. Open the link in the email we sent you, or resend it from your account.',
		);
	});

	test('is admitted up to the plan’s limit when the other limit is off or larger', () => {
		expect(() => admitUnverified(40 * GB, { limit: 0 })).not.toThrow();
		expect(() => admitUnverified(40 * GB, { limit: 60 * GB })).not.toThrow();
	});

	test('beyond the plan is refused for the plan', () => {
		expect(() => admitUnverified(50 * GB)).toThrow(/The Free plan allows 50 GB/);
	});
});

describe('an upload of a user with as many pending uploads as allowed', () => {
	const pending = {
		plan: 'pro',
		emailVerified: true,
		storedBytes: 0,
		storedFiles: 1_000,
		pendingUploads: 1_000,
	} as const;

	test('is refused, with the number, the limit and what to do', () => {
		expect(() => admitUpload({ ...limits, maxPendingUploads: 1_000 }, 1, pending)).toThrow(
			expect.objectContaining({
				code: 'rate_limited',
				message:
					'You have 1,000 unfinished uploads and can have 1,000 at a time. Finish or delete some, then try again (deleted uploads may still count for up to 1 hour).',
				headers: { 'Retry-After': '3600' },
			}),
		);
	});
});

const SINGLE_PUT_LIMIT = 5_000_000_000;
const choose = (sizeBytes: number, wantsMultipart = false) =>
	chooseUpload({ sizeBytes, wantsMultipart }, SINGLE_PUT_LIMIT);

describe('an upload’s method', () => {
	test('is a single PUT up to the limit', () => {
		expect([choose(1), choose(SINGLE_PUT_LIMIT)]).toEqual(['single', 'single']);
	});

	test('is in parts above the limit', () => {
		expect(choose(SINGLE_PUT_LIMIT + 1)).toBe('parts');
	});

	test('is in parts on request, from 5 MiB on', () => {
		expect(choose(5 * MIB, true)).toBe('parts');
		expect(() => choose(5 * MIB - 1, true)).toThrow(expect.objectContaining({ code: 'validation' }));
	});

	test('is refused above 10 GiB', () => {
		expect(choose(10 * 1024 ** 3)).toBe('parts');
		expect(() => choose(10 * 1024 ** 3 + 1)).toThrow(expect.objectContaining({ code: 'too_large' }));
	});
});
