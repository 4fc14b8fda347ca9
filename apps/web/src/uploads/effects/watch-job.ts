import { ApiError, type FileRow, type Job } from '@creatorr/client';
import { acquireSlot } from '../tabs.ts';
import type { Problem, Upload } from '../upload.ts';
import { type EffectContext, sleep } from './effect-context.ts';

/** Browsers open six connections to an HTTP/1.1 server over all tabs: half of them stay free for calls. */
const MAX_STREAMS = 3;
const RETRY_DELAY_MS = 3_000;

/** Reports the job's state until it ends: from an event stream while a stream slot is free, else from the shared poller. */
export async function watchJob({ stage }: Upload, context: EffectContext): Promise<void> {
	if (stage.kind !== 'queued' && stage.kind !== 'running') return;
	const { report, signal } = context;
	while (true) {
		try {
			if (await streamOrPollJob(stage.jobId, context)) return;
		} catch (error) {
			if (signal.aborted) return;
			if (error instanceof ApiError && error.code === 'unauthorized') return;
			if (error instanceof ApiError && error.code === 'not_found') {
				return report({ type: 'failed', problem: JOB_DELETED });
			}
			await sleep(RETRY_DELAY_MS, signal);
		}
	}
}

/** Returns whether the job has ended. Holds a slot only while it streams, not while the caller waits for a retry. */
async function streamOrPollJob(jobId: string, context: EffectContext): Promise<boolean> {
	const release = await acquireSlot('creatorr.stream', MAX_STREAMS);
	try {
		return await (release ? streamJob(jobId, context) : pollJob(jobId, context));
	} finally {
		release?.();
	}
}

async function streamJob(jobId: string, { api, report, signal }: EffectContext): Promise<boolean> {
	for await (const job of api.jobs.watch(jobId, { signal })) {
		report({ type: 'job', job, at: Date.now() });
		if (isEnded(job)) return true;
	}
	return false;
}

async function pollJob(jobId: string, { poller, report, signal }: EffectContext): Promise<boolean> {
	const job = await poller.next(jobId, signal);
	if (!job) {
		report({ type: 'failed', problem: JOB_DELETED });
		return true;
	}
	report({ type: 'job', job, at: Date.now() });
	return isEnded(job);
}

function isEnded({ status }: Job): boolean {
	return status !== 'queued' && status !== 'running';
}

const JOB_DELETED: Problem = { code: 'job_deleted', message: '', details: [] };

/** Fetches the name and type of the output. */
export async function fetchOutput({ stage }: Upload, { api, report, signal }: EffectContext): Promise<void> {
	if (stage.kind !== 'succeeded') return;
	const id = stage.job.output_file_id;
	if (id === undefined) return report({ type: 'output', output: 'gone' });
	while (true) {
		try {
			const { download_url: _, ...output } = await api.files.get(id, { signal });
			return report({ type: 'output', output: output satisfies FileRow });
		} catch (error) {
			if (signal.aborted) return;
			const code = error instanceof ApiError ? error.code : undefined;
			if (code === 'unauthorized') return;
			if (code === 'not_found') return report({ type: 'output', output: 'gone' });
			await sleep(RETRY_DELAY_MS, signal);
		}
	}
}
