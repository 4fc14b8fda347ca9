import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient, Tx } from './prisma.ts';
import { isDeleted, lockUser } from './users.ts';

export interface PlanChange {
	userId: string;
	plan: Plan;
	/** Grows with every change of this user's plan. */
	version: number;
	/** Of the plan's jobs. */
	priority: number;
}

interface Account {
	plan: Plan;
	/** Whether the email is known to be verified. */
	verified: boolean;
}

/** Returns what is known of an account: without a row it is on the free plan, with an unverified email. */
export async function readAccount(tx: PrismaClient | Tx, userId: string): Promise<Account> {
	const account = await tx.account.findUnique({ where: { userId } });
	return { plan: account?.plan ?? 'free', verified: account?.emailVerified ?? false };
}

/** Notes for good that the email is verified, unless the user is gone. */
export async function markVerified(prisma: PrismaClient, userId: string): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		await lockUser(tx, userId);
		if (await isDeleted(tx, userId)) return;
		await tx.$executeRaw`
			INSERT INTO accounts (user_id, plan, plan_version, email_verified) VALUES (${userId}, 'free', 0, true)
			ON CONFLICT (user_id) DO UPDATE SET email_verified = true`;
	});
}

/**
 * Puts a user on a plan and gives the waiting jobs its priority; false, with nothing changed, when this change or a later one
 * was there before, or the user is gone. Jobs that are created at the same time wait for it.
 */
export async function changePlan(prisma: PrismaClient, change: PlanChange): Promise<boolean> {
	const { userId, plan, version, priority } = change;
	return await inTransaction(prisma, async (tx) => {
		await lockUser(tx, userId);
		if (await isDeleted(tx, userId)) return false;
		const changed = await tx.$executeRaw`
			INSERT INTO accounts (user_id, plan, plan_version) VALUES (${userId}, ${plan}::"Plan", ${version})
			ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, plan_version = excluded.plan_version
				WHERE accounts.plan_version < excluded.plan_version`;
		if (changed === 0) return false;
		await tx.job.updateMany({
			where: {
				userId,
				status: { in: ['queued', 'running'] },
				OR: [{ releasedAt: null }, { deferredAt: { not: null } }],
			},
			data: { priority },
		});
		return true;
	});
}
