import type { JobErrorCode } from '@creatorr/contracts/jobs';

/** What decides how much of an attempt counts towards its user's compute quota. */
interface EndedAttempt {
	/** Of the grant; null for one that an older release has granted. */
	attemptStartedAt: Date | null;
	/** Null when no worker has the attempt. */
	leaseExpiresAt: Date | null;
	now: Date;
}

/** Failures that are ours: the user pays for none of them. */
const OUR_FAILURES: ReadonlySet<JobErrorCode> = new Set<JobErrorCode>(['internal', 'worker_lost']);

/**
 * How many milliseconds of an attempt that ends now count towards the quota: as long as the tool ran, by the clock. What the
 * worker measured counts where that is less, as it leaves out the time that other jobs had the processors. An attempt that no
 * worker has any more, and one that failed by our fault, costs nothing.
 */
export function chargedMs(
	{ attemptStartedAt, leaseExpiresAt, now }: EndedAttempt,
	{ errorCode, measuredMs }: { errorCode?: JobErrorCode | undefined; measuredMs?: number | undefined },
): number {
	if (!attemptStartedAt || !leaseExpiresAt) return 0;
	if (errorCode && OUR_FAILURES.has(errorCode)) return 0;
	const heldMs = Math.max(0, now.getTime() - attemptStartedAt.getTime());
	return Math.min(heldMs, measuredMs ?? heldMs);
}
