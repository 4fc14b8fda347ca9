import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import { insertKeyChange, listKeyChanges } from './api-keys.sql.ts';

/**
 * Starts the grace period of the key that this one replaces, unless it has started, and those of the keys before it: a key may have been
 * rotated again before its first use. Returns the changes to push to gateways.
 */
export function startGracePeriods(prisma: Database, keyId: string): Promise<KeyChange[]> {
	return inTransaction(prisma, async (tx) => {
		const changes: KeyChange[] = [];
		let successorId: string | null = keyId;
		while (successorId !== null) {
			const started: StartedGracePeriod | null = await startGracePeriod(tx, successorId);
			if (started) changes.push(...started.changes);
			successorId = started?.replacedId ?? null;
		}
		return changes;
	});
}

interface StartedGracePeriod {
	replacedId: string;
	changes: KeyChange[];
}

/** Starts the grace period of the key that `successorId` replaces. Returns null if it has started, or that key was deleted. */
async function startGracePeriod(tx: Tx, successorId: string): Promise<StartedGracePeriod | null> {
	const [successor] = await tx.$queryRaw<{ replaces: string; user_id: string; seconds: number }[]>`
		UPDATE api_keys AS successor SET pending_grace_seconds = NULL
		FROM (
			SELECT id, pending_grace_seconds AS seconds FROM api_keys WHERE id = ${successorId} FOR NO KEY UPDATE
		) AS before_update
		WHERE successor.id = before_update.id AND before_update.seconds IS NOT NULL
		RETURNING successor.replaces, successor.user_id, before_update.seconds`;
	if (!successor) return null;
	const { replaces: replacedId, user_id: userId, seconds } = successor;
	const [row] = await tx.$queryRaw<{ key_hash: Uint8Array }[]>`
		UPDATE api_keys
		SET grace_ends_at = least(grace_ends_at, now() + make_interval(secs => ${seconds}::float8))
		WHERE id = ${replacedId} RETURNING key_hash`;
	if (!row) return null;
	const replacedKey = { keyHash: new Uint8Array(row.key_hash), userId };
	await insertKeyChange(tx, replacedKey, seconds === 0);
	return { replacedId, changes: await listKeyChanges(tx, replacedKey) };
}
