import type { Database } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';

/** After an outage many changes may be pending. One run propagates this many, and the next run the rest. */
const PENDING_BATCH_SIZE = 10_000;
/** Longer than the slowest propagation, which takes two push timeouts and the rest of a lease. */
const PROPAGATION_SECONDS = 30;

/** A revocation or change of an API key that some gateway may not know yet. */
export interface KeyChange {
	id: bigint;
	/** SHA-256 in hexadecimal digits. */
	keyHash: string;
	isRevoked: boolean;
}

/** The lease of a gateway instance. Until it expires, the instance may use its cache of sessions and API keys. */
export interface Lease {
	id: string;
	callbackUrl: string;
	isFenced: boolean;
}

/**
 * Grants or renews a lease, unless it was fenced. A renewal never shortens the lease. Returns false if it was fenced. All times in this
 * file are those of the database's clock, because all replicas compare them.
 */
export async function renewLease(
	prisma: Database,
	{ id, callbackUrl, durationMs }: { id: string; callbackUrl: string; durationMs: number },
): Promise<boolean> {
	// The maximum, because the older of two concurrent renewals may be written last.
	const written = await prisma.$executeRaw`
		INSERT INTO gateway_leases AS lease (id, callback_url, expires_at)
		VALUES (${id}, ${callbackUrl}, clock_timestamp() + make_interval(secs => ${durationMs / 1000}::float8))
		ON CONFLICT (id) DO UPDATE SET
			callback_url = excluded.callback_url,
			expires_at = greatest(lease.expires_at, excluded.expires_at)
		WHERE lease.fenced_at IS NULL`;
	return written > 0;
}

/** Returns every lease that is not fenced, expired or not, and fenced ones that have not expired. */
export async function listLeases(prisma: Database): Promise<Lease[]> {
	const rows = await prisma.$queryRaw<{ id: string; callback_url: string; is_fenced: boolean }[]>`
		SELECT id, callback_url, fenced_at IS NOT NULL AS is_fenced FROM gateway_leases
		WHERE fenced_at IS NULL OR expires_at > clock_timestamp()`;
	return rows.map((row) => ({ id: row.id, callbackUrl: row.callback_url, isFenced: row.is_fenced }));
}

/** Prevents renewals of the lease. Returns how long its holder may still use its cache, in ms. */
export async function fenceLease(prisma: Database, id: string): Promise<number> {
	const [row] = await prisma.$queryRaw<{ remaining_ms: number }[]>`
		UPDATE gateway_leases SET fenced_at = coalesce(fenced_at, clock_timestamp()) WHERE id = ${id}
		RETURNING greatest(0, extract(epoch FROM expires_at - clock_timestamp()) * 1000)::float8 AS remaining_ms`;
	return row?.remaining_ms ?? 0;
}

/** Ends a lease that its holder no longer uses. */
export async function releaseLease(prisma: Database, id: string): Promise<void> {
	await prisma.$executeRaw`
		UPDATE gateway_leases
		SET expires_at = clock_timestamp(), fenced_at = coalesce(fenced_at, clock_timestamp()) WHERE id = ${id}`;
}

/** Sessions and API keys that were revoked, and API keys that were changed. Gateways drop what they have cached of them. */
export interface CredentialChanges {
	sessionIds: string[];
	keyChanges: KeyChange[];
}

/** Returns revocations and changes that are pending for so long that no request can still be propagating them. */
export async function listPendingChanges(prisma: Database): Promise<CredentialChanges> {
	const sessions = await prisma.$queryRaw<{ session_id: string }[]>`
		SELECT session_id FROM revocations
		WHERE created_at < now() - make_interval(secs => ${PROPAGATION_SECONDS}::float8) LIMIT ${PENDING_BATCH_SIZE}`;
	const keyChanges = await prisma.$queryRaw<KeyChange[]>`
		SELECT id, encode(key_hash, 'hex') AS "keyHash", is_revoked AS "isRevoked" FROM api_key_changes
		WHERE created_at < now() - make_interval(secs => ${PROPAGATION_SECONDS}::float8) LIMIT ${PENDING_BATCH_SIZE}`;
	return { sessionIds: sessions.map((row) => row.session_id), keyChanges };
}

/** Deletes propagated revocations and changes. */
export async function deletePropagatedChanges(
	prisma: Database,
	{ sessionIds, keyChanges }: CredentialChanges,
): Promise<void> {
	if (sessionIds.length > 0) await prisma.revocation.deleteMany({ where: { sessionId: { in: sessionIds } } });
	const changeIds = keyChanges.map(({ id }) => id);
	if (changeIds.length > 0) await prisma.apiKeyChange.deleteMany({ where: { id: { in: changeIds } } });
}

/** Fences instances that have stopped renewing, so that no sign-out calls them, and deletes them a day later. */
export const pruneGatewayLeases = definePruneTask<{ prisma: Database }>(
	'prune_gateway_leases',
	async ({ prisma }) => {
		await prisma.$executeRaw`
			UPDATE gateway_leases SET fenced_at = now()
			WHERE fenced_at IS NULL AND expires_at < now() - interval '1 minute'`;
		await prisma.$executeRaw`
			DELETE FROM gateway_leases WHERE fenced_at < now() - interval '1 day'`;
	},
);
