import { inTransaction } from '@creatorr/database/transaction';
import type { Client } from '../accounts/account.ts';
import { lockAccount, type VerifiedOwner } from '../accounts/accounts.sql.ts';
import type { Database } from '../database.sql.ts';
import { markVerified } from '../email-verification/verify-email.sql.ts';
import type { KeyChange } from '../gateway-leases/gateway-leases.sql.ts';
import { consumeMailedToken } from '../mails/mailed-tokens.sql.ts';
import { addNotice } from '../mails/mails.sql.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import { type RevokedSessions, revokeSessions } from '../sessions/sessions.sql.ts';
import { rememberNetwork } from '../sign-in/sign-in.sql.ts';

interface PasswordChange {
	newHash: string;
	/** The session that is not revoked. */
	sessionId: string;
	client: Client;
	noticesPerHour: number;
}

/**
 * Sets the hash, revokes all other sessions and mails the owner. Returns null, with nothing changed, if the password has changed or the account
 * is deleted or suspended.
 */
export function changePassword(
	prisma: Database,
	owner: VerifiedOwner,
	{ newHash, sessionId, client, noticesPerHour }: PasswordChange,
): Promise<RevokedSessions | null> {
	return inTransaction(prisma, async (tx) => {
		if (!(await lockAccount(tx, owner))) return null;
		const { userId } = owner;
		const where = { id: userId };
		const { email } = await tx.user.update({ where, data: { passwordHash: newHash } });
		await addNotice(tx, { kind: 'password_changed', email, client }, noticesPerHour);
		await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });
		await insertEvent(tx, { kind: 'password_changed', userId, sessionId, client });
		return await revokeSessions(tx, { userId, except: sessionId });
	});
}

interface PasswordReset {
	tokenHash: Uint8Array<ArrayBuffer>;
	newHash: string;
	client: Client;
	/** Becomes the owner's known network. */
	network: string;
	noticesPerHour: number;
}

/**
 * Uses up the token: sets the hash, revokes all sessions, marks the email verified, makes the network the owner's only known one, and mails the
 * owner. Returns null, with nothing changed, if the token is wrong, used or expired, or the account is suspended.
 */
export function resetPassword(
	prisma: Database,
	{ tokenHash, newHash, client, network, noticesPerHour }: PasswordReset,
): Promise<(RevokedSessions & { userId: string; keyChanges: KeyChange[] }) | null> {
	return inTransaction(prisma, async (tx) => {
		const userId = await consumeMailedToken(tx, 'reset_password', tokenHash);
		// The account is locked before its sessions are read, so that none is opened meanwhile.
		if (!userId || !(await lockAccount(tx, { userId }))) return null;
		const { email } = await tx.user.update({ where: { id: userId }, data: { passwordHash: newHash } });
		const keyChanges = await markVerified(tx, userId, client);
		// A thief's network may be among them. At a known network, other people's failures don't delay the owner.
		await tx.knownNetwork.deleteMany({ where: { userId } });
		await rememberNetwork(tx, { userId, network, at: new Date() });
		await insertEvent(tx, { kind: 'password_reset', userId, sessionId: null, client });
		await addNotice(tx, { kind: 'password_reset', email, client }, noticesPerHour);
		return { userId, keyChanges, ...(await revokeSessions(tx, { userId })) };
	});
}
