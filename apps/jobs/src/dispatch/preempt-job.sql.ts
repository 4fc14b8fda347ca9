import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { IS_ACTIVE, IS_DISPATCHABLE } from '../lifecycle/dispatch-state.sql.ts';
import { recordLastRun } from '../lifecycle/end-job.sql.ts';
import { countReturned } from '../lifecycle/job-metrics.ts';
import { DISPATCHED_AT, FINISHING } from '../lifecycle/stored-names.sql.ts';
import { type DispatchInput, freeSlotsByTool, lockDispatch, readCapacities } from './dispatch-jobs.sql.ts';
import { candidatesCte } from './find-candidates.sql.ts';
import { type RequestedJob, requestWorker } from './request-worker.sql.ts';

/** A job that has waited this long for a background slot may preempt one. */
const PREEMPTS_AFTER_MS = 60_000;
/** The only background job of a user runs for at least this long before it can be preempted. Most long jobs take less. */
const PROTECTED_MS = 5 * 60_000;
/** The run time after which a job can be preempted again, relative to the run time that it has lost. So its attempts get longer. */
const PROTECTION_GROWTH = 2;

/** For each second that a job is expected to take, it comes this many seconds later in the order. */
const SECONDS_PER_EXPECTED_SECOND = 10;

interface Preemption {
	preemptedId: string;
	dispatchedId: string;
	workerId: string;
}

interface Pair extends RequestedJob, Omit<Preemption, 'dispatchedId'> {
	preemptedAttempt: number;
	preemptedTool: string;
	preemptedUserId: string;
}

/**
 * Defers the background job of a user and dispatches one of another user in its place, if that user has no active background job and
 * has waited for a slot for a minute. Returns null if there are no such two jobs. The worker stops the preempted job after its next heartbeat.
 *
 * Of the waiting jobs, those of the highest priority go first, then the earliest sum of the start of the wait and
 * {@link SECONDS_PER_EXPECTED_SECOND} times the expected time. So a short job overtakes long ones that have waited for hours: otherwise,
 * accounts that each queue a long job could make everyone wait for all of them. It preempts the newest job of the user with the most background slots; if no user has several,
 * the one that runs longest, after {@link PROTECTED_MS}, and after the time that the waiting job is expected to take. It never preempts a job
 * of a plan with a higher priority before the starvation timeout.
 *
 * Only with one worker for the tool: workers share a queue, so another one could receive the waiting job, and the preempted one would have lost
 * its work for nothing.
 */
export async function preemptBackgroundJob(
	prisma: Database,
	input: DispatchInput,
): Promise<Preemption | null> {
	return await inTransaction(prisma, async (tx) => {
		await lockDispatch(tx);
		const capacities = await readCapacities(tx, input);
		const full = new Set(
			capacities.filter(({ backgroundFree }) => backgroundFree <= 0).map(({ tool }) => tool),
		);
		const free = [...freeSlotsByTool(capacities, input.margin)].filter(([tool]) => full.has(tool));
		if (free.length === 0) return null;
		const pair = await findPair(tx, new Map(free), input);
		if (!pair || !(await lockPair(tx, pair))) return null;
		await preempt(tx, pair);
		await tx.$executeRaw`UPDATE jobs SET ${DISPATCHED_AT} = now(), deferred_at = NULL WHERE id = ${pair.id}`;
		await requestWorker(tx, pair);
		return { preemptedId: pair.preemptedId, dispatchedId: pair.id, workerId: pair.workerId };
	});
}

