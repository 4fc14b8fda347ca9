import type { PrismaClient } from './prisma.ts';

interface RecentFailure {
	job_id: string;
	tool: string;
	error_code: string | null;
	/** Finds the log lines. */
	request_id: string;
	ended_at: Date | null;
}

/** How far back is looked: ids of jobs begin with their time. */
const JOBS_LOOKED_AT = 10_000;

/** The last failures among the newest jobs, the newest first; nothing of a user. */
export async function readFailures(prisma: PrismaClient, limit: number): Promise<RecentFailure[]> {
	return await prisma.$queryRaw<RecentFailure[]>`
		SELECT id AS job_id, tool, error_code, request_id, finished_at AS ended_at
		FROM (SELECT * FROM jobs ORDER BY id DESC LIMIT ${JOBS_LOOKED_AT}) AS newest
		WHERE status = 'failed' ORDER BY finished_at DESC LIMIT ${limit}`;
}
