import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { Credentials } from '../domain/account.ts';
import type { NewSession } from '../domain/session.ts';
import type { AccountStore, VerifiedOwner } from '../domain/stores.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { revokeSessions } from './revoke-sessions.ts';

type Tx = Prisma.TransactionClient;

async function findUser(prisma: Tx, where: Prisma.UserWhereUniqueInput): Promise<Credentials | null> {
	const row = await prisma.user.findUnique({ where });
	if (!row) return null;
	const { id, email, name, plan, passwordHash } = row;
	return { account: { id, email, name, plan }, passwordHash };
}

async function insertSession(tx: Tx, session: NewSession, network: string): Promise<void> {
	const { userId, createdAt } = session;
	await tx.session.create({ data: { ...session, lastSeenAt: createdAt } });
	await tx.$executeRaw`
		INSERT INTO known_networks (user_id, network, last_signed_in_at) VALUES (${userId}, ${network}, ${createdAt})
		ON CONFLICT (user_id, network) DO UPDATE SET last_signed_in_at = excluded.last_signed_in_at`;
}

/** Whether the account still has the password that was verified; if so, neither changes until the transaction ends. */
async function holdOwner(tx: Tx, { userId, verifiedHash }: VerifiedOwner): Promise<boolean> {
	const rows = await tx.$queryRaw<unknown[]>`
		SELECT 1 FROM users WHERE id = ${userId} AND password_hash = ${verifiedHash} FOR NO KEY UPDATE`;
	return rows.length > 0;
}

export function createAccountStore(prisma: PrismaClient): AccountStore {
	return {
		register: (user, session, network) =>
			inTransaction(prisma, async (tx) => {
				const { count } = await tx.user.createMany({ data: user, skipDuplicates: true });
				if (count === 0) return false;
				await insertSession(tx, session, network);
				return true;
			}),
		findByEmail: (email) => findUser(prisma, { email }),
		findById: (id) => findUser(prisma, { id }),
		async isKnownNetwork(userId, network) {
			return (await prisma.knownNetwork.count({ where: { userId, network } })) > 0;
		},
		openSession: (owner, session, network) =>
			inTransaction(prisma, async (tx) => {
				if (!(await holdOwner(tx, owner))) return false;
				await insertSession(tx, session, network);
				return true;
			}),
		changePassword: (owner, newHash, keepSessionId) =>
			inTransaction(prisma, async (tx) => {
				if (!(await holdOwner(tx, owner))) return null;
				await tx.user.update({ where: { id: owner.userId }, data: { passwordHash: newHash } });
				return await revokeSessions(tx, { userId: owner.userId, except: keepSessionId });
			}),
		remove: (owner) =>
			inTransaction(prisma, async (tx) => {
				if (!(await holdOwner(tx, owner))) return null;
				const revoked = await revokeSessions(tx, { userId: owner.userId });
				await tx.user.delete({ where: { id: owner.userId } });
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