/** @param free slots of the tools whose background slots are all taken */
async function findPair(
	tx: Tx,
	free: ReadonlyMap<string, number>,
	input: DispatchInput,
): Promise<Pair | undefined> {
	// As if each tool had one free background slot, so that the candidates include background jobs.
	const freeSlots = { byTool: free, background: new Map([...free.keys()].map((tool) => [tool, 1])) };
	const [pair] = await tx.$queryRaw<Pair[]>`
		WITH RECURSIVE ${candidatesCte(freeSlots, input)}, background_jobs AS (
			SELECT id, user_id, tool, attempt, worker_id, priority, preempted_ms, lease_expires_at, ${FINISHING} AS finishing,
				1000 * extract(epoch FROM now() - attempt_started_at) AS ran_ms, count(*) OVER (PARTITION BY user_id) AS user_slots
			FROM jobs WHERE ${IS_ACTIVE} AND background
		), waiting AS (
			SELECT * FROM candidates
			WHERE background AND waiting_since < now() - make_interval(secs => ${PREEMPTS_AFTER_MS / 1000})
				AND NOT EXISTS (SELECT FROM background_jobs WHERE background_jobs.user_id = candidates.user_id)
		)
		SELECT waiting.id, waiting.tool, waiting.request_id AS "requestId", waiting.traceparent,
			running.id AS "preemptedId", running.attempt AS "preemptedAttempt", running.tool AS "preemptedTool",
			running.user_id AS "preemptedUserId", running.worker_id AS "workerId"
		FROM waiting JOIN background_jobs AS running ON running.priority <= waiting.urgency
		JOIN workers ON workers.id = running.worker_id AND (workers.slots ->> waiting.tool)::numeric > 0
			AND workers.seen_at > now() - make_interval(secs => ${input.workerLifetimeMs / 1000})
		WHERE NOT EXISTS (
				SELECT FROM workers AS others WHERE others.id <> workers.id AND (others.slots ->> waiting.tool)::numeric > 0
					AND others.seen_at > now() - make_interval(secs => ${input.workerLifetimeMs / 1000}))
			AND running.lease_expires_at IS NOT NULL AND NOT running.finishing
			AND running.ran_ms >= ${PROTECTION_GROWTH}::int * running.preempted_ms::bigint
			AND (running.user_slots > 1 OR running.ran_ms >= greatest(${PROTECTED_MS}::int, 1000 * waiting.seconds::bigint))
		ORDER BY waiting.priority DESC,
			waiting.waiting_since + make_interval(secs => ${SECONDS_PER_EXPECTED_SECOND}::int * waiting.seconds), waiting.id,
			running.user_slots DESC, CASE WHEN running.user_slots > 1 THEN running.ran_ms ELSE -running.ran_ms END
		LIMIT 1`;
	return pair;
}

/** Returns false when another transaction changes one of the jobs. */
async function lockPair(tx: Tx, pair: Pair): Promise<boolean> {
	const locked = await tx.$queryRaw<unknown[]>`
		SELECT id FROM jobs
		WHERE (id = ${pair.id} AND ${IS_DISPATCHABLE})
			OR (id = ${pair.preemptedId} AND attempt = ${pair.preemptedAttempt}::int AND status = 'running'
				AND lease_expires_at IS NOT NULL AND NOT ${FINISHING})
		FOR UPDATE SKIP LOCKED`;
	return locked.length === 2;
}

/**
 * Ends the attempt of a locked job, as `deferToBackground` does for an attempt that a worker returns. The wait of the user's jobs of the tool
 * starts again. The job is expected to take at least as long as it is now protected, so that it preempts no jobs that take less.
 */
async function preempt(
	tx: Tx,
	{ preemptedId, preemptedTool: tool, preemptedUserId: userId }: Pair,
): Promise<void> {
	const [row] = await tx.$queryRaw<{ now: Date }[]>`
		WITH run AS (
			SELECT id, preempted_ms + (1000 * extract(epoch FROM now() - attempt_started_at))::int AS lost_ms
			FROM jobs WHERE id = ${preemptedId}
		)
		UPDATE jobs SET ${DISPATCHED_AT} = now(), deferred_at = now(), lease_expires_at = NULL, worker_id = NULL,
			returned_attempts = least(returned_attempts + 1, 32767), preempted_ms = lost_ms,
			expected_seconds = greatest(expected_seconds, ${PROTECTION_GROWTH}::int * lost_ms / 1000)
		FROM run WHERE jobs.id = run.id
		RETURNING now() AS now`;
	if (row) await recordLastRun(tx, { userId, tool, now: row.now });
	afterCommit(tx, () => countReturned(tool, 'preempted'));
}
