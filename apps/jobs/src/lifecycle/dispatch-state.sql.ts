import { Prisma } from '../generated/client.ts';
import { DISPATCHED_AT } from './stored-names.sql.ts';

/*
 * A deferred job keeps the time of its last dispatch. Version 0.3.0, which doesn't know `deferred_at`, therefore treats it like a job
 * whose request was lost and requests a worker again. Version 0.3.0 never clears `deferred_at`, not even when it grants an attempt, so a
 * job with a lease is active, whatever `deferred_at` says.
 */

/** Jobs that wait for dispatch: never dispatched, or deferred until a background slot is free. Uses the index `jobs_dispatchable_idx`. */
export const IS_DISPATCHABLE = Prisma.sql`status IN ('queued', 'running')
	AND (${DISPATCHED_AT} IS NULL OR deferred_at IS NOT NULL) AND lease_expires_at IS NULL`;

/** Active jobs: a worker runs them or was requested for them. Uses the index `jobs_in_flight_idx`. */
export const IS_ACTIVE = Prisma.sql`status IN ('queued', 'running')
	AND ${DISPATCHED_AT} IS NOT NULL AND (deferred_at IS NULL OR lease_expires_at IS NOT NULL)`;
