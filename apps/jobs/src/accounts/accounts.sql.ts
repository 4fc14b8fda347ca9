import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';

interface Account {
	plan: Plan;
	emailVerified: boolean;
}

/** Distinguishes these advisory locks from others. */
const USER_LOCKS = 1;

/** Locks a user until the transaction ends: job creations of the user, changes of the account and its deletion wait for each other. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock(${USER_LOCKS}::int, hashtext(${userId}))`;
}

/** Returns whether the account was deleted. Under the user's lock the answer doesn't change. */
export async function isAccountDeleted(tx: Database | Tx, userId: string): Promise<boolean> {
	return (await tx.deletedUser.count({ where: { userId } })) > 0;
}

/** Returns what is known of an account: without a row it is on the free plan, with an unverified email. */
export async function readAccount(tx: Database | Tx, userId: string): Promise<Account> {
	const account = await tx.account.findUnique({ where: { userId } });
	return { plan: account?.plan ?? 'free', emailVerified: account?.emailVerified ?? false };
}

/** Records that the email is verified, unless the account was deleted. */
export async function markVerified(prisma: Database, userId: string): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		await lockUser(tx, userId);
		if (await isAccountDeleted(tx, userId)) return;
		await tx.$executeRaw`
			INSERT INTO accounts (user_id, plan, plan_version, email_verified) VALUES (${userId}, 'free', 0, true)
			ON CONFLICT (user_id) DO UPDATE SET email_verified = true`;
	});
}

interface PlanChange {
	userId: string;
	plan: Plan;
	/** Grows with every change of this user's plan. */
	version: number;
	/** Priority of jobs on this plan. */
	priority: number;
}

/**
 * Changes a user's plan, and the priority of the user's waiting jobs. Returns false, and changes nothing, when this change or a later
 * one was applied before, or the account was deleted. The user's lock makes concurrent creations of jobs wait.
 */
export async function changePlan(prisma: Database, change: PlanChange): Promise<boolean> {
	const { userId, plan, version, priority } = change;
	return await inTransaction(prisma, async (tx) => {
		await lockUser(tx, userId);
		if (await isAccountDeleted(tx, userId)) return false;
		const changed = await tx.$executeRaw`
			INSERT INTO accounts (user_id, plan, plan_version) VALUES (${userId}, ${plan}::"Plan", ${version})
			ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, plan_version = excluded.plan_version
				WHERE accounts.plan_version < excluded.plan_version`;
		if (changed === 0) return false;
		await tx.job.updateMany({
			where: {
				userId,
				status: { in: ['queued', 'running'] },
				OR: [{ dispatchedAt: null }, { deferredAt: { not: null } }],
			},
			data: { priority },
		});
		return true;
	});
}
