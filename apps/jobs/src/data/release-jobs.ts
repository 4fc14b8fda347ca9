import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient, Tx } from './prisma.ts';
import { requestWorker } from './request-worker.ts';

interface ReleaseInput {
	tool: string;
	/** Released beyond the free slots, so that a worker never waits for its next job. */
	margin: number;
	/** A worker that was not heard for longer counts for nothing. */
	workerLifetimeMs: number;
	/** A job that no worker took for so long, although one was free, is asked for again: its message must be lost. */
	unclaimedAfterMs: number;
}

interface Capacity {
	slots: number;
	/** Released and not ended. */
	inFlight: number;
	/** Of those, with a worker. */
	leased: number;
}

interface Released {
	id: string;
	requestId: string;
}

/** More than any fleet has: what a worker says of itself must not make numbers overflow. */
const MAX_SLOTS = 1_000_000;

/** Advisory locks are told apart by their first number. */
const TOOL_LOCKS = 2;

/**
 * Asks workers for as many waiting jobs of a tool as they have free slots for, plus the margin: higher priority first, then
 * users with fewer jobs in flight, then older jobs. One replica at a time does so for a tool, so that together they never
 * release more. Answers how many were released.
 */
export async function releaseJobs(prisma: PrismaClient, input: ReleaseInput): Promise<number> {
	const { tool, margin } = input;
	return await inTransaction(prisma, async (tx) => {
		// In a statement of its own: only what begins after the lock is had sees what its last holder committed.
		await tx.$executeRaw`SELECT pg_advisory_xact_lock(${TOOL_LOCKS}::int, hashtext(${tool}))`;
		const { slots, inFlight, leased } = await readCapacity(tx, input);
		const free = slots + margin - inFlight;
		const released = [
			...(free > 0 ? await releaseFairly(tx, tool, free) : []),
			...(leased < Math.min(slots, inFlight) ? await releaseUnclaimed(tx, input) : []),
		];
		for (const job of released) await requestWorker(tx, { ...job, tool });
		return released.length;
	});
}

async function readCapacity(tx: Tx, { tool, workerLifetimeMs }: ReleaseInput): Promise<Capacity> {
	const rows = await tx.$queryRaw<Capacity[]>`
		SELECT
			(SELECT least(coalesce(sum((slots ->> ${tool})::numeric), 0), ${MAX_SLOTS}::int)::int FROM workers
				WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})) AS slots,
			count(*)::int AS "inFlight",
			count(lease_expires_at)::int AS leased
		FROM jobs
		WHERE tool = ${tool} AND status IN ('queued', 'running') AND released_at IS NOT NULL`;
	return rows[0] ?? { slots: 0, inFlight: 0, leased: 0 };
}

/**
 * Looks at no more than `count` jobs of each user that waits, and finds these users by leaping through the index from one to
 * the next: the length of the queues does not matter. `turn` counts a user's jobs in flight as the ones before.
 */
async function releaseFairly(tx: Tx, tool: string, count: number): Promise<Released[]> {
	return await tx.$queryRaw`
		WITH RECURSIVE waiting_users AS (
			(SELECT user_id FROM jobs WHERE tool = ${tool} AND status = 'queued' AND released_at IS NULL
				ORDER BY user_id LIMIT 1)
			UNION ALL
			SELECT (SELECT next.user_id FROM jobs next
				WHERE next.tool = ${tool} AND next.status = 'queued' AND next.released_at IS NULL
					AND next.user_id > waiting_users.user_id
				ORDER BY next.user_id LIMIT 1)
			FROM waiting_users WHERE waiting_users.user_id IS NOT NULL
		), in_flight AS (
			SELECT user_id, count(*) AS jobs FROM jobs
			WHERE tool = ${tool} AND status IN ('queued', 'running') AND released_at IS NOT NULL
			GROUP BY user_id
		), candidates AS (
			SELECT first.id, first.priority, first.rank + coalesce(in_flight.jobs, 0) AS turn
			FROM waiting_users
			LEFT JOIN in_flight USING (user_id)
			CROSS JOIN LATERAL (
				SELECT id, priority, row_number() OVER (ORDER BY priority DESC, id) AS rank FROM jobs
				WHERE tool = ${tool} AND user_id = waiting_users.user_id AND status = 'queued' AND released_at IS NULL
				ORDER BY priority DESC, id LIMIT ${count}
			) AS first
			WHERE waiting_users.user_id IS NOT NULL
		)
		UPDATE jobs SET released_at = now()
		WHERE status = 'queued' AND released_at IS NULL
			AND id IN (SELECT id FROM candidates ORDER BY priority DESC, turn, id LIMIT ${count})
		RETURNING id, request_id AS "requestId"`;
}

async function releaseUnclaimed(tx: Tx, { tool, unclaimedAfterMs }: ReleaseInput): Promise<Released[]> {
	return await tx.$queryRaw`
		UPDATE jobs SET released_at = now()
		WHERE tool = ${tool} AND status IN ('queued', 'running') AND lease_expires_at IS NULL
			AND released_at < now() - make_interval(secs => ${unclaimedAfterMs / 1000})
		RETURNING id, request_id AS "requestId"`;
}
