import { ApiError } from '@creatorr/client';
import { newId } from '../new-id.ts';
import { problemOf } from '../problem-of.ts';
import type { Report } from '../transitions.ts';
import type { Problem, Work } from '../work.ts';
import type { EffectContext } from './context.ts';
import { findCreated } from './find-created.ts';
import { pause } from './pause.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** They pass: nobody answered, or whoever did has asked to come back. */
const PASSING: readonly string[] = ['no_connection', 'upstream_unavailable', 'rate_limited', 'internal'];

/** Creates the job, once, however often the call has to be repeated: the key is the work's. */
export async function create(work: Work, context: EffectContext): Promise<void> {
	const { report } = context;
	if (!hasSecrets(work, context)) return report({ type: 'secrets-lost' });
	for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
		try {
			return report(await tryOnce(work, context));
		} catch (error) {
			if (context.signal.aborted) return;
			const problem = problemOf(error);
			// whoever signs in again begins this again
			if (problem.code === 'unauthorized') return;
			if (!PASSING.includes(problem.code)) return report(whatCameOf(problem));
			report({ type: 'creation-struggles' });
			const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
			await pause(Math.max(pauseMs, asked ?? 0), context.signal);
		}
	}
}

async function tryOnce(work: Work, context: EffectContext): Promise<Report> {
	try {
		return { type: 'job', job: await post(work, context), at: Date.now() };
	} catch (error) {
		if (problemOf(error).code !== 'idempotency_conflict') throw error;
		// created before a reload, with a password that was typed otherwise since: it is this work's job all the same
		const job = await findCreated(work, context);
		return job ? { type: 'job', job, at: Date.now() } : { type: 'key-taken', key: newId() };
	}
}

/** Whether all secrets that the job needs are still known. */
export function hasSecrets(work: Work, { secretsOf }: EffectContext): boolean {
	const known = secretsOf(work.id);
	return work.secretNames.every((name) => Object.hasOwn(known, name));
}

export function post(work: Work, { api, secretsOf, signal }: EffectContext) {
	const known = secretsOf(work.id);
	const secrets = Object.fromEntries(work.secretNames.map((name) => [name, known[name]]));
	const params = { ...work.params, ...secrets };
	return api.jobs.create(
		{ tool: work.tool, input_file_id: work.upload?.fileId ?? '', params },
		{ idempotencyKey: work.idempotencyKey, signal },
	);
}

function whatCameOf(problem: Problem): Report {
	switch (problem.code) {
		case 'not_found':
		case 'file_not_uploaded':
			return { type: 'upload-lost' };
		default:
			return { type: 'failed', problem };
	}
}
