import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { Client, Credentials } from '../domain/account.ts';
import type { NewSession } from '../domain/session.ts';
import type { AccountStore } from '../domain/stores.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { rememberNetwork } from './known-networks.ts';
import { lockAccount } from './lock-account.ts';
import { findMailedTokenUser } from './mailed-tokens.ts';
import { addNotice, addVerificationMail, type MailLimits } from './mails.ts';
import { resetPassword, verifyEmail } from './prove-email.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { insertEvent } from './security-events.ts';

type Tx = Prisma.TransactionClient;

async function findUser(prisma: Tx, where: Prisma.UserWhereUniqueInput): Promise<Credentials | null> {
	const row = await prisma.user.findUnique({ where });
	if (!row) return null;
	const { id, email, emailVerifiedAt, name, plan, passwordHash, suspendedAt } = row;
	const account = { id, email, email_verified: emailVerifiedAt !== null, name, plan };
	return { account, passwordHash, isSuspended: suspendedAt !== null };
}

function clientOf({ clientAddress, userAgent }: NewSession): Client {
	return { address: clientAddress, userAgent };
}

async function insertSession(
	tx: Tx,
	session: NewSession,
	{ network, kind }: { network: string; kind: 'registered' | 'signed_in' },
): Promise<{ isNewNetwork: boolean }> {
	const { id, userId, createdAt } = session;
	await tx.session.create({ data: { ...session, lastSeenAt: createdAt } });
	const isNewNetwork = await rememberNetwork(tx, { userId, network, at: createdAt });
	await insertEvent(tx, { kind, userId, sessionId: id, client: clientOf(session) });
	return { isNewNetwork };
}

/** All that is known of a person goes; that there was an account and when it went stays. Returns the email, for a last mail. */
async function erase(tx: Tx, userId: string): Promise<string> {
	const { email } = await tx.user.delete({ where: { id: userId }, select: { email: true } });
	await tx.mail.deleteMany({ where: { email } });
	await tx.notice.deleteMany({ where: { email } });
	await tx.securityEvent.deleteMany({ where: { userId } });
	await insertEvent(tx, { kind: 'account_deleted', userId, sessionId: null, client: null });
	return email;
}

/**
 * `mailLimits`: so many mails to verify an email are sent an hour to those who register from one network, and so many notices of one
 * kind to an owner.
 */
export function createAccountStore(prisma: PrismaClient, mailLimits: MailLimits): AccountStore {
	const { perEmail, perNetwork } = mailLimits;
	return {
		register: (user, session, network) =>
			inTransaction(prisma, async (tx) => {
				const { count } = await tx.user.createMany({ data: user, skipDuplicates: true });
				if (count === 0) return false;
				await insertSession(tx, session, { network, kind: 'registered' });
				const asked = { email: user.email, client: clientOf(session) };
				await addVerificationMail(tx, asked, { network, perNetwork });
				return true;
			}),
		findByEmail: (email) => findUser(prisma, { email }),
		findById: (id) => findUser(prisma, { id }),
		async isKnownNetwork(userId, network) {
			return (await prisma.knownNetwork.count({ where: { userId, network } })) > 0;
		},
		openSession: (owner, session, network) =>
			inTransaction(prisma, async (tx) => {
				if (!(await lockAccount(tx, owner))) return false;
				const { isNewNetwork } = await insertSession(tx, session, { network, kind: 'signed_in' });
				if (!isNewNetwork) return true;
				const where = { id: owner.userId };
				const { email } = await tx.user.findUniqueOrThrow({ where, select: { email: true } });
				await addNotice(tx, { kind: 'new_sign_in', email, client: clientOf(session) }, perEmail);
				return true;
			}),
		changePassword: (owner, newHash, { sessionId, client }) =>
			inTransaction(prisma, async (tx) => {
				if (!(await lockAccount(tx, owner))) return null;
				const { userId } = owner;
				const where = { id: userId };
				const { email } = await tx.user.update({ where, data: { passwordHash: newHash } });
				await addNotice(tx, { kind: 'password_changed', email, client }, perEmail);
				await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });
				await insertEvent(tx, { kind: 'password_changed', userId, sessionId, client });
				return await revokeSessions(tx, { userId, except: sessionId });
			}),
		async findByMailedToken(kind, tokenHash) {
			const id = await findMailedTokenUser(prisma, kind, tokenHash);
			return id === null ? null : await findUser(prisma, { id });
		},
		resetPassword: (reset) => inTransaction(prisma, (tx) => resetPassword(tx, reset, perEmail)),
		verifyEmail: (verification) => inTransaction(prisma, (tx) => verifyEmail(tx, verification)),
		remove: (owner, client) =>
			inTransaction(prisma, async (tx) => {
				if (!(await lockAccount(tx, owner))) return null;
				const revoked = await revokeSessions(tx, { userId: owner.userId });
				const email = await erase(tx, owner.userId);
				await addNotice(tx, { kind: 'account_deleted', email, client }, perEmail);
				await addToOutbox(tx, newEvent(accountDeleted, { user_id: owner.userId }, currentRequestId()));
				return revoked;
			}),
		async changePlan({ userId, plan, version }) {
			const where = { id: userId, planVersion: { lt: version } };
			const { count } = await prisma.user.updateMany({ where, data: { plan, planVersion: version } });
			return count > 0;
		},
	};
}
