import { notFound } from '@creatorr/contracts/errors';
import type { Job } from '@creatorr/contracts/jobs';
import { isTerminal } from './job-status.ts';

/** Tells that a job may have changed since it was last looked at. */
export interface Watch {
	/**
	 * Resolves at once when something was told since the last call, else with the next telling, after `timeoutMs`, or when
	 * `signal` aborts; false when nothing more will be told, as the process is going to stop.
	 */
	changed(timeoutMs: number, signal: AbortSignal): Promise<boolean>;
	end(): void;
}

export interface StatesDeps {
	watch(jobId: string): Watch;
	findJob(jobId: string, userId: string): Promise<Job | null>;
}

interface StatesInput {
	jobId: string;
	userId: string;
	/** Aborted when nobody listens any more. */
	signal: AbortSignal;
}

/** A notification can be lost with its connection; then a change is seen this late. */
const SAFETY_POLL_MS = 5_000;

/**
 * The job now, and again whenever its status or progress is another, until it is terminal, the time is over or the process is
 * going to stop. Throws `not_found`, also when the job goes away meanwhile.
 */
export async function* jobStates(
	deps: StatesDeps,
	{ jobId, userId, signal }: StatesInput,
	waitMs = Number.POSITIVE_INFINITY,
): AsyncGenerator<Job, void> {
	const endsAtMs = performance.now() + waitMs;
	// Before the first look, so that no change falls in between.
	const watch = deps.watch(jobId);
	try {
		for (let shown: Job | undefined, more = true; more; ) {
			const job = await deps.findJob(jobId, userId);
			if (!job) throw notFound('job');
			if (!shown || differ(shown, job)) yield job;
			shown = job;
			const leftMs = endsAtMs - performance.now();
			if (isTerminal(job.status) || leftMs <= 0 || signal.aborted) return;
			more = await watch.changed(Math.min(SAFETY_POLL_MS, leftMs), signal);
		}
	} finally {
		watch.end();
	}
}

function differ(a: Job, b: Job): boolean {
	return a.status !== b.status || a.progress !== b.progress;
}

/** The job once its status or progress has changed, or as it is when the states end without. Throws `not_found`. */
export async function waitForChange(deps: StatesDeps, input: StatesInput, waitMs: number): Promise<Job> {
	let first: Job | undefined;
	for await (const job of jobStates(deps, input, waitMs)) {
		if (first) return job;
		first = job;
	}
	if (!first) throw notFound('job');
	return first;
}
