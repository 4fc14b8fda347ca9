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
import { crashPoint } from '@creatorr/service/crash-point';
import type { InternalClient } from '@creatorr/service/internal-client';
import { inSpan, noteOnSpan } from '@creatorr/telemetry/span';
import type { ParamSealer } from '@creatorr/tool-kit/params/secret-params';
import { AttemptEnded, type Attempts, type Expectation } from '../runtime/attempts.ts';
import type { BackgroundJobs, Outlook } from '../runtime/background-jobs.ts';
import type { GrantedJob } from '../runtime/granted-job.ts';
import type { Permit, PriorityQueue } from '../runtime/priority-queue.ts';
import { createProgress } from '../runtime/progress.ts';
import { retry } from '../runtime/retry.ts';
import { type RunJobDeps, runJob } from '../runtime/run-job.ts';
import { whileRunning } from '../worker-metrics.ts';

export interface JobRequestedDeps extends RunJobDeps {
	jobs: InternalClient;
	publish: Publish;
	attempts: Attempts;
	workerId: string;
	priorityQueue: PriorityQueue;
	backgroundJobs: BackgroundJobs;
	/** A job that takes longer makes room for others. */
	longMs: number;
	sealer: Pick<ParamSealer, 'open'>;
}

/** A shutdown has no longer, in milliseconds. */
const RETURN_TIMEOUT_MS = 3_000;

async function claim(deps: JobRequestedDeps, jobId: string): Promise<GrantedJob | undefined> {
	const { data } = await deps.jobs(claimJob, { params: { id: jobId }, body: { worker_id: deps.workerId } });
	if (data.answer !== 'granted') {
		deps.logger.info('job.not_granted', { job_id: jobId, answer: data.answer });
		return undefined;
	}
	deps.logger.info('job.started', { job_id: jobId, attempt: data.attempt, tool: data.tool });
	const { attempt, tool, input_file_id: inputFileId, user_id: userId, sealed_secrets: sealed } = data;
	const params = () => ({ ...data.params, ...(sealed && deps.sealer.open(sealed, jobId)) });
	const pageLimit = { pages: data.max_pages, onPro: data.pro_max_pages };
	const isBackground = data.background ?? false;
	return { id: jobId, attempt, tool, params, pageLimit, isBackground, inputFileId, userId };
}

/** Until the broker has it, or this attempt counts no more. */
async function report(
	deps: JobRequestedDeps,
	job: GrantedJob,
	ended: { outcome: JobOutcome; compute_ms: number },
	signal: AbortSignal,
): Promise<void> {
	const data = { job_id: job.id, attempt: job.attempt, ...ended };
	const event = newEvent(jobFinished, data, currentRequestId());
	await retry(() => deps.publish(event), { signal, retryable: () => true });
	crashPoint('worker.outcome-confirmed');
	deps.attempts.report(job.id);
	deps.logger.info('job.reported', { job_id: job.id, attempt: job.attempt, status: ended.outcome.status });
}

/** Has the job run elsewhere, or later. Where jobs can't be reached, that begins when the lease has run out. */
async function returnJob(deps: JobRequestedDeps, job: GrantedJob, expectation: Expectation): Promise<void> {
	const body = { attempt: job.attempt, ...expectation };
	const release = () => deps.jobs(releaseJob, { params: { id: job.id }, body });
	const signal = AbortSignal.timeout(RETURN_TIMEOUT_MS);
	await retry(release, { signal, retryable: () => true }).catch((error: unknown) => {
		deps.logger.warn('job.not_released', { job_id: job.id, error });
	});
}

function attempt(deps: JobRequestedDeps, job: GrantedJob, permit: Permit): Promise<void> {
	const attributes = { job_id: job.id, tool: job.tool, attempt: job.attempt };
	return inSpan('attempt', { attributes }, () => attemptOnce(deps, job, permit));
}

async function attemptOnce(deps: JobRequestedDeps, job: GrantedJob, permit: Permit): Promise<void> {
	const { deprioritized } = permit;
	const signal = deps.attempts.begin(job.id, job);
	if (job.isBackground) deps.attempts.expect(job.id, { background: true });
	const onExpected = (ms: number) => {
		deps.attempts.expect(job.id, { expected_seconds: Math.ceil(ms / 1000) });
		if (ms > deps.longMs) permit.deprioritize();
		deps.backgroundJobs.review(job.id);
	};
	const onToolEnded = () => {
		deps.attempts.setToolState(job.id, 'ended');
		deps.backgroundJobs.review(job.id);
	};
	try {
		const onProgress = createProgress(deps.publish, job);
		let computeMs = 0;
		const onComputed = (ms: number) => {
			computeMs = ms;
			onToolEnded();
		};
		const outcome = await runJob(deps, job, {
			signal,
			deprioritized,
			onToolStarted: () => deps.attempts.setToolState(job.id, 'running'),
			onProgress,
			onExpected,
			onComputed,
			onWaited: permit.waited,
		});
		// Also of a job that failed before its tool ran.
		onToolEnded();
		noteOnSpan({ outcome: outcome.status === 'failed' ? outcome.error_code : outcome.status });
		await report(deps, job, { outcome, compute_ms: computeMs }, signal);
	} catch (error) {
		const expectation = deps.attempts.expectation(job.id);
		deps.attempts.end(job.id);
		if (!(error instanceof AttemptEnded)) throw error;
		deps.logger.info('job.ended_early', { job_id: job.id, attempt: job.attempt, reason: error.reason });
		if (error.reason === 'shutdown') await returnJob(deps, job, {});
		if (error.reason === 'no_background_slot')
			await returnJob(deps, job, { ...expectation, background: true });
	}
}

function outlookOf({ attempts, longMs }: JobRequestedDeps, job: GrantedJob): Outlook {
	const state = attempts.toolState(job.id);
	if (state === 'ended') return state;
	const expectedMs = 1000 * (attempts.expectation(job.id).expected_seconds ?? 0);
	if (job.isBackground || expectedMs > longMs) return 'long';
	return state === 'pending' ? 'pending' : 'unknown';
}

/**
 * Runs the job when it is still wanted. The message may go once this resolves: when the job is done, or takes so long that it
 * goes on beside the queue, for from its claim on it is the lease that keeps it.
 */
export async function handleJobRequested(
	deps: JobRequestedDeps,
	event: EventOf<typeof jobRequested>,
): Promise<void> {
	const jobId = event.data.job_id;
	if (!deps.attempts.reserve(jobId)) {
		deps.logger.info('job.already_here', { job_id: jobId });
		return;
	}
	const forget = (error: unknown) => {
		deps.attempts.end(jobId);
		throw error;
	};
	// Before the claim: a job that waits is not running yet, and can be canceled without anybody here hearing of it.
	const permit = await inSpan('wait for a permit', {}, () => deps.priorityQueue.enter()).catch(forget);
	try {
		const job = await claim(deps, jobId).catch(forget);
		crashPoint('worker.claimed');
		if (job) {
			const running = whileRunning(job.tool, () => attempt(deps, job, permit));
			const followed = deps.backgroundJobs.follow(job, running, {
				deprioritized: permit.deprioritized,
				outlook: () => outlookOf(deps, job),
				onBackground: () => deps.attempts.expect(job.id, { background: true }),
				returnJob: () => deps.attempts.returnJob(job.id),
			});
			if (job.isBackground) permit.deprioritize();
			await followed;
		} else deps.attempts.end(jobId);
	} finally {
		permit.leave();
	}
}
