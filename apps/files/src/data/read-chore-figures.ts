import type { ChoreFigures } from '../chore-metrics.ts';
import type { PrismaClient } from '../generated/client.ts';
import { readBacklog } from './read-retention.ts';

/** By the database's clock. */
export async function readChoreFigures(prisma: PrismaClient): Promise<ChoreFigures> {
	const backlog = await readBacklog(prisma);
	const rows = await prisma.$queryRaw<{ name: string; seconds: number }[]>`
		SELECT name, extract(epoch FROM now() - last_ended_at)::float8 AS seconds
		FROM chores WHERE last_ended_at IS NOT NULL`;
	return {
		due: backlog.due,
		oldestDueAgeSeconds: backlog.oldestDueAt ? (Date.now() - backlog.oldestDueAt.getTime()) / 1_000 : 0,
		successAgeSeconds: new Map(rows.map(({ name, seconds }) => [name, seconds])),
	};
}
