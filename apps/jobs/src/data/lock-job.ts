import type { AttemptState } from '../domain/attempt.ts';
import type { Tx } from './prisma.ts';

export interface LockedJob extends AttemptState {
	id: string;
	userId: string;
	tool: string;
	requestId: string;
	traceparent: string | null;
	/** When the last attempt was granted. */
	attemptStartedAt: Date | null;
	/** The database's time, the only clock that leases go by. */
	now: Date;
}

/** Reads what decides over a job, and keeps everybody else from changing it until the transaction ends. */
export async function lockJob(tx: Tx, jobId: string): Promise<LockedJob | null> {
	const rows = await tx.$queryRaw<LockedJob[]>`
		SELECT id, user_id AS "userId", tool, request_id AS "requestId", traceparent, status::text, attempt,
			lost_attempts AS "lostAttempts", worker_id AS "workerId", lease_expires_at AS "leaseExpiresAt",
			settling, attempt_started_at AS "attemptStartedAt",
			clock_timestamp() AS now
		FROM jobs WHERE id = ${jobId} FOR UPDATE`;
	return rows[0] ?? null;
}
