import { ApiError, type Job } from '@creatorr/client';
import type { Report } from '../transitions.ts';
import { newId, type Problem, type Upload } from '../upload.ts';
import { type EffectContext, problemOf, sleep } from './effect-context.ts';

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15_000;

/** Creates the job. All tries have the upload's idempotency key, so there is one job at most. */
export async function createJob(upload: Upload, context: EffectContext): Promise<void> {
	const { report, signal } = context;
	if (!hasSecrets(upload, context)) return report({ type: 'secrets-lost' });
	for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
		try {
			return report(await createOnce(upload, context));
		} catch (error) {
			if (signal.aborted) return;
			const problem = problemOf(error);
			// the next sign-in starts this effect again
			if (problem.code === 'unauthorized') return;
			const mayRetry = error instanceof ApiError ? error.retryable : problem.code === 'no_connection';
			if (!mayRetry) return report(reportOf(problem));
			report({ type: 'creation-struggles', isRateLimited: problem.code === 'rate_limited' });
			const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : undefined;
			await sleep(Math.max(delayMs, retryAfterMs ?? 0), signal);
		}
	}
}

async function createOnce(upload: Upload, context: EffectContext): Promise<Report> {
	try {
		return { type: 'job', job: await postJob(upload, context), at: Date.now() };
	} catch (error) {
		if (problemOf(error).code !== 'idempotency_conflict') throw error;
		// the job was created before a reload, after which the user entered another password: it still belongs to this upload
		const job = await findCreatedJob(upload, context);
		return job ? { type: 'job', job, at: Date.now() } : { type: 'key-taken', key: newId() };
	}
}

/** Whether all secrets that the job needs are known. */
export function hasSecrets(upload: Upload, { secretsOf }: EffectContext): boolean {
	const known = secretsOf(upload.id);
	return upload.secretNames.every((name) => Object.hasOwn(known, name));
}

export function postJob(upload: Upload, { api, secretsOf, signal }: EffectContext) {
	const known = secretsOf(upload.id);
	const secrets = Object.fromEntries(upload.secretNames.map((name) => [name, known[name]]));
	const params = { ...upload.params, ...secrets };
	return api.jobs.create(
		{ tool: upload.tool, input_file_id: upload.remoteFile?.fileId ?? '', params },
		{ idempotencyKey: upload.idempotencyKey, signal },
	);
}

/** Finds the job of an earlier try whose response was lost, by the idempotency key. */
export async function findCreatedJob(
	{ idempotencyKey }: Upload,
	{ api, signal }: EffectContext,
): Promise<Job | undefined> {
	const { data } = await api.jobs.list({ idempotency_key: idempotencyKey }, { signal });
	return data[0];
}

function reportOf(problem: Problem): Report {
	switch (problem.code) {
		case 'not_found':
		case 'file_not_uploaded':
			return { type: 'upload-lost' };
		default:
			return { type: 'failed', problem };
	}
}
