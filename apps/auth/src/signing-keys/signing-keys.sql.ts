import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';
import {
	insertEvent,
	type Operator,
	type SecurityEventKind,
} from '../security-events/security-events.sql.ts';
import type { PublicJwk, StoredSigningKey } from './signing-key.ts';

/** Covers replicas that still sign with the previous key, and clock skew. */
const MARGIN_SECONDS = 600;

/** Inputs for adding a key after the last one. */
export interface NextKey {
	make: () => StoredSigningKey;
	/** The key is published at once and signs after this time, which is longer than gateways take to fetch it. */
	signsInSeconds: number;
	/** Lifetime of tokens that the last key still signs. */
	tokenTtlSeconds: number;
	/** The operator whose command adds it. */
	by?: Operator;
}

export interface DescribedKey {
	kid: string;
	createdAt: Date;
	signsFrom: Date;
	expiresAt: Date | null;
}

interface KeyRow {
	kid: string;
	public_jwk: PublicJwk;
	private_key_encrypted: Uint8Array<ArrayBuffer>;
}

/** Serializes key creation: of several replicas and commands, one creates a key, and the others find it. */
async function lockKeys(tx: Tx): Promise<void> {
	await tx.$executeRaw`LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`;
}

/** Returns the key that signs now by the database's clock, which all replicas share. */
async function findSigning(prisma: Tx): Promise<StoredSigningKey | null> {
	const [row] = await prisma.$queryRaw<KeyRow[]>`
		SELECT kid, public_jwk, private_key_encrypted FROM signing_keys
		WHERE signs_from <= clock_timestamp() AND (expires_at IS NULL OR expires_at > clock_timestamp())
		ORDER BY signs_from DESC, kid LIMIT 1`;
	if (!row) return null;
	const { kid, public_jwk, private_key_encrypted } = row;
	return { kid, publicJwk: public_jwk, privateKeyEncrypted: private_key_encrypted };
}

async function insertKey(
	tx: Tx,
	{ kid, publicJwk, privateKeyEncrypted }: StoredSigningKey,
	signsInSeconds: number,
) {
	await tx.$executeRaw`
		INSERT INTO signing_keys (kid, public_jwk, private_key_encrypted, signs_from)
		VALUES (${kid}, ${JSON.stringify(publicJwk)}::jsonb, ${privateKeyEncrypted},
			date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => ${signsInSeconds}::float8))`;
}

/** Adds a key after the last one, which expires once all tokens that it can still sign have expired. */
async function insertNext(tx: Tx, { make, signsInSeconds, tokenTtlSeconds }: NextKey): Promise<string> {
	const lastSeconds = signsInSeconds + tokenTtlSeconds + MARGIN_SECONDS;
	await tx.$executeRaw`
		UPDATE signing_keys SET expires_at = greatest(
			clock_timestamp() + make_interval(secs => ${lastSeconds}::float8),
			(SELECT max(expires_at) FROM sessions) + make_interval(secs => ${MARGIN_SECONDS}::float8)
		) WHERE expires_at IS NULL`;
	const key = make();
	await insertKey(tx, key, signsInSeconds);
	return key.kid;
}

async function recordKeyEvent(tx: Tx, kind: SecurityEventKind, { by }: NextKey): Promise<void> {
	await insertEvent(tx, { kind, userId: null, sessionId: null, client: null, ...(by && { by }) });
}

/** Returns the key that signs now. If there is none, one of the concurrent callers stores the result of `make`. */
export async function loadOrInsertSigningKey(
	prisma: Database,
	make: () => StoredSigningKey,
): Promise<StoredSigningKey> {
	const signing = await findSigning(prisma);
	if (signing) return signing;
	return await inTransaction(prisma, async (tx) => {
		await lockKeys(tx);
		const made = await findSigning(tx);
		if (made) return made;
		const key = make();
		await insertKey(tx, key, 0);
		return key;
	});
}

/** Returns the public halves of all keys that tokens in use may be signed with, and of those that will sign. */
export async function listPublicKeys(prisma: Database): Promise<PublicJwk[]> {
	const rows = await prisma.signingKey.findMany({
		where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
		orderBy: { createdAt: 'desc' },
		select: { publicJwk: true },
	});
	return rows.map(({ publicJwk }) => publicJwk as PublicJwk);
}

/** Returns all keys, the one that signs last first. */
export function describeKeys(prisma: Database): Promise<DescribedKey[]> {
	return prisma.$queryRaw<DescribedKey[]>`
		SELECT kid, created_at AS "createdAt", signs_from AS "signsFrom", expires_at AS "expiresAt"
		FROM signing_keys ORDER BY signs_from DESC`;
}

/**
 * Adds the next key and returns its id. With `olderThanSeconds`, adds it only if the last key has signed for at least this time, and
 * otherwise returns null.
 */
export function addNextKey(prisma: Database, next: NextKey, olderThanSeconds = 0): Promise<string | null> {
	return inTransaction(prisma, async (tx) => {
		await lockKeys(tx);
		const old = await tx.$queryRaw<unknown[]>`
			SELECT 1 FROM signing_keys WHERE expires_at IS NULL
				AND signs_from <= clock_timestamp() - make_interval(secs => ${olderThanSeconds}::float8)`;
		if (olderThanSeconds > 0 && old.length === 0) return null;
		const kid = await insertNext(tx, next);
		await recordKeyEvent(tx, 'signing_key_rotated', next);
		return kid;
	});
}

/**
 * Ends a key at once and makes another one sign; returns false if no active key has this id. Its tokens are refused everywhere as soon as
 * every gateway has renewed its lease.
 */
export function retireKey(prisma: Database, kid: string, next: NextKey): Promise<boolean> {
	return inTransaction(prisma, async (tx) => {
		await lockKeys(tx);
		const wasSigning = (await findSigning(tx))?.kid === kid;
		const [retired] = await tx.$queryRaw<{ was_last: boolean }[]>`
			WITH before AS (SELECT kid, expires_at FROM signing_keys WHERE kid = ${kid})
			UPDATE signing_keys AS key SET expires_at = clock_timestamp() FROM before
			WHERE key.kid = before.kid AND (key.expires_at IS NULL OR key.expires_at > clock_timestamp())
			RETURNING before.expires_at IS NULL AS was_last`;
		if (!retired) return false;
		await recordKeyEvent(tx, 'signing_key_retired', next);
		if (retired.was_last) {
			await insertNext(tx, { ...next, signsInSeconds: wasSigning ? 0 : next.signsInSeconds });
		} else if (wasSigning) {
			// The next key is published already and starts to sign now. An older key must not sign again: it expires too soon.
			await tx.$executeRaw`
				UPDATE signing_keys SET signs_from = date_trunc('milliseconds', clock_timestamp()) WHERE expires_at IS NULL`;
		}
		return true;
	});
}

/** Deletes keys that no longer verify any token, with their private halves. */
export const pruneSigningKeys = definePruneTask<{ prisma: Database }>(
	'prune_signing_keys',
	({ prisma }) => prisma.$executeRaw`
		DELETE FROM signing_keys WHERE expires_at < now() - interval '1 day'`,
);
