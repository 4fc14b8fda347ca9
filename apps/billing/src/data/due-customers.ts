import type { Due } from '../domain/stores.ts';
import type { Prisma } from '../generated/client.ts';

type Tx = Prisma.TransactionClient;

/** Locks a user of whom Stripe has to be asked now and whom nobody has locked. */
export async function lockDue(tx: Tx, due: Due): Promise<string | undefined> {
	switch (due) {
		case 'events':
			return await lockWithEvent(tx);
		case 'events first':
			return (await lockWithEvent(tx)) ?? (await lockByTime(tx));
		case 'time first':
			return (await lockByTime(tx)) ?? (await lockWithEvent(tx));
	}
}

/** Somebody may be waiting for these. An event that came after the last failure does not wait: Stripe may be back. */
async function lockWithEvent(tx: Tx): Promise<string | undefined> {
	const rows = await tx.$queryRaw<{ userId: string }[]>`
		SELECT customers.user_id AS "userId" FROM customers JOIN (
			SELECT user_id, min(received_at) AS oldest, max(received_at) AS newest FROM stripe_events
			WHERE applied_at IS NULL AND user_id IS NOT NULL GROUP BY user_id
		) AS waiting USING (user_id)
		WHERE coalesce(not_before <= now(), true) OR newest > failed_at
		ORDER BY sync_failures, oldest LIMIT 1 FOR UPDATE OF customers SKIP LOCKED`;
	return rows[0]?.userId;
}

async function lockByTime(tx: Tx): Promise<string | undefined> {
	const rows = await tx.$queryRaw<{ userId: string }[]>`
		SELECT user_id AS "userId" FROM customers
		WHERE sync_at <= now() AND coalesce(not_before <= now(), true)
		ORDER BY sync_failures, sync_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
	return rows[0]?.userId;
}
