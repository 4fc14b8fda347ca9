import type { JobErrorCode } from '@creatorr/contracts/error-catalog';

/** The fields of a job that decide how much an attempt counts towards the compute quota. */
interface EndedAttempt {
	/** Null for an attempt that an older release granted. */
	attemptStartedAt: Date | null;
	/** Null when no worker runs the attempt. */
	leaseExpiresAt: Date | null;
	now: Date;
}

/** Users don't pay for failures of the product. */
const UNCHARGED_ERRORS: ReadonlySet<JobErrorCode> = new Set<JobErrorCode>(['internal', 'worker_lost']);

/**
 * Returns how many milliseconds of an attempt that ends now count towards the quota: the time since its grant, or what the worker
 * measured if that is less, because the worker leaves out the time spent waiting for a CPU. An attempt that no
 * worker runs costs nothing, and neither does a failure of the product.
 */
export function chargedMs(
	{ attemptStartedAt, leaseExpiresAt, now }: EndedAttempt,
	{ errorCode, computeMs }: { errorCode?: JobErrorCode | undefined; computeMs?: number | undefined },
): number {
	if (!attemptStartedAt || !leaseExpiresAt) return 0;
	if (errorCode && UNCHARGED_ERRORS.has(errorCode)) return 0;
	const elapsedMs = Math.max(0, now.getTime() - attemptStartedAt.getTime());
	return Math.min(elapsedMs, computeMs ?? elapsedMs);
}

/** A cancellation kills a prewarmed process, and starting the next one takes about half a second of CPU time. */
const MIN_CANCELED_MS = 2_000;

/**
 * Returns how many milliseconds of a job that is canceled now count towards the quota: its attempt, and earlier ones after which it was
 * deferred. Otherwise users could cancel each deferred job and never pay. A job that has started costs at least
 * {@link MIN_CANCELED_MS}, even if its worker has returned it, but not if all its attempts were lost.
 */
export function chargedMsOfCanceled(
	job: EndedAttempt & {
		/** The number of the last grant, 0 before the first. */
		attempt: number;
		/** How many attempts were lost. */
		lostAttempts: number;
		/** Run time of its attempts that were preempted, or returned because no background slot was free. */
		preemptedMs: number;
	},
): number {
	const ms = chargedMs(job, {}) + job.preemptedMs;
	if (!job.leaseExpiresAt && job.attempt <= job.lostAttempts) return ms;
	return Math.max(MIN_CANCELED_MS, ms);
}
