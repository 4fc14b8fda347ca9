import type { PrismaClient } from '../generated/client.ts';

export interface WaitingMails {
	waiting: number;
	oldestOverdueSeconds: number;
}

/** A mail that failed is due again later; how long the first try has waited says whether any gets through. */
export async function readWaitingMails(prisma: PrismaClient): Promise<WaitingMails> {
	const rows = await prisma.$queryRaw<WaitingMails[]>`
		SELECT count(*)::int AS waiting,
			greatest(0, coalesce(extract(epoch FROM now() - min(
				CASE WHEN attempts > 0 THEN created_at ELSE due_at END)), 0))::float8 AS "oldestOverdueSeconds"
		FROM (SELECT attempts, created_at, due_at FROM mails
			UNION ALL SELECT attempts, created_at, due_at FROM notices) AS all_mails`;
	return rows[0] ?? { waiting: 0, oldestOverdueSeconds: 0 };
}
