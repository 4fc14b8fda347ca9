import { keyLeaked, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { Client } from '../accounts/account.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import { addNotice } from '../mails/mails.sql.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import { findKey, IS_LIVE, listKeyChanges, originOf } from './api-keys.sql.ts';
import type { KeyAction } from './change-api-key.sql.ts';

export interface RevokedKeys {
	/** Number of keys that worked. */
	revokedCount: number;
	/** Changes that gateways may not know yet, including earlier ones. */
	keyChanges: KeyChange[];
}

/** Revokes the keys of a user that work, or one of them. Returns their changes and earlier ones that are still pending. */
export async function revokeApiKeys(
	tx: Tx,
	scope: { userId: string; only?: { id: string; keyHash: Uint8Array } },
	{ type, client }: { type: 'revoked' | 'leaked'; client: Client | null },
): Promise<RevokedKeys> {
	const { userId, only } = scope;
	const { clientAddress, userAgent } = originOf(client);
	const revokedCount = await tx.$executeRaw`
		WITH revoked AS (
			UPDATE api_keys SET revoked_at = now()
			WHERE user_id = ${userId} AND id = coalesce(${only?.id ?? null}, id) AND ${IS_LIVE}
			RETURNING id, key_hash, user_id
		), noted AS (
			INSERT INTO api_key_events (key_id, type, client_address, user_agent)
			SELECT id, ${type}, ${clientAddress}, ${userAgent} FROM revoked
		)
		INSERT INTO api_key_changes (key_hash, user_id, is_revoked) SELECT key_hash, user_id, true FROM revoked`;
	return {
		revokedCount,
		keyChanges: await listKeyChanges(tx, { userId, ...(only && { keyHash: only.keyHash }) }),
	};
}

/** Revokes a key. Returns null for an unknown key. A key that no longer works stays unchanged. */
export async function revokeKey(
	prisma: Database,
	{ userId, keyId, sessionId, client }: KeyAction,
): Promise<RevokedKeys | null> {
	// Revocations are hardly throttled, like sign-outs, so an unknown or revoked key must not cost a transaction.
	const only = await findKey(prisma, userId, keyId);
	if (!only) return null;
	if (only.revokedAt)
		return { revokedCount: 0, keyChanges: await listKeyChanges(prisma, { userId, keyHash: only.keyHash }) };
	return await inTransaction(prisma, async (tx) => {
		const revoked = await revokeApiKeys(tx, { userId, only }, { type: 'revoked', client });
		if (revoked.revokedCount > 0)
			await insertEvent(tx, { kind: 'api_key_revoked', userId, sessionId, client });
		return revoked;
	});
}

/** Revokes the key with this hash, if it works, mails its owner and publishes `key.leaked`. Returns null for an unknown one. */
export async function revokeLeakedKey(
	prisma: Database,
	{
		keyHash,
		client,
		noticesPerHour,
	}: { keyHash: Uint8Array<ArrayBuffer>; client: Client; noticesPerHour: number },
): Promise<(RevokedKeys & { userId: string; keyId: string }) | null> {
	const only = await prisma.apiKey.findUnique({
		where: { keyHash },
		include: { user: { select: { email: true } } },
	});
	if (!only) return null;
	const { id: keyId, userId, start, last4, user } = only;
	return await inTransaction(prisma, async (tx) => {
		const revoked = await revokeApiKeys(tx, { userId, only }, { type: 'leaked', client });
		if (revoked.revokedCount > 0) {
			await insertEvent(tx, { kind: 'api_key_leaked', userId, sessionId: null, client });
			await addToOutbox(tx, newEvent(keyLeaked, { user_id: userId, key_id: keyId }, currentRequestId()));
			const notice = { email: user.email, client, resource: `${start}...${last4}` };
			await addNotice(tx, { kind: 'api_key_leaked', ...notice }, noticesPerHour);
		}
		return { ...revoked, userId, keyId };
	});
}
