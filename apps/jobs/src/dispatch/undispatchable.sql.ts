import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import { IS_ACTIVE, IS_DISPATCHABLE } from '../lifecycle/dispatch-state.sql.ts';
import { type Failure, failJob } from '../lifecycle/end-job.sql.ts';
import { lockJob } from '../lifecycle/job.sql.ts';

/** Not `internal`: it isn't a bug, and a retry wouldn't help. */
const TOOL_REMOVED: Failure = {
	code: 'tool_failed',
	message: 'This tool is no longer available. Choose another tool.',
};

const START_FAILED: Failure = {
	code: 'internal',
	message: 'The job couldn’t be started. Try again.',
};

interface OrphanInput {
	/** The tools of this process's catalog. */
	tools: readonly string[];
	/** A worker without a heartbeat for longer doesn't count. */
	workerLifetimeMs: number;
	/** Younger jobs are kept: during a rolling update, some replicas know tools that others don't. */
	graceMs: number;
}

const BATCH_SIZE = 100;

/**
 * Fails jobs whose tool has left the catalog, because no worker would ever run them: jobs without a worker that were created
 * before the grace period and whose tool no live worker has. Returns their ids. Safe to run on several replicas at once.
 */
export async function failOrphans(prisma: Database, input: OrphanInput): Promise<string[]> {
	const failed: string[] = [];
	let ids: string[];
	let before: number;
	do {
		ids = await findOrphans(prisma, input);
		before = failed.length;
		for (const id of ids) if (await failUnlessLeased(prisma, id, TOOL_REMOVED)) failed.push(id);
	} while (ids.length === BATCH_SIZE && failed.length > before);
	return failed;
}

/** Each half reads a partial index and no job that has ended. */
async function findOrphans(
	prisma: Database,
	{ tools, workerLifetimeMs, graceMs }: OrphanInput,
): Promise<string[]> {
	const rows = await prisma.$queryRaw<{ id: string }[]>`
		WITH unfinished AS (
			SELECT id, tool, created_at FROM jobs WHERE ${IS_DISPATCHABLE}
			UNION ALL
			SELECT id, tool, created_at FROM jobs
			WHERE ${IS_ACTIVE} AND lease_expires_at IS NULL
		)
		SELECT id FROM unfinished
		WHERE tool <> ALL (${tools}) AND created_at < now() - make_interval(secs => ${graceMs / 1000})
			AND NOT EXISTS (
				SELECT 1 FROM workers
				WHERE coalesce((slots ->> tool)::numeric, 0) > 0
					AND seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})
			)
		LIMIT ${BATCH_SIZE}`;
	return rows.map(({ id }) => id);
}

/**
 * Fails a job whose request was dead-lettered. Returns false when the job has ended, or when a worker runs it, because a request may be
 * sent twice.
 */
export function failDeadLettered(prisma: Database, jobId: string): Promise<boolean> {
	return failUnlessLeased(prisma, jobId, START_FAILED);
}

async function failUnlessLeased(prisma: Database, jobId: string, failure: Failure): Promise<boolean> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || job.leaseExpiresAt) return false;
		return await failJob(tx, job, failure);
	});
}
