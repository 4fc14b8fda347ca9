import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import type { Prisma, PrismaClient } from '../generated/client.ts';

export interface PlanChange {
	userId: string;
	plan: Plan;
	/** Grows with every change of this user's plan. */
	version: number;
}

/**
 * Puts a user on a plan; false, with nothing changed, when this change or a later one was there before, or the account was
 * deleted. From then on everybody sees the files as the plan has them, however many they are: those that somebody looks at follow
 * at once, the others in batches. Files that are made at the same time wait for it.
 */
export async function changePlan(
	prisma: PrismaClient,
	{ userId, plan, version }: PlanChange,
): Promise<boolean> {
	return await inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
		const changed = await tx.$executeRaw`
			INSERT INTO accounts (user_id, plan, plan_version) VALUES (${userId}, ${plan}::"Plan", ${version})
			ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, plan_version = excluded.plan_version
				WHERE accounts.plan_version < excluded.plan_version AND accounts.deleted_at IS NULL`;
		if (changed === 0) return false;
		// The time after the wait for the account, so that of two changes the later one has the later time.
		await tx.$executeRaw`
			INSERT INTO plan_changes (user_id, version, plan, changed_at)
			VALUES (${userId}, ${version}, ${plan}::"Plan", clock_timestamp())`;
		return true;
	});
}
