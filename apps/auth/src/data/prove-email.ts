import { accountVerified, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { currentRequestId } from '@creatorr/service/context';
import type { EmailVerification, PasswordReset, RevokeResult } from '../domain/stores.ts';
import type { Prisma } from '../generated/client.ts';
import { rememberNetwork } from './known-networks.ts';
import { lockAccount } from './lock-account.ts';
import { takeMailedToken } from './mailed-tokens.ts';
import { addNotice } from './mails.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { insertEvent } from './security-events.ts';

type Tx = Prisma.TransactionClient;

/** Marks the email verified and publishes `account.verified`, once an account. */
async function markVerified(tx: Tx, userId: string): Promise<void> {
	const { count } = await tx.user.updateMany({
		where: { id: userId, emailVerifiedAt: null },
		data: { emailVerifiedAt: new Date(), verifiedEventQueued: true },
	});
	if (count > 0) await addToOutbox(tx, newEvent(accountVerified, { user_id: userId }, currentRequestId()));
}

/** As the store promises; the account is locked before its sessions are looked at, so that none is opened meanwhile. */
export async function resetPassword(
	tx: Tx,
	{ tokenHash, newHash, client, network }: PasswordReset,
	noticesPerHour: number,
): Promise<(RevokeResult & { userId: string }) | null> {
	const userId = await takeMailedToken(tx, 'reset_password', tokenHash);
	if (!userId || !(await lockAccount(tx, { userId }))) return null;
	const { email } = await tx.user.update({ where: { id: userId }, data: { passwordHash: newHash } });
	await markVerified(tx, userId);
	// A thief's among them; and at its own the owner is not slowed by those who attack the account.
	await tx.knownNetwork.deleteMany({ where: { userId } });
	await rememberNetwork(tx, { userId, network, at: new Date() });
	await insertEvent(tx, { kind: 'password_reset', userId, sessionId: null, client });
	await addNotice(tx, { kind: 'password_reset', email, client }, noticesPerHour);
	return { userId, ...(await revokeSessions(tx, { userId })) };
}

/** As the store promises. */
export async function verifyEmail(
	tx: Tx,
	{ tokenHash, userId, proof, client }: EmailVerification,
): Promise<RevokeResult | null> {
	if (!(await lockAccount(tx, { userId, ...proof }))) return null;
	if ((await takeMailedToken(tx, 'verify_email', tokenHash)) !== userId) return null;
	await markVerified(tx, userId);
	const sessionId = 'sessionId' in proof ? proof.sessionId : null;
	await insertEvent(tx, { kind: 'email_verified', userId, sessionId, client });
	return await revokeSessions(tx, { userId, ...(sessionId !== null && { except: sessionId }) });
}
