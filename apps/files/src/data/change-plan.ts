import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import type { Keeping } from '../domain/policy.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { dueAt } from './file-row.ts';

export interface PlanChange {
	userId: string;
	plan: Plan;
	/** Grows with every change of this user's plan. */
	version: number;
}

/** An account may have many files. */
const TIMEOUT_MS = 40_000;

/**
 * Puts a user on a plan, and the files with it; false, with nothing changed, when this change or a later one was there before,
 * or the account was deleted. Files that are made at the same time wait for it.
 */
export async function changePlan(
	prisma: PrismaClient,
	{ userId, plan, version }: PlanChange,
	keeping: Keeping,
): Promise<boolean> {
	return await inTransaction(
		prisma,
		async (tx: Prisma.TransactionClient) => {
			const changed = await tx.$executeRaw`
				INSERT INTO accounts (user_id, plan, plan_version) VALUES (${userId}, ${plan}::"Plan", ${version})
				ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, plan_version = excluded.plan_version
					WHERE accounts.plan_version < excluded.plan_version AND accounts.deleted_at IS NULL`;
			if (changed === 0) return false;
			await keepFiles(tx, userId, keeping);
			return true;
		},
		{ timeout: TIMEOUT_MS },
	);
}

/**
 * Keeps the living files for as long as files are kept now, counted from their begin; where that is shorter than was promised,
 * counted from this moment, but for no longer than was promised.
 */
async function keepFiles(
	tx: Prisma.TransactionClient,
	userId: string,
	{ storageTier, lifetimeMs }: Keeping,
): Promise<void> {
	const lifetime = Prisma.sql`make_interval(secs => ${lifetimeMs / 1_000})`;
	const expiresAt = Prisma.sql`
		greatest(coalesce(published_at, created_at) + ${lifetime}, least(expires_at, now() + ${lifetime}))`;
	const abandonAt = Prisma.sql`least(abandon_at, ${expiresAt})`;
	await tx.$executeRaw`
		UPDATE files SET storage_tier = ${storageTier}::"StorageTier", expires_at = ${expiresAt}, abandon_at = ${abandonAt},
			sweep_at = ${dueAt({ expiresAt, abandonAt })}
		WHERE user_id = ${userId} AND deleted_at IS NULL AND expires_at > now()`;
}
