import { unavailable } from '@creatorr/contracts/errors';
import {
	type EventOf,
	type JobOutcome,
	jobFinished,
	type jobRequested,
	newEvent,
} from '@creatorr/contracts/events';
import { claimJob, releaseJob } from '@creatorr/contracts/internal';
import type { Publish } from '@creatorr/messaging/publisher';
import { currentRequestId } from '@creatorr/service/context';
import type { InternalClient } from '@creatorr/service/internal-client';
import { AttemptEnded, type Attempts } from '../runtime/attempts.ts';
import type { GrantedJob } from '../runtime/granted-job.ts';
import { createProgress } from '../runtime/progress.ts';
import { retry } from '../runtime/retry.ts';
import { type RunJobDeps, runJob } from '../runtime/run-job.ts';
import type { Slots } from '../runtime/slots.ts';

export interface JobRequestedDeps extends RunJobDeps {
	jobs: InternalClient;
	publish: Publish;
	attempts: Attempts;
	slots: Slots;
	workerId: string;
	/** Aborted when the worker takes no more jobs. */
	closing: AbortSignal;
}

async function claim(deps: JobRequestedDeps, jobId: string): Promise<GrantedJob | undefined> {
	const { data } = await deps.jobs(claimJob, { params: { id: jobId }, body: { worker_id: deps.workerId } });
	if (data.answer !== 'granted') {
		deps.logger.info('job.not_granted', { job_id: jobId, answer: data.answer });
		return undefined;
	}
	deps.logger.info('job.started', { job_id: jobId, attempt: data.attempt, tool: data.tool });
	const { attempt, tool, params, input_file_id: inputFileId, user_id: userId } = data;
	return { id: jobId, attempt, tool, params, inputFileId, userId };
}

/** Until the broker has it, or this attempt counts no more. */
function report(
	deps: JobRequestedDeps,
	job: GrantedJob,
	outcome: JobOutcome,
	signal: AbortSignal,
): Promise<void> {
	const event = newEvent(jobFinished, { job_id: job.id, attempt: job.attempt, outcome }, currentRequestId());
	return retry(() => deps.publish(event), { signal, retryable: () => true });
}

/** A job that is given back runs elsewhere at once; when jobs can't hear it, it does when the lease has run out. */
async function giveBack(deps: JobRequestedDeps, job: GrantedJob): Promise<void> {
	await deps
		.jobs(releaseJob, { params: { id: job.id }, body: { attempt: job.attempt } })
		.catch((error: unknown) => {
			deps.logger.warn('job.not_released', { job_id: job.id, error });
		});
}

async function attempt(deps: JobRequestedDeps, job: GrantedJob): Promise<void> {
	const signal = deps.attempts.begin(job.id, job.attempt);
	const onProgress = createProgress(deps.publish, job);
	try {
		const outcome = await runJob(deps, job, { signal, onProgress });
		await report(deps, job, outcome, signal);
		deps.logger.info('job.reported', { job_id: job.id, attempt: job.attempt, status: outcome.status });
	} catch (error) {
		if (!(error instanceof AttemptEnded)) throw error;
		deps.logger.info('job.ended_early', { job_id: job.id, attempt: job.attempt, reason: error.reason });
		if (error.reason === 'shutdown') await giveBack(deps, job);
	} finally {
		deps.attempts.end(job.id);
	}
}

/** Runs the job when it is still wanted; the message may go once this resolves. */
export async function handleJobRequested(
	deps: JobRequestedDeps,
	event: EventOf<typeof jobRequested>,
): Promise<void> {
	const leave = await deps.slots.take(deps.closing).catch((error: unknown) => {
		throw unavailable('this worker', error);
	});
	try {
		const job = await claim(deps, event.data.job_id);
		if (job) await attempt(deps, job);
	} finally {
		leave();
	}
}
