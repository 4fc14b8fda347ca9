import type { ClaimResponse } from '@creatorr/contracts/internal/jobs';
import type { Tx } from '../database.sql.ts';
import { findPair, type PreemptionInput } from '../dispatch/preempt-job.sql.ts';
import { chargedMs } from '../lifecycle/compute-charge.ts';
import { IS_ACTIVE } from '../lifecycle/dispatch-state.sql.ts';
import { recordLastRun } from '../lifecycle/end-job.sql.ts';
import { type LockedJob, lockJob } from '../lifecycle/job.sql.ts';
import { returnLockedAttempt } from './return.sql.ts';
import { attemptState } from './transitions.ts';

export type PreemptedAttempt = NonNullable<Extract<ClaimResponse, { answer: 'granted' }>['preempted']>;

/**
 * Returns whether a worker may run one more background job, by its last heartbeat and the committed claims: two claims at the same time may
 * both get the last slot, and then the worker returns one of the jobs. A worker of release 0.3.0, or with `BACKGROUND_SLOTS` 0,
 * runs any number of them, because it keeps their messages until they end.
 */
export async function hasBackgroundSlot(
	tx: Tx,
	{ id }: Pick<LockedJob, 'id'>,
	workerId: string,
): Promise<boolean> {
	const full = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM workers WHERE id = ${workerId} AND background_slots BETWEEN 1 AND (
			SELECT count(*) FROM jobs WHERE ${IS_ACTIVE} AND background AND lease_expires_at IS NOT NULL
				AND worker_id = ${workerId} AND id <> ${id})`;
	return full.length === 0;
}

interface ClaimInput extends Omit<PreemptionInput, 'tools'> {
	workerId: string;
	storing?: readonly string[] | undefined;
}

/**
 * Preempts a job of the worker that claims a locked, deferred job: ends its attempt, and defers it. The wait of its user's jobs of the tool
 * starts again. Returns the preempted attempt, or undefined if no job of the worker may be preempted, or another transaction is changing it.
 */
export async function preemptFor(
	tx: Tx,
	{ id: jobId, tool }: LockedJob,
	{ workerId, storing = [], ...input }: ClaimInput,
): Promise<PreemptedAttempt | undefined> {
	const pair = await findPair(tx, { ...input, tools: [tool] }, { jobId, workerId, storing });
	// Waiting for a lock here could end in a deadlock: its holder may be a claim that waits for the lock of dispatch.
	const preempted = pair && (await lockJob(tx, pair.preemptedId, { skipLocked: true }));
	if (!preempted || attemptState(preempted, pair.preemptedAttempt) !== 'running') return undefined;
	await returnLockedAttempt(tx, preempted, { reason: 'preempted' });
	await recordLastRun(tx, preempted);
	await recordOverrun(tx, preempted);
	return { job_id: preempted.id, attempt: preempted.attempt };
}

/** Records how long a preempted attempt has run, if that is longer than its job was expected to take. Not per tool: users may change the tool. */
async function recordOverrun(tx: Tx, preempted: LockedJob): Promise<void> {
	const { id, now } = preempted;
	const ms = chargedMs(preempted, {});
	await tx.$executeRaw`
		INSERT INTO compute_usage (user_id, day, milliseconds, overrun_ms)
		SELECT user_id, (${now}::timestamptz AT TIME ZONE 'UTC')::date, 0, ${ms}::int FROM jobs
		WHERE id = ${id} AND ${ms}::int > 1000 * coalesce(expected_seconds, 0)::bigint
		ON CONFLICT (user_id, day) DO UPDATE SET overrun_ms = greatest(compute_usage.overrun_ms, excluded.overrun_ms)`;
}
