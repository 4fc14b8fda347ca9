import { formatDuration } from '@creatorr/contracts/format';
import type { Plans } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import { IS_ACTIVE, RUNNING_MS } from '../lifecycle/dispatch-state.sql.ts';
import { failJob } from '../lifecycle/end-job.sql.ts';
import { lockJob } from '../lifecycle/job.sql.ts';

/** Running jobs may finish until they have used this many times the compute quota of the day. */
const MAX_QUOTAS = 2;

interface RunningJob {
	id: string;
	attempt: number;
	computeMs: number;
	/** Of the user today, with the jobs that run now. */
	usedSeconds: number;
}

/**
 * Fails the running jobs of users who have used {@link MAX_QUOTAS} times their compute quota today. Otherwise, a user could start as many
 * long jobs as the plan allows with the last second of the quota. Returns the ids of the jobs. Safe to run on several replicas at once.
 */
export async function failJobsOverQuota(prisma: Database, plans: Plans): Promise<string[]> {
	const failed: string[] = [];
	for (const job of await findJobsOverQuota(prisma, plans))
		if (await failRunning(prisma, job)) failed.push(job.id);
	return failed;
}

async function findJobsOverQuota(prisma: Database, plans: Plans): Promise<RunningJob[]> {
	const limits = JSON.stringify(
		Object.fromEntries(
			Object.entries(plans).map(([plan, { computeSecondsPerDay }]) => [plan, 1000 * computeSecondsPerDay]),
		),
	);
	return await prisma.$queryRaw<RunningJob[]>`
		WITH running AS (
			SELECT id, attempt, user_id, (${RUNNING_MS}) AS ms, sum(${RUNNING_MS}) OVER (PARTITION BY user_id) AS user_ms
			FROM jobs WHERE ${IS_ACTIVE} AND lease_expires_at IS NOT NULL
		), used AS (
			SELECT running.*, coalesce(accounts.plan::text, 'free') AS plan,
				user_ms + coalesce(compute_usage.milliseconds, 0) AS used_ms
			FROM running LEFT JOIN accounts USING (user_id)
			LEFT JOIN compute_usage ON compute_usage.user_id = running.user_id
				AND compute_usage.day = (now() AT TIME ZONE 'UTC')::date
		)
		SELECT id, attempt, ms::int AS "computeMs", (used_ms / 1000)::int AS "usedSeconds"
		FROM used WHERE used_ms >= ${MAX_QUOTAS}::int * nullif((${limits}::jsonb ->> plan)::bigint, 0)`;
}

/** Returns false when the attempt has ended meanwhile, or its outcome is being applied. */
async function failRunning(prisma: Database, { id, attempt, computeMs, usedSeconds }: RunningJob) {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, id);
		if (!job?.leaseExpiresAt || job.attempt !== attempt || job.finishing) return false;
		const used = `Your jobs used ${formatDuration(usedSeconds)} of processing time today`;
		const message = `${used}, twice what your plan allows. Split the file, or wait until 00:00 UTC.`;
		return await failJob(tx, job, { code: 'limit_exceeded', message }, computeMs);
	});
}
