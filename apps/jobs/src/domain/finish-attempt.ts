import type { JobOutcome } from '@creatorr/contracts/events';
import type { JobStatus } from '@creatorr/contracts/jobs';
import { crashPoint } from '@creatorr/service/crash-point';

export interface FinishDeps {
	/** Keeps the attempt from being given away while its output is published; false when it is not the current one any more. */
	holdAttempt(jobId: string, attempt: number): Promise<boolean>;
	/** False when files has no such output. Throws `upstream_unavailable`. */
	publishOutput(jobId: string, fileId: string): Promise<boolean>;
	/** Removes what the job has put out. Throws `upstream_unavailable`. */
	discardOutputs(jobId: string): Promise<void>;
	/** Counts the attempt as lost, once for each event. */
	loseAttempt(lost: { eventId: string; jobId: string; attempt: number }): Promise<void>;
	/** Ends the job if the attempt is current; `repeated` when an earlier delivery has done so. The job is null when it is gone. */
	settleAttempt(finished: Finished): Promise<{ repeated: boolean; job: JobState | null }>;
	readState(jobId: string): Promise<JobState | null>;
}

interface JobState {
	status: JobStatus;
}

export interface Finished {
	eventId: string;
	jobId: string;
	attempt: number;
	outcome: JobOutcome;
	/** How long the tool ran, as far as the worker says. */
	computeMs?: number | undefined;
}

/**
 * Applies an attempt's outcome, if the attempt is still the current one. The output is shown before the job says that it is
 * there; when the job was canceled in between, it is taken back. Safe to run again at any point.
 */
export async function finishAttempt(deps: FinishDeps, finished: Finished): Promise<void> {
	const { jobId, attempt, outcome } = finished;
	if (outcome.status === 'failed') {
		const { job } = await deps.settleAttempt(finished);
		crashPoint('jobs.finish.failure-settled');
		return await discardUnlessSucceeded(deps, jobId, job);
	}
	if (!(await deps.holdAttempt(jobId, attempt))) {
		return await discardUnlessSucceeded(deps, jobId, await deps.readState(jobId));
	}
	crashPoint('jobs.finish.held');
	// The worker says that the output is there and files says that it is not: as good as no worker.
	if (!(await deps.publishOutput(jobId, outcome.output_file_id))) return await deps.loseAttempt(finished);
	crashPoint('jobs.finish.published');
	const { repeated, job } = await deps.settleAttempt(finished);
	crashPoint('jobs.finish.settled');
	// There a moment ago and gone, and not because it had succeeded: canceled and deleted.
	if (!job && !repeated) return await deps.discardOutputs(jobId);
	await discardUnlessSucceeded(deps, jobId, job);
}

/** Nothing is done for a job that is gone: it may have succeeded, and its output is its owner's. */
async function discardUnlessSucceeded(deps: FinishDeps, jobId: string, job: JobState | null): Promise<void> {
	if (job?.status !== 'failed' && job?.status !== 'canceled') return;
	await deps.discardOutputs(jobId);
	crashPoint('jobs.finish.discarded');
}
