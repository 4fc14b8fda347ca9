import { AppError } from '@creatorr/contracts/errors';
import { planLimit, sayBytes } from '@creatorr/contracts/plan-limit';
import type { Plan } from '@creatorr/contracts/plans';
import type { FilePolicy } from './policy.ts';

/** What decides over a user's next file. */
export interface Standing {
	plan: Plan;
	emailVerified: boolean;
	/** Sizes of all files that are kept, and declared ones of uploads whose bytes may still come, also to files that are deleted. */
	storedBytes: number;
}

type StorageTerms = Pick<FilePolicy, 'plans' | 'unverifiedStoredBytes'>;

/** How much a user may store while the email is not verified; null where the plan alone decides. */
export function unverifiedLimit(
	{ plans, unverifiedStoredBytes }: StorageTerms,
	{ plan, emailVerified }: Pick<Standing, 'plan' | 'emailVerified'>,
): number | null {
	if (emailVerified || unverifiedStoredBytes === 0) return null;
	return unverifiedStoredBytes < plans[plan].maxStoredBytes ? unverifiedStoredBytes : null;
}

/**
 * Throws `plan_limit` where an upload is more than the plan has room for, `email_not_verified` where that room takes a verified
 * email. What a job puts out is not asked for and counts later.
 */
export function admitUpload(
	terms: StorageTerms,
	{ sizeBytes, jobId }: { sizeBytes: number; jobId: string | null },
	standing: Standing,
): void {
	if (jobId !== null) return;
	const { plan, storedBytes } = standing;
	const { plans } = terms;
	const use = `your files and open uploads take ${sayBytes(storedBytes)} and this one ${sayBytes(sizeBytes)}`;
	if (storedBytes + sizeBytes > plans[plan].maxStoredBytes) {
		throw planLimit({
			...{ plan, plans, use, limitOf: ({ maxStoredBytes }) => maxStoredBytes, say: sayBytes },
			advice: ['delete some files (a deleted file counts until its upload URL expires)'],
		});
	}
	const limit = unverifiedLimit(terms, standing);
	if (limit === null || storedBytes + sizeBytes <= limit) return;
	throw new AppError(
		'email_not_verified',
		`${use}; until your email is verified you can store ${sayBytes(limit)}: open the link in the mail that we sent you, or have it sent again from your account`,
	);
}
