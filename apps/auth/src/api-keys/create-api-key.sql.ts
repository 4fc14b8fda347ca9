import { MAX_API_KEYS } from '@creatorr/contracts/api-keys';
import { AppError } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { inTransaction } from '@creatorr/database/transaction';
import type { Client } from '../accounts/account.ts';
import { lockAccount } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { ApiKey } from '../generated/client.ts';
import { addNotice } from '../mails/mails.sql.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import type { ApiKeySettings } from './api-key.ts';
import { countLiveKeys, insertKeyEvent, pruneEndedKeys } from './api-keys.sql.ts';

/** Stored fields of a new key. */
export interface NewApiKey {
	keyHash: Uint8Array<ArrayBuffer>;
	start: string;
	last4: string;
}

/** Who creates a key. */
export interface KeyCreator {
	userId: string;
	sessionId: string;
	client: Client;
	noticesPerHour: number;
}

/**
 * Locks the account, so that concurrent creations can't exceed the limit of its keys. Throws `unauthorized` if it was deleted or suspended.
 */
export async function lockOwner(tx: Tx, userId: string): Promise<void> {
	if (!(await lockAccount(tx, { userId })))
		throw new AppError('unauthorized', 'This account was deleted or suspended.');
}

/** Throws `plan_limit` if the user has `max` keys that work. */
export async function checkKeyLimit(tx: Tx, userId: string, max: number): Promise<void> {
	if ((await countLiveKeys(tx, userId)) < max) return;
	throw new AppError('plan_limit', `You have ${max} API keys. Revoke one that you no longer need.`);
}

/** Inserts a key of a locked account and mails the owner. */
export async function insertKey(
	tx: Tx,
	{
		key,
		settings,
		rotation,
	}: {
		key: NewApiKey;
		settings: ApiKeySettings;
		rotation?: Pick<ApiKey, 'replaces' | 'pendingGraceSeconds'>;
	},
	{ userId, client, noticesPerHour }: KeyCreator,
): Promise<ApiKey> {
	await pruneEndedKeys(tx, userId);
	const row = await tx.apiKey.create({
		data: { id: newId('key'), userId, ...key, ...settings, ...rotation },
	});
	await insertKeyEvent(tx, { keyId: row.id, type: 'created', client });
	const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
	const resource = `${key.start}...${key.last4}`;
	await addNotice(tx, { kind: 'api_key_created', email, client, resource }, noticesPerHour);
	return row;
}

/**
 * Creates a key. Throws `email_not_verified` if the email has to be verified first and is not, `plan_limit` if the user has the maximum of
 * keys, and `unauthorized` if the account was deleted or suspended.
 */
export function createKey(
	prisma: Database,
	input: { key: NewApiKey; settings: ApiKeySettings; requiresVerifiedEmail: boolean },
	creator: KeyCreator,
): Promise<ApiKey> {
	const { userId, sessionId, client } = creator;
	return inTransaction(prisma, async (tx) => {
		await lockOwner(tx, userId);
		const where = { id: userId, emailVerifiedAt: null };
		if (input.requiresVerifiedEmail && (await tx.user.count({ where })) > 0) {
			throw new AppError(
				'email_not_verified',
				'Verify your email before you create API keys. Open the link in the email we sent you, or resend it from your account.',
			);
		}
		await checkKeyLimit(tx, userId, MAX_API_KEYS);
		const row = await insertKey(tx, input, creator);
		await insertEvent(tx, { kind: 'api_key_created', userId, sessionId, client });
		return row;
	});
}
