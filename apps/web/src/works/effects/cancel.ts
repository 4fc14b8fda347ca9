import { ApiError, type CreatedJob, type Job } from '@creatorr/client';
import { problemOf } from '../problem-of.ts';
import type { Work } from '../work.ts';
import type { EffectContext } from './context.ts';
import { hasSecrets, post } from './create.ts';
import { findCreated } from './find-created.ts';
import { pause } from './pause.ts';

const AFTER_TROUBLE_MS = 2_000;

/** Ends the job; one that was faster has its own end. */
export async function cancel(work: Work, context: EffectContext): Promise<void> {
	for (;;) {
		try {
			const job = await endJob(work, context);
			return context.report(job ? { type: 'job', job, at: Date.now() } : { type: 'canceled' });
		} catch (error) {
			if (context.signal.aborted) return;
			const { code } = problemOf(error);
			if (code === 'unauthorized') return;
			// the API knows of no such job, and never will
			if (error instanceof ApiError && error.status < 500 && code !== 'rate_limited') {
				return context.report({ type: 'canceled' });
			}
			await pause(AFTER_TROUBLE_MS, context.signal);
		}
	}
}

async function endJob(work: Work, context: EffectContext): Promise<Job | undefined> {
	const { api, signal } = context;
	const known = work.stage.kind === 'canceling' ? work.stage.jobId : null;
	const jobId = known ?? (await jobUnanswered(work, context))?.id;
	if (jobId === undefined) return undefined;
	try {
		return await api.jobs.cancel(jobId, { signal });
	} catch (error) {
		if (error instanceof ApiError && error.code === 'job_finished') return api.jobs.get(jobId, { signal });
		throw error;
	}
}

/**
 * A try to create it may be there, or even on its way: the same request gets hold of that very job. Where a reload has lost
 * its secrets the request can't be repeated, and has long come to its end.
 */
async function jobUnanswered(work: Work, context: EffectContext): Promise<CreatedJob | Job | undefined> {
	if (!hasSecrets(work, context)) return findCreated(work, context);
	try {
		return await post(work, context);
	} catch (error) {
		if (problemOf(error).code === 'idempotency_conflict') return findCreated(work, context);
		throw error;
	}
}
