import { inTransaction } from '@creatorr/database/transaction';
import { type Candidate, chooseReleases } from '../domain/choose-releases.ts';
import { type Fairness, findCandidates } from './find-candidates.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { requestWorker } from './request-worker.ts';

interface ReleaseInput extends Fairness {
	tools: readonly string[];
	/** Released beyond the free slots of each tool, so that a worker never waits for its next job. */
	margin: number;
	/** A worker that was not heard for longer counts for nothing. */
	workerLifetimeMs: number;
	/** A job that no worker took for so long, although one was free, is asked for again: its message must be lost. */
	unclaimedAfterMs: number;
}

interface Capacity {
	tool: string;
	slots: number;
	/** Released and not ended. */
	inFlight: number;
	/** Of those, with a worker. */
	leased: number;
}

interface Released {
	id: string;
	tool: string;
	requestId: string;
	traceparent: string | null;
}

/** More than any fleet has: what a worker says of itself must not make numbers overflow. */
const MAX_SLOTS = 1_000_000;

/** Advisory locks are told apart by their first number. */
const RELEASE_LOCK = 2;

/**
 * Asks workers for as many waiting jobs as they have free slots for, plus the margin, in the order of {@link findCandidates},
 * and never for more of one user's, over all tools, than the plan lets be active. One replica at a time does so, so that
 * together they never release more; it waits for no job that somebody is changing. Answers how many were released.
 */
export async function releaseJobs(prisma: PrismaClient, input: ReleaseInput): Promise<number> {
	return await inTransaction(prisma, async (tx) => {
		// In a statement of its own: only what begins after the lock is had sees what its last holder committed.
		await tx.$executeRaw`SELECT pg_advisory_xact_lock(${RELEASE_LOCK}::int, 0)`;
		const capacities = await readCapacities(tx, input);
		const released = [
			...(await releaseFairly(tx, capacities, input)),
			...(await releaseUnclaimed(tx, capacities, input)),
		];
		for (const job of released) await requestWorker(tx, job);
		return released.length;
	});
}

async function readCapacities(tx: Tx, { tools, workerLifetimeMs }: ReleaseInput): Promise<Capacity[]> {
	return await tx.$queryRaw<Capacity[]>`
		SELECT wanted.tool,
			(SELECT least(coalesce(sum((slots ->> wanted.tool)::numeric), 0), ${MAX_SLOTS}::int)::int FROM workers
				WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})) AS slots,
			count(jobs.id)::int AS "inFlight",
			count(jobs.lease_expires_at)::int AS leased
		FROM unnest(${tools}::text[]) AS wanted (tool)
		LEFT JOIN jobs ON jobs.tool = wanted.tool AND jobs.status IN ('queued', 'running') AND jobs.released_at IS NOT NULL
		GROUP BY wanted.tool`;
}

async function releaseFairly(
	tx: Tx,
	capacities: readonly Capacity[],
	input: ReleaseInput,
): Promise<Candidate[]> {
	const freePlaces = new Map<string, number>();
	for (const { tool, slots, inFlight } of capacities) {
		const free = slots + input.margin - inFlight;
		// What nobody can run must not use up what its user may have active.
		if (slots > 0 && free > 0) freePlaces.set(tool, free);
	}
	if (freePlaces.size === 0) return [];
	const free = { byTool: freePlaces, background: await countFreeBackgroundSlots(tx, input) };
	const chosen = chooseReleases(await findCandidates(tx, free, input), free);
	if (chosen.length === 0) return [];
	const ids = chosen.map(({ id }) => id);
	const released = await tx.$queryRaw<{ id: string }[]>`
		UPDATE jobs SET released_at = now() WHERE id IN (
			SELECT id FROM jobs WHERE id = ANY (${ids}) AND status IN ('queued', 'running') AND released_at IS NULL
			FOR UPDATE SKIP LOCKED)
		RETURNING id`;
	const releasedIds = new Set(released.map(({ id }) => id));
	return chosen.filter(({ id }) => releasedIds.has(id));
}

/**
 * For jobs that take long, over all workers. One at least may be in flight whatever workers say, or it would wait for ever where
 * none has a slot for it.
 */
async function countFreeBackgroundSlots(tx: Tx, { workerLifetimeMs }: ReleaseInput): Promise<number> {
	const rows = await tx.$queryRaw<{ free: number }[]>`
		SELECT (greatest(1, least((SELECT coalesce(sum(coalesce(background_slots, 1)), 0) FROM workers
				WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})), ${MAX_SLOTS}::int))
			- (SELECT count(*) FROM jobs
				WHERE status IN ('queued', 'running') AND released_at IS NOT NULL AND background))::int AS free`;
	return rows[0]?.free ?? 0;
}

async function releaseUnclaimed(
	tx: Tx,
	capacities: readonly Capacity[],
	{ unclaimedAfterMs }: ReleaseInput,
): Promise<Released[]> {
	const idle = capacities.filter(({ slots, inFlight, leased }) => leased < Math.min(slots, inFlight));
	if (idle.length === 0) return [];
	return await tx.$queryRaw<Released[]>`
		UPDATE jobs SET released_at = now() WHERE id IN (
			SELECT id FROM jobs
			WHERE tool = ANY (${idle.map(({ tool }) => tool)}) AND status IN ('queued', 'running')
				AND lease_expires_at IS NULL AND released_at < now() - make_interval(secs => ${unclaimedAfterMs / 1000})
			FOR UPDATE SKIP LOCKED)
		RETURNING id, tool, request_id AS "requestId", traceparent`;
}
