import { MAX_FILE_BYTES } from '@creatorr/contracts/files';
import { PLANS } from '@creatorr/contracts/plans';
import { describe, expect, test } from '@jest/globals';
import { admitUpload } from './admit-upload.ts';

const GB = 1_000_000_000;
const admit = (
	sizeBytes: number,
	storedBytes: number,
	plan: 'free' | 'pro' = 'free',
	jobId: string | null = null,
) => admitUpload(PLANS, { sizeBytes, jobId }, { plan, storedBytes });

describe('an upload', () => {
	test('is let in up to the last byte of the plan', () => {
		expect(() => admit(GB, 49 * GB)).not.toThrow();
		expect(() => admit(GB, 499 * GB, 'pro')).not.toThrow();
	});

	test('of a byte more is refused, with the limit, the use and what Pro gives', () => {
		expect(() => admit(GB + 1, 49 * GB)).toThrow(
			'your files and open uploads take 49 GB and this one 1,000,000,001 bytes; the free plan allows 50 GB, Pro 500 GB: delete some (a deleted file counts until its upload URL expires), or change to Pro',
		);
		expect(() => admit(GB + 1, 499 * GB, 'pro')).toThrow(/the pro plan allows 500 GB: delete some \(.*\)$/);
	});

	test('of 10 GiB alone is let in on any plan', () => {
		for (const plan of ['free', 'pro'] as const) expect(() => admit(MAX_FILE_BYTES, 0, plan)).not.toThrow();
	});

	test('of a job’s output is always let in', () => {
		expect(() => admit(GB, 60 * GB, 'free', 'job')).not.toThrow();
	});
});
