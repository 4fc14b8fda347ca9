import { Prisma } from '../generated/client.ts';
import { DISPATCHED_AT } from './stored-names.sql.ts';

/*
 * A deferred job has a dispatch time, the time of its deferral. Release 0.3.0 doesn't know `deferred_at`, so it treats the job as one
 * whose request was lost, and requests a worker again. It never clears `deferred_at`, not even when it grants an attempt, so a job with a
 * lease is active, whatever `deferred_at` says.
 */

/**
 * How many milliseconds the tool of a job has run in the attempt that a worker runs now, as of its last heartbeat; 0 for other jobs. When
 * the job ends, `chargeCompute` replaces it in the same transaction. A lost, returned or preempted attempt isn't charged. Never more
 * than the time since the grant, as in `chargedMs`.
 */
export const RUNNING_MS = Prisma.sql`CASE WHEN status = 'running' AND lease_expires_at IS NOT NULL
	THEN least(coalesce(compute_ms, 0), greatest(0, 1000 * extract(epoch FROM now() - attempt_started_at)))::bigint ELSE 0 END`;

/**
 * For how many milliseconds a job runs before it can be preempted: twice the run time of its attempts that were preempted, or returned because
 * no background slot was free. So each attempt takes at least twice as long as all earlier ones together, and every job ends.
 */
export const PROTECTED_MS = Prisma.sql`2 * preempted_ms::bigint`;

/** Jobs that wait for dispatch: never dispatched, or deferred until a background slot is free. Uses the index `jobs_dispatchable_idx`. */
export const IS_DISPATCHABLE = Prisma.sql`status IN ('queued', 'running')
	AND (${DISPATCHED_AT} IS NULL OR deferred_at IS NOT NULL) AND lease_expires_at IS NULL`;

/** Active jobs: a worker runs them or was requested for them. Uses the index `jobs_in_flight_idx`. */
export const IS_ACTIVE = Prisma.sql`status IN ('queued', 'running')
	AND ${DISPATCHED_AT} IS NOT NULL AND (deferred_at IS NULL OR lease_expires_at IS NOT NULL)`;
