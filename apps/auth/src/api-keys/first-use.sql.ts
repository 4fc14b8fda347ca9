import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import { insertKeyChange, listKeyChanges } from './api-keys.sql.ts';

/** Starts the grace period of the key that this one replaces, unless it has started. Returns the changes to push to gateways. */
export function startGracePeriod(prisma: Database, keyId: string): Promise<KeyChange[]> {
	return inTransaction(prisma, async (tx) => {
		const [used] = await tx.$queryRaw<{ replaces: string; user_id: string; seconds: number }[]>`
			UPDATE api_keys AS mine SET pending_grace_seconds = NULL
			FROM (SELECT id, pending_grace_seconds AS seconds FROM api_keys WHERE id = ${keyId} FOR NO KEY UPDATE) AS old
			WHERE mine.id = old.id AND old.seconds IS NOT NULL RETURNING mine.replaces, mine.user_id, old.seconds`;
		if (!used) return [];
		const [replaced] = await tx.$queryRaw<{ key_hash: Uint8Array }[]>`
			UPDATE api_keys
			SET grace_ends_at = least(grace_ends_at, now() + make_interval(secs => ${used.seconds}::float8))
			WHERE id = ${used.replaces} RETURNING key_hash`;
		if (!replaced) return [];
		const old = { keyHash: new Uint8Array(replaced.key_hash), userId: used.user_id };
		await insertKeyChange(tx, old, used.seconds === 0);
		return await listKeyChanges(tx, old);
	});
}
