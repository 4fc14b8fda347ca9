import type { PrismaClient } from '../generated/client.ts';

export interface WaitingEvents {
	waiting: number;
	oldestAgeSeconds: number;
}

/** Events of customers that have to be read again. */
export async function readWaitingEvents(prisma: PrismaClient): Promise<WaitingEvents> {
	const rows = await prisma.$queryRaw<WaitingEvents[]>`
		SELECT count(*)::int AS waiting,
			coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS "oldestAgeSeconds"
		FROM stripe_events WHERE applied_at IS NULL AND user_id IS NOT NULL`;
	return rows[0] ?? { waiting: 0, oldestAgeSeconds: 0 };
}
