import { ApiError, type Job } from '@creatorr/client';
import { takeSlot } from '../locks.ts';
import type { Problem, Work } from '../work.ts';
import type { EffectContext } from './context.ts';
import { pause } from './pause.ts';

/** Browsers open six connections to one server, over all tabs; the others have to be free for calls. */
const MAX_STREAMS = 3;
const AFTER_TROUBLE_MS = 3_000;

/** Follows the job to its end: by a stream of its own, or together with others where there are too many. */
export async function watch(work: Work, context: EffectContext): Promise<void> {
	const { stage } = work;
	if (stage.kind !== 'queued' && stage.kind !== 'running') return;
	for (;;) {
		const free = await takeSlot('creatorr.stream', MAX_STREAMS);
		try {
			const isDone = free ? await follow(stage.jobId, context) : await look(stage.jobId, context);
			if (isDone) return;
		} catch (error) {
			if (context.signal.aborted) return;
			if (error instanceof ApiError && error.code === 'unauthorized') return;
			if (error instanceof ApiError && error.code === 'not_found') return tellGone(context);
			await pause(AFTER_TROUBLE_MS, context.signal);
		} finally {
			free?.();
		}
	}
}

async function follow(jobId: string, { api, report, signal }: EffectContext): Promise<boolean> {
	for await (const job of api.jobs.watch(jobId, { signal })) {
		report({ type: 'job', job, at: Date.now() });
		if (hasEnded(job)) return true;
	}
	return false;
}

async function look(jobId: string, context: EffectContext): Promise<boolean> {
	const job = await context.poller.next(jobId, context.signal);
	if (!job) {
		tellGone(context);
		return true;
	}
	context.report({ type: 'job', job, at: Date.now() });
	return hasEnded(job);
}

function hasEnded({ status }: Job): boolean {
	return status !== 'queued' && status !== 'running';
}

const GONE: Problem = { code: 'job_deleted', message: '', details: [] };

function tellGone({ report }: EffectContext): void {
	report({ type: 'failed', problem: GONE });
}
