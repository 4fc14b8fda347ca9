import { type JobOutcome, jobFinished, jobProgressed, newEvent } from '@creatorr/contracts/events';
import {
	claimJob as claimJobOperation,
	returnJob as returnJobOperation,
} from '@creatorr/contracts/internal/jobs';
import type { Publish } from '@creatorr/messaging/publisher';
import { currentRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import type { PageLimit } from '@creatorr/tool-kit/limits/input-limits';
import type { Sealer } from '@creatorr/tool-kit/params/secret-params';
import type { ToolRequest } from '@creatorr/tool-kit/run/run-tool';
import { retry } from '../transfer/retry.ts';
import type { RuntimeEstimate } from './attempts.ts';

/** What claims, reports and returns need. */
export interface JobsClientDeps {
	jobs: InternalClient;
	publish: Publish;
	workerId: string;
	sealer: Pick<Sealer, 'open'>;
	logger: Logger;
}

/** A job that this worker has claimed. */
export interface GrantedJob {
	id: string;
	attempt: number;
	tool: string;
	/** Returns the params, with the sealed ones opened. Throws if this worker lacks the key. Pass the params only to the tool, never to a log. */
	params(): Record<string, unknown>;
	/** The limit of the user's plan. */
	pageLimit: PageLimit;
	/** An earlier worker found that the job takes long. */
	isBackground: boolean;
	/** The attempt of this worker whose background slot the job gets. */
	preempted: { job_id: string; attempt: number } | undefined;
	inputFileId: string;
	userId: string;
}

/**
 * Claims a job. Resolves with undefined if the jobs service denies the claim: the job has ended, another worker has it, or this one has no
 * background slot for it. `storing` are the jobs of this worker that can't be preempted for it.
 */
export async function claimJob(
	deps: JobsClientDeps,
	jobId: string,
	storing: string[],
): Promise<GrantedJob | undefined> {
	const body = { worker_id: deps.workerId, storing };
	const { data } = await deps.jobs(claimJobOperation, { params: { id: jobId }, body });
	if (data.answer !== 'granted') {
		deps.logger.info('job.claim_refused', {
			job_id: jobId,
			answer: data.answer === 'unwanted' ? 'job_ended' : data.answer,
		});
		return undefined;
	}
	deps.logger.info('job.started', { job_id: jobId, attempt: data.attempt, tool: data.tool });
	const { attempt, tool, input_file_id: inputFileId, user_id: userId, sealed_secrets: sealed } = data;
	const params = () => ({ ...data.params, ...(sealed && deps.sealer.open(sealed, jobId)) });
	const pageLimit = { pages: data.max_pages, onPro: data.pro_max_pages };
	const { background: isBackground = false, preempted } = data;
	return { id: jobId, attempt, tool, params, pageLimit, isBackground, preempted, inputFileId, userId };
}

/**
 * Reports an outcome. Retries until the broker has confirmed it, or the signal is aborted: the attempt is no longer the current one, or the
 * worker stops.
 */
export async function reportOutcome(
	deps: JobsClientDeps,
	job: GrantedJob,
	ended: { outcome: JobOutcome; compute_ms: number },
	signal: AbortSignal,
): Promise<void> {
	const data = { job_id: job.id, attempt: job.attempt, ...ended };
	const event = newEvent(jobFinished, data, currentRequestId());
	await retry(() => deps.publish(event), { signal, retryable: () => true });
	crashPoint('worker.outcome-confirmed');
}

/** A shutdown waits no longer than this. */
const RETURN_TIMEOUT_MS = 3_000;

/**
 * Returns a job, so that it runs on another worker or later. Never rejects: if the jobs service can't be reached, the job runs again when
 * its lease has expired.
 */
export async function returnJob(
	deps: JobsClientDeps,
	job: GrantedJob,
	estimate: RuntimeEstimate,
): Promise<void> {
	const body = { attempt: job.attempt, ...estimate };
	const sendReturn = () => deps.jobs(returnJobOperation, { params: { id: job.id }, body });
	const signal = AbortSignal.timeout(RETURN_TIMEOUT_MS);
	await retry(sendReturn, { signal, retryable: () => true }).catch((error: unknown) => {
		deps.logger.warn('job.return_failed', { job_id: job.id, error });
	});
}

const MIN_PROGRESS_INTERVAL_MS = 200;

/** Returns a function that publishes percents, at most five per second. A skipped or lost one is superseded by the next. */
export function createProgressReporter(
	{ publish }: Pick<JobsClientDeps, 'publish'>,
	job: Pick<GrantedJob, 'id' | 'attempt'>,
): ToolRequest['onProgress'] {
	const requestId = currentRequestId();
	let sentAtMs = Number.NEGATIVE_INFINITY;
	return (percent, detail) => {
		const nowMs = performance.now();
		if (nowMs - sentAtMs < MIN_PROGRESS_INTERVAL_MS) return;
		sentAtMs = nowMs;
		const data = { job_id: job.id, attempt: job.attempt, progress: percent, progress_detail: detail };
		publish(newEvent(jobProgressed, data, requestId)).catch(() => undefined);
	};
}
