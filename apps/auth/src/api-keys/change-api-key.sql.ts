import { MAX_API_KEYS } from '@creatorr/contracts/api-keys';
import { notFound } from '@creatorr/contracts/errors';
import { inTransaction } from '@creatorr/database/transaction';
import type { Client } from '../accounts/account.ts';
import type { Database } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import type { ApiKey } from '../generated/client.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import type { ApiKeySettings } from './api-key.ts';
import { insertKeyChange, insertKeyEvent, listKeyChanges, lockLiveKey } from './api-keys.sql.ts';
import {
	checkKeyLimit,
	insertKey,
	type KeyCreator,
	lockOwner,
	type NewApiKey,
} from './create-api-key.sql.ts';

/** A key of a user, and who acts on it. */
export interface KeyAction {
	userId: string;
	keyId: string;
	sessionId: string;
	client: Client;
}

/** Changes a key that works. Without settings, records no change. Throws `not_found` for any other key. */
export function changeKey(
	prisma: Database,
	{ userId, keyId, sessionId, client }: KeyAction,
	settings: Partial<ApiKeySettings>,
): Promise<{ row: ApiKey; changes: KeyChange[]; hasChanged: boolean }> {
	return inTransaction(prisma, async (tx) => {
		const current = await lockLiveKey(tx, { userId, keyId });
		if (!current) throw notFound('API key');
		if (Object.keys(settings).length === 0)
			return { row: current, changes: await listKeyChanges(tx, current), hasChanged: false };
		const row = await tx.apiKey.update({ where: { id: keyId }, data: settings });
		await insertKeyEvent(tx, { keyId, type: 'changed', client });
		await insertEvent(tx, { kind: 'api_key_changed', userId, sessionId, client });
		await insertKeyChange(tx, row, false);
		return { row, changes: await listKeyChanges(tx, row), hasChanged: true };
	});
}

/** How a key is replaced. */
export interface Rotation {
	graceSeconds: number;
	startsAtFirstUse: boolean;
	/** Expiry of the new key. If undefined, it is that of the old key. */
	expiresAt: Date | null | undefined;
}

/** Limit of keys at a rotation. A rotated key counts until its grace period ends, and all keys of an account may be rotated at once. */
const MAX_KEYS_WITH_ROTATED = 2 * MAX_API_KEYS;

/**
 * Creates a key with the rights of an old key that works. The grace period of the old key starts now or with the first successful use of
 * the new key, and never extends its expiry. Throws `not_found`, `plan_limit`, and `unauthorized` if the account was deleted or suspended.
 */
export function rotateKey(
	prisma: Database,
	{ keyId, key, rotation }: { keyId: string; key: NewApiKey; rotation: Rotation },
	creator: KeyCreator,
): Promise<{ row: ApiKey; changes: KeyChange[] }> {
	const { userId, sessionId, client } = creator;
	const { graceSeconds, startsAtFirstUse } = rotation;
	return inTransaction(prisma, async (tx) => {
		await lockOwner(tx, userId);
		const old = await lockLiveKey(tx, { userId, keyId });
		if (!old) throw notFound('API key');
		await checkKeyLimit(tx, userId, MAX_KEYS_WITH_ROTATED);
		const { name, scopes, tools, allowedIps, expiresAt } = old;
		const row = await insertKey(
			tx,
			{
				key,
				settings: {
					name,
					scopes,
					tools,
					allowedIps,
					metadata: old.metadata as Record<string, string>,
					expiresAt: rotation.expiresAt === undefined ? expiresAt : rotation.expiresAt,
				},
				rotation: {
					replaces: keyId,
					// If the old key was never used, the first use of this one also starts the grace period of the key before it.
					pendingGraceSeconds: startsAtFirstUse || old.pendingGraceSeconds !== null ? graceSeconds : null,
				},
			},
			creator,
		);
		await tx.$executeRaw`
			UPDATE api_keys SET rotated_at = coalesce(rotated_at, now()),
				grace_ends_at = CASE WHEN ${startsAtFirstUse} THEN grace_ends_at
					ELSE least(grace_ends_at, now() + make_interval(secs => ${graceSeconds}::float8)) END
			WHERE id = ${keyId}`;
		await insertKeyEvent(tx, { keyId, type: 'rotated', client });
		await insertEvent(tx, { kind: 'api_key_rotated', userId, sessionId, client });
		if (!startsAtFirstUse) await insertKeyChange(tx, old, graceSeconds === 0);
		return { row, changes: await listKeyChanges(tx, old) };
	});
}
