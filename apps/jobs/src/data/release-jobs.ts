import { inTransaction } from '@creatorr/database/transaction';
import { type Candidate, chooseReleases } from '../domain/choose-releases.ts';
import { IS_DISPATCHABLE, IS_IN_FLIGHT } from './dispatch-state.ts';
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
	/** Free slots for jobs that take long, of the workers that have the tool. */
	backgroundFree: number;
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

/**
 * A job that takes long and has a worker uses one of that worker's background slots; one that waits for a worker may use a slot
 * of any that has its tool. At least one such job of a tool may be in flight whatever workers say: where no worker had a
 * slot, it would wait forever.
 */
async function readCapacities(tx: Tx, { tools, workerLifetimeMs }: ReleaseInput): Promise<Capacity[]> {
	return await tx.$queryRaw<Capacity[]>`
		WITH living AS (
			SELECT * FROM workers WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})
		), in_flight AS (
			SELECT tool, worker_id, lease_expires_at, background FROM jobs WHERE ${IS_IN_FLIGHT}
		)
		SELECT wanted.tool, fleet.slots,
			count(in_flight.tool)::int AS "inFlight",
			count(in_flight.lease_expires_at)::int AS leased,
			fleet.background_slots - (
				SELECT count(*) FROM in_flight AS long WHERE background AND EXISTS (
					SELECT FROM living WHERE (slots ->> wanted.tool)::numeric > 0 AND CASE
						WHEN long.lease_expires_at IS NULL THEN (slots ->> long.tool)::numeric > 0
						ELSE living.id = long.worker_id END)
			)::int AS "backgroundFree"
		FROM unnest(${tools}::text[]) AS wanted (tool)
		CROSS JOIN LATERAL (
			SELECT least(coalesce(sum((slots ->> wanted.tool)::numeric), 0), ${MAX_SLOTS}::int)::int AS slots,
				greatest(1, least(coalesce(sum(coalesce(background_slots, 1)), 0), ${MAX_SLOTS}::int))::int AS background_slots
			FROM living WHERE (slots ->> wanted.tool)::numeric > 0
		) AS fleet
		LEFT JOIN in_flight ON in_flight.tool = wanted.tool
		GROUP BY wanted.tool, fleet.slots, fleet.background_slots`;
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
	const background = new Map(capacities.map(({ tool, backgroundFree }) => [tool, backgroundFree]));
	const free = { byTool: freePlaces, background };
	const chosen = chooseReleases(await findCandidates(tx, free, input), free);
	if (chosen.length === 0) return [];
	const ids = chosen.map(({ id }) => id);
	const released = await tx.$queryRaw<{ id: string }[]>`
		UPDATE jobs SET released_at = now(), deferred_at = NULL WHERE id IN (
			SELECT id FROM jobs WHERE id = ANY (${ids}) AND ${IS_DISPATCHABLE}
			FOR UPDATE SKIP LOCKED)
		RETURNING id`;
	const releasedIds = new Set(released.map(({ id }) => id));
	return chosen.filter(({ id }) => releasedIds.has(id));
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
			WHERE tool = ANY (${idle.map(({ tool }) => tool)}) AND ${IS_IN_FLIGHT}
				AND lease_expires_at IS NULL AND released_at < now() - make_interval(secs => ${unclaimedAfterMs / 1000})
			FOR UPDATE SKIP LOCKED)
		RETURNING id, tool, request_id AS "requestId", traceparent`;
}
