import type { PrismaClient, Tx } from '../database.sql.ts';

/** Adds to the time that tools ran for a user today. Runs in the transaction that ends the attempt, so it counts once. */
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

/** Returns how long tools ran for a user today, in whole seconds. The day is that of UTC, by the database's clock. */
export async function readComputeSeconds(tx: PrismaClient | Tx, userId: string): Promise<number> {
	const rows = await tx.$queryRaw<{ seconds: number }[]>`
		SELECT (milliseconds / 1000)::int AS seconds
		FROM compute_usage WHERE user_id = ${userId} AND day = (now() AT TIME ZONE 'UTC')::date`;
	return rows[0]?.seconds ?? 0;
}
