import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { Client } from '../accounts/account.ts';
import { lockAccount, type VerifiedOwner } from '../accounts/accounts.sql.ts';
import { type RevokedKeys, revokeApiKeys } from '../api-keys/revoke-api-keys.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { addNotice } from '../mails/mails.sql.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import { type RevokedSessions, revokeSessions } from '../sessions/sessions.sql.ts';

/**
 * Erases all personal data. One event stays, which says that the account existed and when it was deleted. Returns the email, for a last
 * mail.
 */
async function erase(tx: Tx, userId: string): Promise<string> {
	const { email } = await tx.user.delete({ where: { id: userId }, select: { email: true } });
	await tx.mail.deleteMany({ where: { email } });
	await tx.notice.deleteMany({ where: { email } });
	await tx.securityEvent.deleteMany({ where: { userId } });
	await insertEvent(tx, { kind: 'account_deleted', userId, sessionId: null, client: null });
	return email;
}

/**
 * Deletes the account with all personal data, publishes the deletion, and mails the owner. Returns null, with nothing changed, if the
 * password has changed or the account is deleted or suspended.
 */
export function deleteAccount(
	prisma: Database,
	owner: VerifiedOwner,
	{ client, noticesPerHour }: { client: Client; noticesPerHour: number },
): Promise<(RevokedSessions & RevokedKeys) | null> {
	return inTransaction(prisma, async (tx) => {
		if (!(await lockAccount(tx, owner))) return null;
		const { userId } = owner;
		const { keyChanges } = await revokeApiKeys(tx, { userId }, { type: 'revoked', client });
		const revoked = { ...(await revokeSessions(tx, { userId })), keyChanges };
		const email = await erase(tx, userId);
		await addNotice(tx, { kind: 'account_deleted', email, client }, noticesPerHour);
		await addToOutbox(tx, newEvent(accountDeleted, { user_id: userId }, currentRequestId()));
		return revoked;
	});
}
