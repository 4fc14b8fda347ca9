import type { Database, Tx } from '../database.sql.ts';
import { IS_ACTIVE, IS_DISPATCHABLE, RUNNING_MS } from '../lifecycle/dispatch-state.sql.ts';

interface JobCounts {
	/** A worker runs them or was requested for them. */
	active: number;
	/** Not started yet, or deferred until a background slot is free. */
	queued: number;
}

/** Counts a user's jobs that count towards the plan's limits. A dispatched job that has not started counts as both. */
export async function countJobs(tx: Database | Tx, userId: string): Promise<JobCounts> {
	const rows = await tx.$queryRaw<JobCounts[]>`
		SELECT count(*) FILTER (WHERE ${IS_ACTIVE})::int AS active,
			count(*) FILTER (WHERE status = 'queued' OR ${IS_DISPATCHABLE})::int AS queued
		FROM jobs WHERE user_id = ${userId} AND status IN ('queued', 'running')`;
	return rows[0] ?? { active: 0, queued: 0 };
}

/**
 * Returns how long tools ran for a user today, in whole seconds, with the jobs that run now. The day is that of UTC, by the database's
 * clock.
 */
export async function readComputeSeconds(tx: Database | Tx, userId: string): Promise<number> {
	const rows = await tx.$queryRaw<{ seconds: number }[]>`
		SELECT ((coalesce((
				SELECT milliseconds FROM compute_usage
				WHERE user_id = ${userId} AND day = (now() AT TIME ZONE 'UTC')::date), 0)
			+ coalesce(sum(${RUNNING_MS}), 0)) / 1000)::int AS seconds
		FROM jobs WHERE user_id = ${userId} AND status = 'running'`;
	return rows[0]?.seconds ?? 0;
}
