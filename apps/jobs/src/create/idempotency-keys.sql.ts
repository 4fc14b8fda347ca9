import { createdJobSchema } from '@creatorr/contracts/jobs';
import type { z } from 'zod';
import type { Database, Tx } from '../database.sql.ts';

/** A job as the response to its creation shows it. */
export type CreatedJob = z.infer<typeof createdJobSchema>;

/** The response to the first request with an idempotency key. */
export interface StoredResponse {
	fingerprint: string;
	job: CreatedJob;
}

interface KeyInput {
	userId: string;
	key: string;
	/** A key can be used again after this time. */
	lifetimeHours: number;
}

/** Returns the stored response of a key, or null when the key is free or the account was deleted. */
export async function findStoredResponse(
	prisma: Database | Tx,
	input: KeyInput,
): Promise<StoredResponse | null> {
	const rows = await prisma.$queryRaw<{ fingerprint: string; response: unknown }[]>`
		SELECT fingerprint, response FROM idempotency_keys
		WHERE user_id = ${input.userId} AND key = ${input.key}
			AND created_at >= now() - make_interval(hours => ${input.lifetimeHours}::int)
			AND NOT EXISTS (SELECT FROM deleted_users WHERE user_id = ${input.userId})`;
	const row = rows[0];
	return row ? { fingerprint: row.fingerprint, job: createdJobSchema.parse(row.response) } : null;
}

/**
 * Claims a key, and returns whether it was free. Waits while another transaction that claimed it has not ended. The claim is
 * undone if this transaction rolls back.
 */
export async function claimKey(tx: Tx, input: KeyInput & StoredResponse): Promise<boolean> {
	const claimed = await tx.$executeRaw`
		INSERT INTO idempotency_keys (user_id, key, fingerprint, response)
		VALUES (${input.userId}, ${input.key}, ${input.fingerprint}, ${JSON.stringify(input.job)}::json)
		ON CONFLICT (user_id, key) DO UPDATE
			SET fingerprint = excluded.fingerprint, response = excluded.response, created_at = excluded.created_at
			WHERE idempotency_keys.created_at < now() - make_interval(hours => ${input.lifetimeHours}::int)`;
	return claimed > 0;
}
