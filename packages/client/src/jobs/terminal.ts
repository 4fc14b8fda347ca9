import type { JobStatus } from '../types.ts';

const TERMINAL: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'canceled']);

/** Whether the job has ended and no longer changes. */
export function isTerminal({ status }: { status: JobStatus }): boolean {
	return TERMINAL.has(status);
}
