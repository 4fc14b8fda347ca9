import { accountSuspended, accountUnsuspended, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import { type RevokedKeys, revokeApiKeys } from '../api-keys/revoke-api-keys.sql.ts';
import type { Database } from '../database.sql.ts';
import { insertEvent, type Operator } from '../security-events/security-events.sql.ts';
import { type RevokedSessions, revokeSessions } from '../sessions/sessions.sql.ts';

/** An action of an operator on an account, and its reason. */
export interface OperatorAction {
	userId: string;
	by: Operator;
}

/**
 * Blocks sign-in and password resets, and revokes all sessions and API keys. Publishes `account.suspended`, each time. Returns null for
 * an unknown account. A suspended account keeps its date.
 */
export function suspend(
	prisma: Database,
	{ userId, by }: OperatorAction,
): Promise<(RevokedSessions & { since: Date; keys: RevokedKeys }) | null> {
	return inTransaction(prisma, async (tx) => {
		// Locks the account before its sessions are read: a concurrent sign-in comes first, or is refused.
		const [row] = await tx.$queryRaw<{ since: Date }[]>`
			UPDATE users SET suspended_at = coalesce(suspended_at, now())
			WHERE id = ${userId} RETURNING suspended_at AS since`;
		if (!row) return null;
		await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });
		await insertEvent(tx, { kind: 'account_suspended', userId, sessionId: null, client: null, by });
		await addToOutbox(tx, newEvent(accountSuspended, { user_id: userId }, currentRequestId()));
		const keys = await revokeApiKeys(tx, { userId }, { type: 'revoked', client: null });
		return { ...row, keys, ...(await revokeSessions(tx, { userId })) };
	});
}

/**
 * Allows sign-in again, and publishes `account.unsuspended`, also for an account that isn't suspended, because the earlier message may be lost.
 * Returns whether it was suspended.
 */
export function unsuspend(prisma: Database, { userId, by }: OperatorAction): Promise<boolean> {
	return inTransaction(prisma, async (tx) => {
		const { count } = await tx.user.updateMany({
			where: { id: userId, suspendedAt: { not: null } },
			data: { suspendedAt: null },
		});
		await addToOutbox(tx, newEvent(accountUnsuspended, { user_id: userId }, currentRequestId()));
		if (count === 0) return false;
		await insertEvent(tx, { kind: 'account_unsuspended', userId, sessionId: null, client: null, by });
		return true;
	});
}
