import type { PrismaClient, Tx } from '../database.sql.ts';
import { IS_DISPATCHABLE, IS_IN_FLIGHT } from '../dispatch/dispatch-state.sql.ts';

interface JobCounts {
	/** A worker runs them or was requested for them. */
	active: number;
	/** Not started yet, or deferred until a background slot is free. */
	queued: number;
}

/** Counts a user's jobs that count towards the plan's limits. A dispatched job that has not started counts as both. */
export async function countJobs(tx: PrismaClient | Tx, userId: string): Promise<JobCounts> {
	const rows = await tx.$queryRaw<JobCounts[]>`
		SELECT count(*) FILTER (WHERE ${IS_IN_FLIGHT})::int AS active,
			count(*) FILTER (WHERE status = 'queued' OR ${IS_DISPATCHABLE})::int AS queued
		FROM jobs WHERE user_id = ${userId} AND status IN ('queued', 'running')`;
	return rows[0] ?? { active: 0, queued: 0 };
}
