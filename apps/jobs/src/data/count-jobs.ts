import type { PrismaClient, Tx } from './prisma.ts';

interface JobCounts {
	/** With a worker, or asked for one. */
	active: number;
	/** Not started yet, or put back until there is room for what takes long. */
	queued: number;
}

/** How many of a user's jobs count towards the limits of the plan; one that is asked for and not started counts as both. */
export async function countJobs(tx: PrismaClient | Tx, userId: string): Promise<JobCounts> {
	const rows = await tx.$queryRaw<JobCounts[]>`
		SELECT count(released_at)::int AS active, count(*) FILTER (WHERE status = 'queued' OR released_at IS NULL)::int AS queued
		FROM jobs WHERE user_id = ${userId} AND status IN ('queued', 'running')`;
	return rows[0] ?? { active: 0, queued: 0 };
}
