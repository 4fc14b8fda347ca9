import { ApiError, type Job } from '@creatorr/client';
import { problemOf } from '../problem-of.ts';
import type { Work } from '../work.ts';
import type { EffectContext } from './context.ts';
import { post } from './create.ts';
import { pause } from './pause.ts';

const AFTER_TROUBLE_MS = 2_000;

/** Ends the job; one that was faster has its own end. */
export async function cancel(work: Work, context: EffectContext): Promise<void> {
	for (;;) {
		try {
			return context.report({ type: 'job', job: await endJob(work, context), at: Date.now() });
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

async function endJob(work: Work, context: EffectContext): Promise<Job> {
	const { api, signal } = context;
	const known = work.stage.kind === 'canceling' ? work.stage.jobId : null;
	// it may be there, unanswered: the same key finds it out
	const jobId = known ?? (await post(work, context)).id;
	try {
		return await api.jobs.cancel(jobId, { signal });
	} catch (error) {
		if (error instanceof ApiError && error.code === 'job_finished') return api.jobs.get(jobId, { signal });
		throw error;
	}
}
