import { jobFinished } from '@creatorr/contracts/events';
import type { JobStatus } from '@creatorr/contracts/jobs';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Deps } from '../deps.ts';
import { truncateOutcome } from '../lifecycle/truncate-outcome.ts';
import {
	type FinishedAttempt,
	finishAttempt,
	readStatus,
	rejectOutcome,
	startFinishing,
} from './finish.sql.ts';

/** High, because each handler waits for the files service, and until it starts, the attempt can still be lost. */
const CONCURRENT_OUTCOMES = 50;

/** A worker reports the outcome of an attempt. */
export const onJobFinished = defineConsumer({
	queue: QUEUES.jobsJobFinished,
	definition: jobFinished,
	prefetch: CONCURRENT_OUTCOMES,
	async handle(deps: Deps, { id, data }) {
		await applyOutcome(deps, {
			eventId: id,
			jobId: data.job_id,
			attempt: data.attempt,
			outcome: truncateOutcome(data.outcome),
			computeMs: data.compute_ms,
		});
		deps.logger.info('job.outcome_handled', {
			job_id: data.job_id,
			attempt: data.attempt,
			outcome: data.outcome.status,
		});
	},
});

/** Counts an attempt as lost whose outcome was dead-lettered. The message stays in the dead-letter queue of operators. */
export const onDeadLetteredOutcome = defineConsumer({
	queue: QUEUES.jobsJobFinishedDeadLetters,
	definition: jobFinished,
	prefetch: 5,
	async handle(deps: Deps, { id, data: { job_id, attempt } }) {
		const status = await rejectOutcome(deps.prisma, { eventId: id, jobId: job_id, attempt });
		deps.wakeDispatch();
		await discardIfFailedOrCanceled(deps, job_id, status);
		// Last, so that a retry doesn't log it again.
		deps.logger.error('job.outcome_undeliverable', { job_id, attempt });
	},
});

type OutcomeDeps = Pick<Deps, 'prisma' | 'logger' | 'wakeDispatch'> & {
	files: Pick<Deps['files'], 'publishOutput' | 'discardOutputs'>;
};

/**
 * Applies an attempt's outcome, if the attempt is still the current one. The output is published before the job shows that it
 * exists. If the job was canceled or failed by a third lost attempt in between, the output is discarded. Safe to run again at any
 * point.
 */
export async function applyOutcome(deps: OutcomeDeps, finished: FinishedAttempt): Promise<void> {
	const { prisma, files, logger } = deps;
	const { jobId, outcome } = finished;
	if (outcome.status === 'failed') {
		const { status } = await finish(deps, finished);
		crashPoint('jobs.finish.failure-applied');
		return await discardIfFailedOrCanceled(deps, jobId, status);
	}
	if (!(await startFinishing(prisma, finished))) {
		return await discardIfFailedOrCanceled(deps, jobId, await readStatus(prisma, jobId));
	}
	crashPoint('jobs.finish.started');
	// The files service doesn't have the reported output, so the attempt counts as lost.
	if (!(await files.publishOutput(jobId, outcome.output_file_id))) {
		logger.warn('job.output_missing', { job_id: jobId, attempt: finished.attempt });
		const status = await rejectOutcome(prisma, finished);
		deps.wakeDispatch();
		return await discardIfFailedOrCanceled(deps, jobId, status);
	}
	crashPoint('jobs.finish.published');
	const { repeated, status } = await finish(deps, finished);
	crashPoint('jobs.finish.applied');
	// Deleted meanwhile, and no delivery of this event has applied the success: the output has no owner.
	if (!status && !repeated) return await files.discardOutputs(jobId);
	await discardIfFailedOrCanceled(deps, jobId, status);
}

async function finish({ prisma, wakeDispatch }: OutcomeDeps, finished: FinishedAttempt) {
	const applied = await finishAttempt(prisma, finished);
	wakeDispatch();
	return applied;
}

/** Discards the outputs of a failed or canceled job. Without a status (deleted job), it may have succeeded, so its output stays. */
async function discardIfFailedOrCanceled(
	{ files }: OutcomeDeps,
	jobId: string,
	status: JobStatus | null,
): Promise<void> {
	if (status !== 'failed' && status !== 'canceled') return;
	await files.discardOutputs(jobId);
	crashPoint('jobs.finish.discarded');
}
