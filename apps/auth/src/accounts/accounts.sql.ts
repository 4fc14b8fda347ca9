import type { Plan } from '@creatorr/contracts/plans';
import type { Tx } from '../database.sql.ts';
import type { Prisma } from '../generated/client.ts';

/** A user in the format of the contract. */
export interface Account {
	id: string;
	email: string;
	email_verified: boolean;
	name: string | null;
	plan: Plan;
}

/** An account with its password hash. */
export interface AccountWithPassword {
	account: Account;
	passwordHash: string;
	/** Every password is refused, even the right one. */
	isSuspended: boolean;
}

async function findAccount(
	prisma: Tx,
	where: Prisma.UserWhereUniqueInput,
): Promise<AccountWithPassword | null> {
	const row = await prisma.user.findUnique({ where });
	if (!row) return null;
	const { id, email, emailVerifiedAt, name, plan, passwordHash, suspendedAt } = row;
	const account = { id, email, email_verified: emailVerifiedAt !== null, name, plan };
	return { account, passwordHash, isSuspended: suspendedAt !== null };
}

/** `email` is trimmed and in lower case. */
export function findAccountByEmail(prisma: Tx, email: string): Promise<AccountWithPassword | null> {
	return findAccount(prisma, { email });
}

export function findAccountById(prisma: Tx, id: string): Promise<AccountWithPassword | null> {
	return findAccount(prisma, { id });
}

/** An owner with a verified password, and the hash that it was compared with. */
export interface VerifiedOwner {
	userId: string;
	verifiedHash: string;
}

/**
 * Locks the account until the transaction ends. Returns false if it doesn't exist or is suspended, or if its password has changed since it
 * was compared with `verifiedHash`.
 */
export async function lockAccount(
	tx: Tx,
	{ userId, verifiedHash }: { userId: string; verifiedHash?: string },
): Promise<boolean> {
	const rows = await tx.$queryRaw<unknown[]>`
		SELECT 1 FROM users
		WHERE id = ${userId} AND password_hash = coalesce(${verifiedHash ?? null}, password_hash) AND suspended_at IS NULL
		FOR NO KEY UPDATE`;
	return rows.length > 0;
}

interface PlanChange {
	userId: string;
	plan: Plan;
	/** Increases with every change of this user's plan. */
	version: number;
}

/** Returns false, with nothing changed, if the account is deleted or has had this change or a later one. */
export async function changePlan(prisma: Tx, { userId, plan, version }: PlanChange): Promise<boolean> {
	const where = { id: userId, planVersion: { lt: version } };
	const { count } = await prisma.user.updateMany({ where, data: { plan, planVersion: version } });
	return count > 0;
}
