import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import { IS_ACTIVE, PROTECTED_MS } from '../lifecycle/dispatch-state.sql.ts';
import { FINISHING } from '../lifecycle/stored-names.sql.ts';
import { type DispatchInput, lockDispatch, markDispatched, readCapacities } from './dispatch-jobs.sql.ts';
import { candidatesCte } from './find-candidates.sql.ts';
import { type RequestedJob, requestWorker } from './request-worker.sql.ts';

/** A deferred job that has waited this long, since its creation or its user's last job of the tool, may preempt another one. */
const PREEMPTION_WAIT_MS = 60_000;
/** The only background job of a user runs for at least this long before it can be preempted. Most long jobs take less. */
const ONLY_JOB_PROTECTED_MS = 5 * 60_000;

/** For each second that a job is expected to take, it comes this many seconds later in the order. */
const SECONDS_PER_EXPECTED_SECOND = 10;

export type PreemptionInput = Omit<DispatchInput, 'deferralMs' | 'margin' | 'unclaimedAfterMs'>;

/** A worker's claim of a job. */
interface Claim {
	jobId: string;
	workerId: string;
	/** Jobs of the worker that can't be preempted, because they only store and report their output. */
	storing: readonly string[];
}

/** A waiting job, and the running one that it may preempt. */
interface Pair extends RequestedJob {
	preemptedId: string;
	preemptedAttempt: number;
}

/**
 * Dispatches a job that has waited for a background slot for a minute, although all slots are taken: the worker that claims it preempts
 * another job. Returns its id, or null if there is no such job, or none that it could preempt. While the job waits to be claimed,
 * no other one of its tool is dispatched like this.
 *
 * Of the waiting jobs, those of the highest priority go first, then the earliest sum of the start of the wait and
 * {@link SECONDS_PER_EXPECTED_SECOND} times the expected time. So a short job overtakes long ones that have waited for hours: otherwise,
 * accounts that each queue a long job could make everyone wait for all of them.
 *
 * If a preempted job of the user has run for longer than expected today, each job of the user counts with at least twice that time: otherwise,
 * accounts whose jobs look short could take turns and keep everyone else waiting.
 */
export async function dispatchPreemptingJob(
	prisma: Database,
	input: PreemptionInput,
): Promise<string | null> {
	return await inTransaction(prisma, async (tx) => {
		const pair = await findPair(tx, input);
		const [job] = pair ? await markDispatched(tx, [pair]) : [];
		if (!job) return null;
		await requestWorker(tx, job);
		return job.id;
	});
}

/**
 * Finds a waiting job and a running one that it may preempt, if no worker with its tool has a free background slot. With `claim`, only the
 * claimed job, which must be deferred, and a job of the worker that claims it. Holds the lock of dispatch until the transaction ends.
 *
 * A job may preempt another one if its user has no active background job: the newest job of the user with the most background jobs (of the
 * worker, with `claim`), if that user has several. If no user has several, the job that runs longest, after {@link ONLY_JOB_PROTECTED_MS}, and
 * after the time that the waiting job is expected to take. No job is preempted before it has run for its {@link PROTECTED_MS}. One of a plan with
 * a higher priority is preempted only by a job that has waited for the starvation timeout.
 */
export async function findPair(tx: Tx, input: PreemptionInput, claim?: Claim): Promise<Pair | undefined> {
	await lockDispatch(tx);
	const capacities = await readCapacities(tx, input);
	const full = capacities.filter(({ backgroundFree }) => backgroundFree <= 0);
	if (full.length === 0) return undefined;
	// As if each of these tools had all its slots and a background slot free. The slot of the preempted job becomes free.
	const freeSlots = {
		byTool: new Map(full.map(({ tool, slots }) => [tool, slots])),
		background: new Map(full.map(({ tool }) => [tool, 1])),
	};
	const condition = claim
		? Prisma.sql`id = ${claim.jobId} AND worker_id = ${claim.workerId}`
		: Prisma.sql`tool NOT IN (SELECT tool FROM background_jobs WHERE lease_expires_at IS NULL)`;
	const [pair] = await tx.$queryRaw<Pair[]>`
		WITH RECURSIVE ${candidatesCte(freeSlots, { ...input, deferralMs: 0 })}, background_jobs AS (
			SELECT id, user_id, tool, attempt, worker_id, priority, lease_expires_at, ${FINISHING} AS finishing,
				${PROTECTED_MS} AS protected_ms, 1000 * extract(epoch FROM now() - attempt_started_at) AS ran_ms,
				count(*) OVER (PARTITION BY user_id) AS jobs_of_user
			FROM jobs WHERE ${IS_ACTIVE} AND background
		), waiting AS (
			SELECT * FROM candidates
			WHERE background AND waiting_since < now() - make_interval(secs => ${PREEMPTION_WAIT_MS / 1000})
				AND NOT EXISTS (SELECT FROM background_jobs WHERE background_jobs.user_id = candidates.user_id)
		), pairs AS (
			SELECT waiting.id, waiting.tool, waiting.user_id, waiting.request_id, waiting.traceparent, waiting.priority, waiting.waiting_since,
				waiting.likely_seconds, running.id AS preempted_id, running.attempt AS preempted_attempt, running.worker_id,
				running.ran_ms, running.jobs_of_user, max(running.jobs_of_user) OVER (PARTITION BY waiting.id) AS max_jobs_of_user
			FROM waiting JOIN background_jobs AS running ON running.priority <= waiting.urgency
			JOIN workers ON workers.id = running.worker_id AND (workers.slots ->> waiting.tool)::numeric > 0
				AND workers.seen_at > now() - make_interval(secs => ${input.workerLifetimeMs / 1000})
			WHERE running.lease_expires_at IS NOT NULL AND NOT running.finishing
				AND running.id <> ALL (${claim?.storing ?? []}::text[]) AND running.ran_ms >= running.protected_ms
				AND (running.jobs_of_user > 1
					OR running.ran_ms >= greatest(${ONLY_JOB_PROTECTED_MS}::int, 1000 * waiting.likely_seconds))
		)
		SELECT id, tool, user_id AS "userId", request_id AS "requestId", traceparent, preempted_id AS "preemptedId",
			preempted_attempt AS "preemptedAttempt"
		FROM pairs WHERE ${condition} AND (jobs_of_user > 1 OR max_jobs_of_user = 1)
		ORDER BY priority DESC, waiting_since + make_interval(secs => ${SECONDS_PER_EXPECTED_SECOND}::int * likely_seconds), id,
			jobs_of_user DESC, CASE WHEN jobs_of_user > 1 THEN ran_ms ELSE -ran_ms END
		LIMIT 1`;
	return pair;
}
