import type { Failure } from '../lifecycle/end-job.sql.ts';
import type { LockedJob } from '../lifecycle/job.sql.ts';
import { isTerminal, nextStatus } from '../lifecycle/job-status.ts';

/** The state of one attempt of a job. README.md describes each. */
export type AttemptState = 'running' | 'finishing' | 'lost' | 'unassigned' | 'ended';

/** What changes the state of an attempt. README.md names the file of each. */
export type AttemptTransition =
	| 'renewLease'
	| 'startFinishing'
	| 'finishAttempt'
	| 'returnAttempt'
	| 'loseAttempt'
	| 'rejectOutcome'
	| 'cancelJob';

/** The whole state table of attempts. A transition that is not in it changes nothing. */
export const TRANSITIONS: Record<AttemptState, Partial<Record<AttemptTransition, AttemptState>>> = {
	running: {
		renewLease: 'running',
		startFinishing: 'finishing',
		finishAttempt: 'ended',
		returnAttempt: 'unassigned',
		loseAttempt: 'lost',
		rejectOutcome: 'unassigned',
		cancelJob: 'ended',
	},
	finishing: {
		renewLease: 'finishing',
		startFinishing: 'finishing',
		finishAttempt: 'ended',
		returnAttempt: 'unassigned',
		loseAttempt: 'lost',
		rejectOutcome: 'unassigned',
		cancelJob: 'ended',
	},
	lost: {
		renewLease: 'running',
		startFinishing: 'finishing',
		finishAttempt: 'ended',
		returnAttempt: 'unassigned',
		rejectOutcome: 'unassigned',
		cancelJob: 'ended',
	},
	unassigned: { cancelJob: 'ended' },
	ended: {},
};

type AttemptFields = Pick<LockedJob, 'status' | 'attempt' | 'workerId' | 'leaseExpiresAt' | 'finishing'>;

/** Returns the state of a job's attempt. An attempt that a later one has replaced counts as unassigned. */
export function attemptState(job: AttemptFields, attempt = job.attempt): AttemptState {
	if (isTerminal(job.status)) return 'ended';
	if (job.status === 'queued' || job.attempt !== attempt || job.workerId === null) return 'unassigned';
	if (!job.leaseExpiresAt) return 'lost';
	return job.finishing ? 'finishing' : 'running';
}

export function canTransition(job: AttemptFields, attempt: number, transition: AttemptTransition): boolean {
	return TRANSITIONS[attemptState(job, attempt)][transition] !== undefined;
}

/**
 * Returns the response to a worker that claims a job. An expired lease blocks claims until the task `expire_leases` marks the attempt
 * lost: only that task knows whether heartbeats could arrive. If the current worker claims again, it never received the grant, so it
 * gets a new attempt, unless the last one is finishing.
 */
export function decideClaim(job: AttemptFields | null, workerId: string): 'granted' | 'held' | 'job_ended' {
	if (!job || nextStatus(job.status, 'grant') === undefined) return 'job_ended';
	switch (attemptState(job)) {
		case 'running':
			return job.workerId === workerId ? 'granted' : 'held';
		case 'finishing':
			return 'held';
		default:
			return 'granted';
	}
}

/** A job fails when this many of its attempts are lost. */
const MAX_LOST_ATTEMPTS = 3;

/** Returns how a job fails after one more lost attempt, or null to request another worker. */
export function failureAfterLoss({ lostAttempts }: Pick<LockedJob, 'lostAttempts'>): Failure | null {
	if (lostAttempts + 1 < MAX_LOST_ATTEMPTS) return null;
	return {
		code: 'worker_lost',
		message: `Processing was interrupted ${MAX_LOST_ATTEMPTS} times. Try again. If it happens again, use a smaller or simpler file.`,
	};
}
