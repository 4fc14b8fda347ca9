import type { JobStatus } from '@creatorr/contracts/jobs';

/** What changes the status of a job. */
export type JobChange = 'grant' | 'succeed' | 'fail' | 'cancel';

/** The whole state machine of jobs. A job whose worker is lost stays running until the next grant. */
const TRANSITIONS: Record<JobStatus, Partial<Record<JobChange, JobStatus>>> = {
	queued: { grant: 'running', fail: 'failed', cancel: 'canceled' },
	running: { grant: 'running', succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
	succeeded: {},
	failed: {},
	canceled: {},
};

/** Returns the status after the change, or undefined when a job of this status can't change that way. */
export function nextStatus(status: JobStatus, change: JobChange): JobStatus | undefined {
	return TRANSITIONS[status][change];
}

/** Returns whether a status is final. */
export function isTerminal(status: JobStatus): boolean {
	return Object.keys(TRANSITIONS[status]).length === 0;
}

export const TERMINAL_STATUSES = (Object.keys(TRANSITIONS) as JobStatus[]).filter(isTerminal);
