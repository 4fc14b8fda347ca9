import type { JobErrorCode, JobStatus } from '@creatorr/contracts/jobs';
import { nextStatus } from './job-status.ts';

/** What decides over a job's attempts. */
export interface AttemptState {
	status: JobStatus;
	/** The fencing token: the number of the last grant, 0 before the first. */
	attempt: number;
	lostAttempts: number;
	/** Who was granted the last attempt; null once that one is over, though the job is not. */
	workerId: string | null;
	/** Null when nobody counts as running the job. */
	leaseExpiresAt: Date | null;
	/** The attempt's outcome is being applied. */
	settling: boolean;
}

/** So many workers may be lost over one job. */
export const MAX_LOST_ATTEMPTS = 3;

/**
 * The answer to a worker that asks for a job. A lease holds until the watchdog has ended it, also past its time: only one
 * place decides that a worker is lost, and it knows whether workers had a chance to be heard. A worker claims nothing that it
 * runs, so that one which asks for what it holds never heard the grant; it is granted anew, unless the attempt has ended.
 */
export function decideClaim(job: AttemptState | null, workerId: string): 'granted' | 'held' | 'unwanted' {
	if (!job || nextStatus(job.status, 'grant') === undefined) return 'unwanted';
	if (!job.leaseExpiresAt) return 'granted';
	return job.workerId === workerId && !job.settling ? 'granted' : 'held';
}

/** Whether this is the attempt whose word counts: the last one granted, not given back, of a job that still runs. */
export function isCurrentAttempt(job: AttemptState, attempt: number): boolean {
	return job.status === 'running' && job.attempt === attempt && job.workerId !== null;
}

export interface Failure {
	code: JobErrorCode;
	message: string;
}

/** What becomes of a running job whose worker is lost: null to hand it out again, or how it fails. */
export function failureAfterLoss(job: AttemptState): Failure | null {
	if (job.lostAttempts + 1 < MAX_LOST_ATTEMPTS) return null;
	return {
		code: 'worker_lost',
		message: `the machine that ran this job was lost ${MAX_LOST_ATTEMPTS} times; try again, with a smaller or simpler file if it happens again`,
	};
}

/** For a job whose tool is not there any more: no bug, as `internal` would say, and trying again would not help. */
export const TOOL_GONE: Failure = {
	code: 'tool_failed',
	message: 'the tool of this job is not offered any more; GET /v1/tools lists those that are',
};

/** For a job that no worker could even take. */
export const UNDELIVERABLE: Failure = {
	code: 'internal',
	message: 'this job could not be handed to a worker; create it again',
};
