import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import type { ApiKey } from '../generated/client.ts';
import { IS_LIVE, insertKeyChange, listKeyChanges } from './api-keys.sql.ts';

/** Returns the key with this SHA-256 (hexadecimal) if it works and its owner is not suspended, else null. */
export async function findLiveKey(prisma: Database, keyHash: string): Promise<ApiKey | null> {
	const hash = new Uint8Array(Buffer.from(keyHash, 'hex'));
	const rows = await prisma.$queryRaw<unknown[]>`
		SELECT 1 FROM api_keys JOIN users ON users.id = api_keys.user_id
		WHERE api_keys.key_hash = ${hash} AND users.suspended_at IS NULL AND ${IS_LIVE}`;
	return rows.length === 0 ? null : await prisma.apiKey.findUnique({ where: { keyHash: hash } });
}

/** Starts the grace period of the replaced key at the first use of this key. Returns the changes to push to gateways. */
export function startGracePeriod(prisma: Database, { id, userId }: ApiKey): Promise<KeyChange[]> {
	return inTransaction(prisma, async (tx) => {
		const [used] = await tx.$queryRaw<{ replaces: string; seconds: number }[]>`
			UPDATE api_keys AS mine SET pending_grace_seconds = NULL
			FROM (SELECT id, pending_grace_seconds AS seconds FROM api_keys WHERE id = ${id} FOR NO KEY UPDATE) AS old
			WHERE mine.id = old.id AND old.seconds IS NOT NULL RETURNING mine.replaces, old.seconds`;
		if (!used) return [];
		const [replaced] = await tx.$queryRaw<{ key_hash: Uint8Array }[]>`
			UPDATE api_keys
			SET grace_ends_at = least(grace_ends_at, now() + make_interval(secs => ${used.seconds}::float8))
			WHERE id = ${used.replaces} RETURNING key_hash`;
		if (!replaced) return [];
		const keyHash = new Uint8Array(replaced.key_hash);
		await insertKeyChange(tx, { keyHash, userId }, used.seconds === 0);
		return await listKeyChanges(tx, { userId, keyHash });
	});
}
