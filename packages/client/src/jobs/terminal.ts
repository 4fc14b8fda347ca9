import type { JobStatus } from '../types.ts';

const TERMINAL: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'canceled']);

/** Such a job changes no more. */
export function isTerminal({ status }: { status: JobStatus }): boolean {
	return TERMINAL.has(status);
}
