import type { Tx } from '../database.sql.ts';

/** How many more deliveries a user's recoveries may make due. */
export interface RecoveryAllowance {
	left: number;
	/** Seconds until the window ends, and the allowance is full again. */
	resetSeconds: number;
}

/** Returns what is left of the user's allowance. Locks it until the transaction ends. A window starts with its first recovery. */
export async function lockRecoveryAllowance(
	tx: Tx,
	userId: string,
	perHour: number,
): Promise<RecoveryAllowance> {
	const [row] = await tx.$queryRaw<{ count: number; resetSeconds: number }[]>`
		INSERT INTO recovery_windows AS current (user_id, started_at, count) VALUES (${userId}, now(), 0)
		ON CONFLICT (user_id) DO UPDATE SET
			count = CASE WHEN current.started_at > now() - interval '1 hour' THEN current.count ELSE 0 END,
			started_at = CASE WHEN current.started_at > now() - interval '1 hour' THEN current.started_at ELSE now() END
		RETURNING count, extract(epoch FROM started_at + interval '1 hour' - now())::float8 AS "resetSeconds"`;
	const { count = 0, resetSeconds = 0 } = row ?? {};
	return { left: Math.max(0, perHour - count), resetSeconds };
}

/** Uses up a part of the allowance that this transaction has locked. */
export async function useRecoveryAllowance(tx: Tx, userId: string, count: number): Promise<void> {
	await tx.$executeRaw`UPDATE recovery_windows SET count = count + ${count}::int WHERE user_id = ${userId}`;
}
