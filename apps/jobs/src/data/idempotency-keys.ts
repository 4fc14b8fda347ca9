import { createdJobSchema } from '@creatorr/contracts/jobs';
import type { StoredAnswer } from '../domain/created-job.ts';
import type { PrismaClient, Tx } from './prisma.ts';

interface KeyInput {
	userId: string;
	key: string;
	/** Older keys are free again. */
	lifetimeHours: number;
}

/** What was answered to the key, or null when it is free. */
export async function findAnswer(prisma: PrismaClient | Tx, input: KeyInput): Promise<StoredAnswer | null> {
	const rows = await prisma.$queryRaw<{ fingerprint: string; response: unknown }[]>`
		SELECT fingerprint, response FROM idempotency_keys
		WHERE user_id = ${input.userId} AND key = ${input.key}
			AND created_at >= now() - make_interval(hours => ${input.lifetimeHours}::int)`;
	const row = rows[0];
	return row ? { fingerprint: row.fingerprint, job: createdJobSchema.parse(row.response) } : null;
}

/**
 * Takes the key, if it is free, for as long as the transaction stands, and answers whether it did. While another transaction
 * has taken it and not ended yet, this waits for it.
 */
export async function takeKey(tx: Tx, input: KeyInput & StoredAnswer): Promise<boolean> {
	const taken = await tx.$executeRaw`
		INSERT INTO idempotency_keys (user_id, key, fingerprint, response)
		VALUES (${input.userId}, ${input.key}, ${input.fingerprint}, ${JSON.stringify(input.job)}::json)
		ON CONFLICT (user_id, key) DO UPDATE
			SET fingerprint = excluded.fingerprint, response = excluded.response, created_at = excluded.created_at
			WHERE idempotency_keys.created_at < now() - make_interval(hours => ${input.lifetimeHours}::int)`;
	return taken > 0;
}
