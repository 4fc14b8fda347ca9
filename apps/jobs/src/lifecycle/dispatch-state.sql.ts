import { Prisma } from '../generated/client.ts';

/*
 * `released_at` is when the job was dispatched. A deferred job keeps it. Version 0.3.0, which doesn't know `deferred_at`, therefore
 * treats it like a job whose request was lost and requests a worker again. That version clears `deferred_at` neither then nor when
 * it grants an attempt: a job with a lease is in flight, whatever `deferred_at` says.
 */

/** Jobs that wait for dispatch: never dispatched, or deferred until a background slot is free. Uses the index `jobs_dispatchable_idx`. */
export const IS_DISPATCHABLE = Prisma.sql`status IN ('queued', 'running')
	AND (released_at IS NULL OR deferred_at IS NOT NULL) AND lease_expires_at IS NULL`;

/** Jobs that a worker runs or was requested for. Uses the index `jobs_in_flight_idx`. */
export const IS_IN_FLIGHT = Prisma.sql`status IN ('queued', 'running')
	AND released_at IS NOT NULL AND (deferred_at IS NULL OR lease_expires_at IS NOT NULL)`;
