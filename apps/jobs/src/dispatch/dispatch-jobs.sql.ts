import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { IS_ACTIVE, IS_DISPATCHABLE } from '../lifecycle/dispatch-state.sql.ts';
import { DISPATCHED_AT } from '../lifecycle/stored-names.sql.ts';
import { type Candidate, chooseJobs } from './choose-jobs.ts';
import { type Fairness, findCandidates } from './find-candidates.sql.ts';
import { type RequestedJob, requestWorker } from './request-worker.sql.ts';

export interface DispatchInput extends Fairness {
	tools: readonly string[];
	/** Jobs dispatched beyond the free slots of each tool, so that a worker never waits for its next job. */
	margin: number;
	/** A worker without a heartbeat for longer doesn't count. */
	workerLifetimeMs: number;
	/** If no worker claims a job within this time although one is free, the message must be lost, and a worker is requested again. */
	unclaimedAfterMs: number;
}

interface Capacity {
	tool: string;
	slots: number;
	activeJobs: number;
	/** Active jobs that a worker runs. */
	leasedJobs: number;
	/** Free background slots of the workers that have the tool. */
	backgroundFree: number;
}

/** Bounds what a worker reports, so that sums don't overflow. No fleet has more. */
const MAX_SLOTS = 1_000_000;

/** Distinguishes this advisory lock from others. */
const DISPATCH_LOCK = 2;

/**
 * Requests workers for as many waiting jobs as they have free slots, plus the margin, in the order of {@link findCandidates}. Over
 * all tools, a user never gets more than the plan's active jobs. One replica runs it at a time, so that together they don't exceed
 * the slots. It skips jobs that another transaction has locked. Returns how many jobs were dispatched.
 */
export async function dispatchWaitingJobs(prisma: Database, input: DispatchInput): Promise<number> {
	return await inTransaction(prisma, async (tx) => {
		await lockDispatch(tx);
		const capacities = await readCapacities(tx, input);
		const dispatched = [
			...(await dispatchFairly(tx, capacities, input)),
			...(await dispatchUnclaimed(tx, capacities, input)),
		];
		for (const job of dispatched) await requestWorker(tx, job);
		return dispatched.length;
	});
}

/**
 * Lets one transaction of all replicas dispatch at a time. Only statements that begin after this one see what the last holder of the lock
 * committed.
 */
export async function lockDispatch(tx: Tx): Promise<void> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock(${DISPATCH_LOCK}::int, 0)`;
}

/**
 * A background job that a worker runs uses one of that worker's background slots. One that waits for a worker may use a slot of any
 * worker that has its tool. At least one background job of a tool may be active, whatever workers report: without a slot on any
 * worker, it would wait forever.
 */
export async function readCapacities(
	tx: Tx,
	{ tools, workerLifetimeMs }: Pick<DispatchInput, 'tools' | 'workerLifetimeMs'>,
): Promise<Capacity[]> {
	return await tx.$queryRaw<Capacity[]>`
		WITH live_workers AS (
			SELECT * FROM workers WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})
		), active_jobs AS (
			SELECT tool, worker_id, lease_expires_at, background FROM jobs WHERE ${IS_ACTIVE}
		)
		SELECT wanted.tool, fleet.slots,
			count(active_jobs.tool)::int AS "activeJobs",
			count(active_jobs.lease_expires_at)::int AS "leasedJobs",
			fleet.background_slots - (
				SELECT count(*) FROM active_jobs AS background_job WHERE background AND EXISTS (
					SELECT FROM live_workers WHERE (slots ->> wanted.tool)::numeric > 0 AND CASE
						WHEN background_job.lease_expires_at IS NULL THEN (slots ->> background_job.tool)::numeric > 0
						ELSE live_workers.id = background_job.worker_id END)
			)::int AS "backgroundFree"
		FROM unnest(${tools}::text[]) AS wanted (tool)
		CROSS JOIN LATERAL (
			SELECT least(coalesce(sum((slots ->> wanted.tool)::numeric), 0), ${MAX_SLOTS}::int)::int AS slots,
				greatest(1, least(coalesce(sum(coalesce(background_slots, 1)), 0), ${MAX_SLOTS}::int))::int AS background_slots
			FROM live_workers WHERE (slots ->> wanted.tool)::numeric > 0
		) AS fleet
		LEFT JOIN active_jobs ON active_jobs.tool = wanted.tool
		GROUP BY wanted.tool, fleet.slots, fleet.background_slots`;
}

/** Returns how many jobs of each tool may be dispatched. Tools without a free slot are absent. */
function freeSlotsByTool(capacities: readonly Capacity[], margin: number): Map<string, number> {
	const free = capacities
		// Jobs that no worker can run must not count against their user's limit of active jobs.
		.filter(({ slots }) => slots > 0)
		.map(({ tool, slots, activeJobs }) => [tool, slots + margin - activeJobs] as const);
	return new Map(free.filter(([, count]) => count > 0));
}

async function dispatchFairly(
	tx: Tx,
	capacities: readonly Capacity[],
	input: DispatchInput,
): Promise<Candidate[]> {
	const freeSlots = freeSlotsByTool(capacities, input.margin);
	if (freeSlots.size === 0) return [];
	const background = new Map(capacities.map(({ tool, backgroundFree }) => [tool, backgroundFree]));
	const free = { byTool: freeSlots, background };
	const chosen = chooseJobs(await findCandidates(tx, free, input), free);
	return chosen.length === 0 ? [] : await markDispatched(tx, chosen);
}

/** Returns, in their order, the jobs that are now dispatched: those that still wait, and that no other transaction has locked. */
export async function markDispatched<J extends RequestedJob>(tx: Tx, jobs: readonly J[]): Promise<J[]> {
	const ids = jobs.map(({ id }) => id);
	const dispatched = await tx.$queryRaw<{ id: string }[]>`
		UPDATE jobs SET ${DISPATCHED_AT} = now(), deferred_at = NULL WHERE id IN (
			SELECT id FROM jobs WHERE id = ANY (${ids}) AND ${IS_DISPATCHABLE}
			FOR UPDATE SKIP LOCKED)
		RETURNING id`;
	const dispatchedIds = new Set(dispatched.map(({ id }) => id));
	return jobs.filter(({ id }) => dispatchedIds.has(id));
}

async function dispatchUnclaimed(
	tx: Tx,
	capacities: readonly Capacity[],
	{ unclaimedAfterMs }: DispatchInput,
): Promise<RequestedJob[]> {
	const idle = capacities.filter(
		({ slots, activeJobs, leasedJobs }) => leasedJobs < Math.min(slots, activeJobs),
	);
	if (idle.length === 0) return [];
	return await tx.$queryRaw<RequestedJob[]>`
		UPDATE jobs SET ${DISPATCHED_AT} = now() WHERE id IN (
			SELECT id FROM jobs
			WHERE tool = ANY (${idle.map(({ tool }) => tool)}) AND ${IS_ACTIVE}
				AND lease_expires_at IS NULL AND ${DISPATCHED_AT} < now() - make_interval(secs => ${unclaimedAfterMs / 1000})
			FOR UPDATE SKIP LOCKED)
		RETURNING id, tool, user_id AS "userId", request_id AS "requestId", traceparent`;
}
