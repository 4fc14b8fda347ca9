import type { Database } from '../database.sql.ts';
import { readWorkers } from '../workers/workers.sql.ts';

const FAILURES = 10;
/** Job ids begin with the time of creation, so the highest ids are the newest jobs. */
const JOBS_SEARCHED = 10_000;

/** Returns the live workers and the last failures, for `GET /health/jobs`. Contains nothing of a user. */
export async function readReport(prisma: Database, workerLifetimeMs: number): Promise<object> {
	const [workers, failures] = await Promise.all([
		readWorkers(prisma, workerLifetimeMs),
		readFailures(prisma, FAILURES),
	]);
	return {
		workers: workers.map(({ id, slots, running, silentSeconds }) => ({
			id,
			slots,
			running,
			silent_seconds: silentSeconds,
		})),
		recent_failures: failures,
	};
}

interface RecentFailure {
	job_id: string;
	tool: string;
	error_code: string | null;
	/** Finds the log lines. */
	request_id: string;
	ended_at: Date | null;
}

/** Returns the last failures among the newest jobs, newest first. */
async function readFailures(prisma: Database, limit: number): Promise<RecentFailure[]> {
	return await prisma.$queryRaw<RecentFailure[]>`
		SELECT id AS job_id, tool, error_code, request_id, finished_at AS ended_at
		FROM (SELECT * FROM jobs ORDER BY id DESC LIMIT ${JOBS_SEARCHED}) AS newest
		WHERE status = 'failed' ORDER BY finished_at DESC LIMIT ${limit}`;
}
