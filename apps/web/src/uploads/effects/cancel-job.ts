import { ApiError, type CreatedJob, type Job } from '@creatorr/client';
import type { Upload } from '../upload.ts';
import { findCreatedJob, hasSecrets, postJob } from './create-job.ts';
import { type EffectContext, problemOf, sleep } from './effect-context.ts';

const RETRY_DELAY_MS = 2_000;

/** Cancels the job and reports how it ended. A job that ended first keeps its outcome. */
export async function cancelJob(upload: Upload, context: EffectContext): Promise<void> {
	while (true) {
		try {
			const job = await cancelOnce(upload, context);
			return context.report(job ? { type: 'job', job, at: Date.now() } : { type: 'canceled' });
		} catch (error) {
			if (context.signal.aborted) return;
			const { code } = problemOf(error);
			if (code === 'unauthorized') return;
			// a refusal means that there is no such job
			if (error instanceof ApiError && error.status < 500 && code !== 'rate_limited') {
				return context.report({ type: 'canceled' });
			}
			await sleep(RETRY_DELAY_MS, context.signal);
		}
	}
}

async function cancelOnce(upload: Upload, context: EffectContext): Promise<Job | undefined> {
	const { api, signal } = context;
	const known = upload.stage.kind === 'canceling' ? upload.stage.jobId : null;
	const jobId = known ?? (await unansweredJob(upload, context))?.id;
	if (jobId === undefined) return undefined;
	try {
		return await api.jobs.cancel(jobId, { signal });
	} catch (error) {
		if (error instanceof ApiError && error.code === 'job_finished') return api.jobs.get(jobId, { signal });
		throw error;
	}
}

/**
 * Returns the job of a creation whose response was lost or is still on its way: the same request with the same key returns that job. After
 * a reload that lost the secrets, the request can't be repeated. By then that request has ended, so the job is found by its key.
 */
async function unansweredJob(upload: Upload, context: EffectContext): Promise<CreatedJob | Job | undefined> {
	if (!hasSecrets(upload, context)) return findCreatedJob(upload, context);
	try {
		return await postJob(upload, context);
	} catch (error) {
		if (problemOf(error).code === 'idempotency_conflict') return findCreatedJob(upload, context);
		throw error;
	}
}
