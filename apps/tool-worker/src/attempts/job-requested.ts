import { AppError } from '@creatorr/contracts/errors';
import type { EventOf, jobRequested } from '@creatorr/contracts/events';
import { crashPoint } from '@creatorr/service/crash-point';
import { addSpanAttributes, inSpan } from '@creatorr/telemetry/span';
import { trackRunning } from '../metrics.ts';
import type { BackgroundJobs, RemainingTime } from '../scheduling/background-jobs.ts';
import type { FullPrioritySemaphore, Permit } from '../scheduling/full-priority-semaphore.ts';
import { AttemptAbortedError, type Attempts } from './attempts.ts';
import {
	claimJob,
	createProgressReporter,
	type GrantedJob,
	type JobsClientDeps,
	reportOutcome,
	returnJob,
} from './jobs-client.ts';
import { type RunJobDeps, runJob } from './run-job.ts';

/**
 * The heartbeat after a rejection, by default within 2 s, ends the attempt here. An older message is one that the broker delivered again, or the
 * jobs service is down: it is acknowledged, so that it takes no slot of the tool. The jobs service requests a worker again if none claims the
 * job.
 */
const MAX_APPLY_WAIT_MS = 10_000;

export interface JobRequestedDeps extends RunJobDeps, JobsClientDeps {
	attempts: Attempts;
	fullPrioritySemaphore: FullPrioritySemaphore;
	backgroundJobs: BackgroundJobs;
	/** A job that runs longer loses its permit. */
	longMs: number;
}

/**
 * Claims and runs a job. Resolves, so that its message is acknowledged, when the job has ended or continues in the background: from
 * its claim on the lease protects the job. Rejects with `upstream_unavailable` while the outcome of an earlier attempt on this worker is being
 * applied, until the message is {@link MAX_APPLY_WAIT_MS} old: if the outcome is rejected, the message is for the next attempt.
 */
export async function handleJobRequested(
	deps: JobRequestedDeps,
	event: EventOf<typeof jobRequested>,
): Promise<void> {
	const { job_id: jobId, user_id: userId = jobId } = event.data;
	if (!deps.attempts.reserve(jobId)) {
		const ageMs = Date.now() - Date.parse(event.occurred_at);
		if (deps.attempts.stage(jobId) === 'reported' && ageMs < MAX_APPLY_WAIT_MS)
			throw new AppError('upstream_unavailable', 'The outcome of the job is being applied.');
		deps.logger.info('job.already_claimed', { job_id: jobId });
		return;
	}
	const removeAndThrow = (error: unknown) => {
		deps.attempts.remove(jobId);
		throw error;
	};
	// Before the claim: a job that waits here has not started, and can be canceled without this worker.
	const permit = await inSpan('wait for a permit', {}, () =>
		deps.fullPrioritySemaphore.acquire(userId),
	).catch(removeAndThrow);
	try {
		const job = await claimJob(deps, jobId, deps.attempts.storing()).catch(removeAndThrow);
		crashPoint('worker.claimed');
		if (job) await runClaimed(deps, job, permit);
		else deps.attempts.remove(jobId);
	} finally {
		permit.release();
	}
}

async function runClaimed(deps: JobRequestedDeps, job: GrantedJob, permit: Permit): Promise<void> {
	const { id, tool, preempted } = job;
	// The response to a heartbeat would stop it, too, but later.
	if (preempted) deps.attempts.abort(preempted.job_id, 'revoked', preempted.attempt);
	const running = trackRunning(tool, () => runAttempt(deps, job, permit));
	const followed = deps.backgroundJobs.follow({ id, tool, preemptedId: preempted?.job_id }, running, {
		deprioritized: permit.deprioritized,
		remainingTime: () => remainingTimeOf(deps, job),
		onBackground: () => deps.attempts.addEstimate(job.id, { background: true }),
		returnJob: () => deps.attempts.abort(job.id, 'no_background_slot'),
	});
	if (job.isBackground) permit.deprioritize();
	await followed;
}

function remainingTimeOf({ attempts, longMs }: JobRequestedDeps, job: GrantedJob): RemainingTime {
	const stage = attempts.stage(job.id);
	if (stage === undefined || stage === 'storing' || stage === 'reported') return 'ended';
	const expectedMs = 1000 * (attempts.estimate(job.id).expected_seconds ?? 0);
	if (job.isBackground || expectedMs > longMs) return 'long';
	return stage === 'running' ? 'unknown' : 'pending';
}

function runAttempt(deps: JobRequestedDeps, job: GrantedJob, permit: Permit): Promise<void> {
	const attributes = { job_id: job.id, tool: job.tool, attempt: job.attempt };
	return inSpan('attempt', { attributes }, async () => {
		const signal = deps.attempts.start(job.id, job);
		if (job.isBackground) deps.attempts.addEstimate(job.id, { background: true });
		try {
			await runAndReport(deps, job, permit, signal);
		} catch (error) {
			await handleAbort(deps, job, error);
		}
	});
}

async function runAndReport(
	deps: JobRequestedDeps,
	job: GrantedJob,
	permit: Permit,
	signal: AbortSignal,
): Promise<void> {
	const onExpected = (ms: number) => {
		deps.attempts.addEstimate(job.id, { expected_seconds: Math.ceil(ms / 1000) });
		if (ms > deps.longMs) permit.deprioritize();
		deps.backgroundJobs.review(job.id);
	};
	const startStoring = () => {
		deps.attempts.advance(job.id, 'storing');
		deps.backgroundJobs.review(job.id);
	};
	let computeMs = 0;
	const outcome = await runJob(deps, job, {
		signal,
		deprioritized: permit.deprioritized,
		onToolStarted: (toolMs) => {
			deps.attempts.advance(job.id, 'running');
			deps.attempts.setComputeTimer(job.id, toolMs);
		},
		onProgress: createProgressReporter(deps, job),
		onExpected,
		onToolEnded: (toolMs) => {
			computeMs = toolMs;
			startStoring();
		},
		onCpuWait: permit.addCpuWait,
	});
	// Called again here, for a job that failed before its tool started.
	startStoring();
	addSpanAttributes({ outcome: outcome.status === 'failed' ? outcome.error_code : outcome.status });
	await reportOutcome(deps, job, { outcome, compute_ms: computeMs }, signal);
	deps.attempts.advance(job.id, 'reported');
	deps.logger.info('job.reported', { job_id: job.id, attempt: job.attempt, status: outcome.status });
}

/** Removes an aborted attempt. After a shutdown, or without a background slot, hands its job back to the jobs service. Throws any other error. */
async function handleAbort(deps: JobRequestedDeps, job: GrantedJob, error: unknown): Promise<void> {
	const estimate = deps.attempts.estimate(job.id);
	deps.attempts.remove(job.id);
	if (!(error instanceof AttemptAbortedError)) throw error;
	deps.logger.info('job.aborted', { job_id: job.id, attempt: job.attempt, reason: error.reason });
	if (error.reason === 'shutdown') await returnJob(deps, job, {});
	if (error.reason === 'no_background_slot') await returnJob(deps, job, { ...estimate, background: true });
}
