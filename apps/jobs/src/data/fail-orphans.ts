import { inTransaction } from '@creatorr/database/transaction';
import { TOOL_GONE } from '../domain/attempt.ts';
import { IS_DISPATCHABLE, IS_IN_FLIGHT } from './dispatch-state.ts';
import { failJob } from './end-job.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient } from './prisma.ts';

interface OrphanInput {
	/** The tools of this process's catalogue. */
	tools: readonly string[];
	/** A worker that was not heard for longer counts for nothing. */
	workerLifetimeMs: number;
	/** While replicas are being replaced some know tools that others do not know (yet). */
	graceMs: number;
}

const BATCH_SIZE = 100;

/**
 * Fails the jobs whose tool has left the catalogue, as nobody would ever run them: those that wait or lost their worker, were made
 * long ago and find no living worker that has the tool. Answers their ids. Safe to run on several replicas at once.
 */
export async function failOrphans(prisma: PrismaClient, input: OrphanInput): Promise<string[]> {
	const failed: string[] = [];
	for (let more = true; more; ) {
		const ids = await findOrphans(prisma, input);
		const before = failed.length;
		for (const id of ids) if (await failOrphan(prisma, id)) failed.push(id);
		more = ids.length === BATCH_SIZE && failed.length > before;
	}
	return failed;
}

/** In two halves, each of which reads a partial index and no job that has ended. */
async function findOrphans(
	prisma: PrismaClient,
	{ tools, workerLifetimeMs, graceMs }: OrphanInput,
): Promise<string[]> {
	const rows = await prisma.$queryRaw<{ id: string }[]>`
		WITH unfinished AS (
			SELECT id, tool, created_at FROM jobs WHERE ${IS_DISPATCHABLE}
			UNION ALL
			SELECT id, tool, created_at FROM jobs
			WHERE ${IS_IN_FLIGHT} AND lease_expires_at IS NULL
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

/** False when it has ended meanwhile, or a worker has it all the same. */
async function failOrphan(prisma: PrismaClient, jobId: string): Promise<boolean> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || job.leaseExpiresAt) return false;
		return await failJob(tx, job, TOOL_GONE);
	});
}
