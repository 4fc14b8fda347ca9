import type { Scratch } from './scratch.ts';
import type { Standby } from './standby.ts';

/** Where a job is done: a scratch directory, for some tools with a process that waits in it for a request. */
export interface Workplace {
	scratch: Scratch;
	standby?: Standby;
	/** Whether the process may serve another job afterwards. */
	keepsStandby?: boolean;
}

export interface WorkplacesOptions {
	scratchRoot: string;
	/** How many processes of each tool stand by. */
	standbys: number;
	/** How many jobs a process serves. More than 1 lets a document meet what another left behind. */
	jobsPerProcess: number;
	onProblem(problem: 'standby.failed' | 'scratch.not_removed', error: unknown): void;
}
