import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import { insertEvent, type Operator } from '../security-events/security-events.sql.ts';
import { type RevokedSessions, revokeSessions } from '../sessions/sessions.sql.ts';

/** What an operator does to an account, and why. */
export interface OperatorAction {
	userId: string;
	by: Operator;
}

/**
 * From now on nobody signs in and no mail sets a new password; revokes all sessions. Returns null where there is no such account.
 * An account that is suspended already keeps its date.
 */
export function suspend(
	prisma: Database,
	{ userId, by }: OperatorAction,
): Promise<(RevokedSessions & { since: Date }) | null> {
	return inTransaction(prisma, async (tx) => {
		// This locks the account before its sessions are read: a concurrent sign-in comes before it, or is refused.
		const [row] = await tx.$queryRaw<{ since: Date }[]>`
			UPDATE users SET suspended_at = coalesce(suspended_at, now())
			WHERE id = ${userId} RETURNING suspended_at AS since`;
		if (!row) return null;
		await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });
		await insertEvent(tx, { kind: 'account_suspended', userId, sessionId: null, client: null, by });
		return { ...row, ...(await revokeSessions(tx, { userId })) };
	});
}

/** Lets the owner sign in again; returns false, with nothing changed, where the account is not suspended. */
export function unsuspend(prisma: Database, { userId, by }: OperatorAction): Promise<boolean> {
	return inTransaction(prisma, async (tx) => {
		const { count } = await tx.user.updateMany({
			where: { id: userId, suspendedAt: { not: null } },
			data: { suspendedAt: null },
		});
		if (count === 0) return false;
		await insertEvent(tx, { kind: 'account_unsuspended', userId, sessionId: null, client: null, by });
		return true;
	});
}
