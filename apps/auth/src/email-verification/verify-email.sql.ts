import { accountVerified, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import { defineTask } from '@creatorr/service/task';
import type { Client } from '../accounts/account.ts';
import { lockAccount } from '../accounts/accounts.sql.ts';
import { revokeApiKeys } from '../api-keys/revoke-api-keys.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import { consumeMailedToken } from '../mails/mailed-tokens.sql.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import { type RevokedSessions, revokeSessions } from '../sessions/sessions.sql.ts';

const RECOVERY_INTERVAL_MS = 5_000;
/** Limits how long the transaction locks accounts. The next one publishes the rest. */
const EVENTS_BATCH_SIZE = 500;

/**
 * Marks the email verified and publishes `account.verified` once per account. Revokes the API keys that were created before, perhaps by
 * someone who registered with another person's email, and returns their changes.
 */
export async function markVerified(tx: Tx, userId: string, client: Client): Promise<KeyChange[]> {
	const verifiedAt = new Date();
	const { count } = await tx.user.updateMany({
		where: { id: userId, emailVerifiedAt: null },
		data: { emailVerifiedAt: verifiedAt, verifiedEventQueued: true },
	});
	if (count === 0) return [];
	await addVerifiedEvent(tx, userId, verifiedAt);
	return (await revokeApiKeys(tx, { userId }, { type: 'revoked', client })).keyChanges;
}

/** A verification by someone who has the mailed token and has proved to own the account. */
export interface EmailVerification {
	tokenHash: Uint8Array<ArrayBuffer>;
	userId: string;
	proof: { sessionId: string } | { verifiedHash: string };
	client: Client;
}

/**
 * Uses up the token, marks the email verified and revokes all other sessions. Returns null, with nothing changed, if the token was used, the
 * password has changed or the account is deleted or suspended.
 */
export function verifyEmail(
	prisma: Database,
	{ tokenHash, userId, proof, client }: EmailVerification,
): Promise<(RevokedSessions & { keyChanges: KeyChange[] }) | null> {
	return inTransaction(prisma, async (tx) => {
		if (!(await lockAccount(tx, { userId, ...proof }))) return null;
		if ((await consumeMailedToken(tx, 'verify_email', tokenHash)) !== userId) return null;
		const keyChanges = await markVerified(tx, userId, client);
		const sessionId = 'sessionId' in proof ? proof.sessionId : null;
		await insertEvent(tx, { kind: 'email_verified', userId, sessionId, client });
		const except = sessionId === null ? {} : { except: sessionId };
		return { keyChanges, ...(await revokeSessions(tx, { userId, ...except })) };
	});
}

async function addVerifiedEvent(tx: Tx, userId: string, verifiedAt: Date): Promise<void> {
	const data = { user_id: userId, verified_at: verifiedAt.toISOString() };
	await addToOutbox(tx, newEvent(accountVerified, data, currentRequestId()));
}

/**
 * Publishes `account.verified` for accounts that a release without this event has verified, before or during an upgrade. Returns the number
 * of accounts, 0 if none is left.
 */
export async function publishMissedEvents(prisma: Database): Promise<number> {
	return await inTransaction(prisma, async (tx) => {
		const rows = await tx.$queryRaw<{ id: string; verified_at: Date }[]>`
			UPDATE users SET verified_event_queued = true
			WHERE id IN (
				SELECT id FROM users WHERE email_verified_at IS NOT NULL AND NOT verified_event_queued
				LIMIT ${EVENTS_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
			RETURNING id, email_verified_at AS verified_at`;
		for (const { id, verified_at: verifiedAt } of rows) await addVerifiedEvent(tx, id, verifiedAt);
		return rows.length;
	});
}

export const publishMissedVerifications = defineTask<{ prisma: Database }>({
	name: 'publish_missed_verifications',
	everyMs: RECOVERY_INTERVAL_MS,
	async run({ prisma }, stopping) {
		while (!stopping.aborted && (await publishMissedEvents(prisma)) > 0);
	},
});
