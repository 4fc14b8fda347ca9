import { IS_DISPATCHABLE, IS_IN_FLIGHT } from './dispatch-state.ts';
import type { PrismaClient, Tx } from './prisma.ts';

interface JobCounts {
	/** With a worker, or asked for one. */
	active: number;
	/** Not started yet, or deferred until a background slot is free. */
	queued: number;
}

/** How many of a user's jobs count towards the limits of the plan; one that is asked for and not started counts as both. */
export async function countJobs(tx: PrismaClient | Tx, userId: string): Promise<JobCounts> {
	const rows = await tx.$queryRaw<JobCounts[]>`
		SELECT count(*) FILTER (WHERE ${IS_IN_FLIGHT})::int AS active,
			count(*) FILTER (WHERE status = 'queued' OR ${IS_DISPATCHABLE})::int AS queued
		FROM jobs WHERE user_id = ${userId} AND status IN ('queued', 'running')`;
	return rows[0] ?? { active: 0, queued: 0 };
}
