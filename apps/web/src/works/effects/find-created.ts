import type { Job } from '@creatorr/client';
import type { Work } from '../work.ts';
import type { EffectContext } from './context.ts';

/** The job that an earlier try has created, though its answer never came: the API knows it by the work's key. */
export async function findCreated(
	{ idempotencyKey }: Work,
	{ api, signal }: EffectContext,
): Promise<Job | undefined> {
	const { data } = await api.jobs.list({ idempotency_key: idempotencyKey }, { signal });
	return data[0];
}
