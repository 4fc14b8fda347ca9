import { MAX_API_KEY_EVENTS } from '@creatorr/contracts/api-keys';
import type { Client } from '../accounts/account.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import { type ApiKey, Prisma } from '../generated/client.ts';

export type ApiKeyRow = ApiKey;

/** Limit of a user's keys that no longer work but stay listed. */
const ENDED_KEYS_KEPT = 100;
/** User agents are truncated like those of sessions. */
const USER_AGENT_MAX_CHARACTERS = 512;

/** Condition on rows of `api_keys` for keys that work. */
export const IS_LIVE = Prisma.sql`api_keys.revoked_at IS NULL
	AND coalesce(least(api_keys.expires_at, api_keys.grace_ends_at), 'infinity') > now()`;

export type ApiKeyEventType = 'created' | 'rotated' | 'changed' | 'revoked' | 'leaked';

/** Returns the origin of a request for an event of a key. `client` is null for an operator. */
export function originOf(client: Client | null) {
	return {
		clientAddress: client?.address ?? null,
		userAgent: client?.userAgent?.slice(0, USER_AGENT_MAX_CHARACTERS) ?? null,
	};
}

/** Counts the user's keys that work. */
export async function countLiveKeys(tx: Tx, userId: string): Promise<number> {
	const [row] = await tx.$queryRaw<{ count: number }[]>`
		SELECT count(*)::int AS count FROM api_keys WHERE user_id = ${userId} AND ${IS_LIVE}`;
	return row?.count ?? 0;
}

/**
 * Deletes the oldest of the user's keys that no longer work, so that an account has a bounded number of rows. If an unused key replaces an
 * unused one that is deleted, it then replaces the key before that, whose grace period its first use starts.
 */
export async function pruneEndedKeys(tx: Tx, userId: string): Promise<void> {
	const ended = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM api_keys WHERE user_id = ${userId} AND NOT (${IS_LIVE})
		ORDER BY id DESC OFFSET ${ENDED_KEYS_KEPT}`;
	for (const { id } of ended) {
		await tx.$executeRaw`
			UPDATE api_keys AS successor
			SET replaces = ended.replaces, pending_grace_seconds = ended.pending_grace_seconds
			FROM api_keys AS ended
			WHERE ended.id = ${id} AND ended.pending_grace_seconds IS NOT NULL
				AND successor.user_id = ${userId} AND successor.replaces = ${id}
				AND successor.pending_grace_seconds IS NOT NULL`;
		await tx.$executeRaw`DELETE FROM api_keys WHERE id = ${id}`;
	}
}

/** Returns a key that works, locked until the transaction ends, or null. */
export async function lockLiveKey(
	tx: Tx,
	{ userId, keyId }: { userId: string; keyId: string },
): Promise<ApiKey | null> {
	const rows = await tx.$queryRaw<unknown[]>`
		SELECT 1 FROM api_keys WHERE id = ${keyId} AND user_id = ${userId} AND ${IS_LIVE} FOR NO KEY UPDATE`;
	return rows.length === 0 ? null : await tx.apiKey.findUnique({ where: { id: keyId } });
}

export function findKey(prisma: Database, userId: string, keyId: string): Promise<ApiKey | null> {
	return prisma.apiKey.findUnique({ where: { id: keyId, userId } });
}

/**
 * Returns the ids of keys whose grace period starts with the first use of a key that works. `keys` are of one user. Each new key may have been
 * rotated again before its first use; if all have ended unused, no grace period will start.
 */
export async function findKeysAwaitingUse(
	prisma: Database,
	keys: readonly ApiKey[],
): Promise<ReadonlySet<string>> {
	const awaiting = keys.find(({ rotatedAt, graceEndsAt }) => rotatedAt !== null && graceEndsAt === null);
	if (!awaiting) return new Set();
	const { userId } = awaiting;
	const rows = await prisma.$queryRaw<{ id: string }[]>`
		WITH RECURSIVE awaiting AS (
			SELECT replaces AS id FROM api_keys
			WHERE user_id = ${userId} AND pending_grace_seconds IS NOT NULL AND ${IS_LIVE}
			UNION
			SELECT replaced.replaces FROM awaiting JOIN api_keys AS replaced ON replaced.id = awaiting.id
			WHERE replaced.pending_grace_seconds IS NOT NULL
		)
		SELECT id FROM awaiting`;
	return new Set(rows.map(({ id }) => id));
}

/** Returns the user's keys before this id, newest first. */
export function listKeys(
	prisma: Database,
	{ userId, before, limit }: { userId: string; before: string | undefined; limit: number },
): Promise<ApiKey[]> {
	const where = { userId, ...(before !== undefined && { id: { lt: before } }) };
	return prisma.apiKey.findMany({ where, orderBy: { id: 'desc' }, take: limit });
}

/** Records an event of the key. The oldest are deleted, so that a key has a bounded number of rows. */
export async function insertKeyEvent(
	tx: Tx,
	{ keyId, type, client }: { keyId: string; type: ApiKeyEventType; client: Client | null },
): Promise<void> {
	await tx.apiKeyEvent.create({ data: { keyId, type, ...originOf(client) }, select: { id: true } });
	await tx.$executeRaw`
		DELETE FROM api_key_events WHERE id IN (
			SELECT id FROM api_key_events WHERE key_id = ${keyId} ORDER BY id DESC OFFSET ${MAX_API_KEY_EVENTS})`;
}

/** Returns the key's events, newest first. */
export function listKeyEvents(prisma: Database, keyId: string) {
	return prisma.apiKeyEvent.findMany({ where: { keyId }, orderBy: { id: 'desc' }, take: MAX_API_KEY_EVENTS });
}

/** Stores a change of a key until it is pushed to every gateway. */
export async function insertKeyChange(
	tx: Tx,
	{ keyHash, userId }: Pick<ApiKey, 'keyHash' | 'userId'>,
	isRevoked: boolean,
): Promise<void> {
	await tx.apiKeyChange.create({ data: { keyHash, userId, isRevoked }, select: { id: true } });
}

/** Returns the changes of a user's keys, or of one key, that some gateway may not know yet. */
export async function listKeyChanges(
	prisma: Pick<Tx, 'apiKeyChange'>,
	{ userId, keyHash }: { userId: string; keyHash?: Uint8Array },
): Promise<KeyChange[]> {
	const where = { userId, ...(keyHash && { keyHash: new Uint8Array(keyHash) }) };
	const rows = await prisma.apiKeyChange.findMany({ where });
	return rows.map((row) => ({
		id: row.id,
		keyHash: Buffer.from(row.keyHash).toString('hex'),
		isRevoked: row.isRevoked,
	}));
}
