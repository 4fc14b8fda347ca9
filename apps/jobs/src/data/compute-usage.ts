import type { PrismaClient, Tx } from './prisma.ts';

export interface ComputeUse {
	/** Whole seconds of today, in UTC and by the database's clock. */
	usedSeconds: number;
	/** When the next day begins. */
	resetsAt: Date;
}

/** Adds to what tools ran for a user today; part of the transaction that ends the attempt, so it counts once. */
export async function chargeCompute(
	tx: Tx,
	{ userId, now, ms }: { userId: string; now: Date; ms: number },
): Promise<void> {
	if (ms === 0) return;
	await tx.$executeRaw`
		INSERT INTO compute_usage (user_id, day, milliseconds)
		VALUES (${userId}, (${now}::timestamptz AT TIME ZONE 'UTC')::date, ${ms}::bigint)
		ON CONFLICT (user_id, day) DO UPDATE SET milliseconds = compute_usage.milliseconds + excluded.milliseconds`;
}

/** What tools ran for a user today. */
export async function readComputeUse(tx: PrismaClient | Tx, userId: string): Promise<ComputeUse> {
	const rows = await tx.$queryRaw<ComputeUse[]>`
		SELECT coalesce(max(milliseconds) / 1000, 0)::int AS "usedSeconds",
			(date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC' AS "resetsAt"
		FROM compute_usage WHERE user_id = ${userId} AND day = (now() AT TIME ZONE 'UTC')::date`;
	const [use] = rows;
	if (!use) throw new Error('an aggregate without groups has one row');
	return use;
}
