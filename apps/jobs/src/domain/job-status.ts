import type { JobStatus } from '@creatorr/contracts/jobs';

/** What can happen to a job: a worker gets it, its attempt ends well or badly, its owner cancels it. */
export type JobChange = 'grant' | 'succeed' | 'fail' | 'cancel';

/** The whole state machine; what is not here does not happen. A job whose worker is lost stays running until it is granted again. */
const TRANSITIONS: Record<JobStatus, Partial<Record<JobChange, JobStatus>>> = {
	queued: { grant: 'running', fail: 'failed', cancel: 'canceled' },
	running: { grant: 'running', succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
	succeeded: {},
	failed: {},
	canceled: {},
};

/** The status after the change, or undefined when a job of this status cannot change so. */
export function nextStatus(status: JobStatus, change: JobChange): JobStatus | undefined {
	return TRANSITIONS[status][change];
}

/** Terminal is final: nothing leads out of it. */
export function isTerminal(status: JobStatus): boolean {
	return Object.keys(TRANSITIONS[status]).length === 0;
}

export const TERMINAL_STATUSES = (Object.keys(TRANSITIONS) as JobStatus[]).filter(isTerminal);
