import { defineTask } from '@creatorr/service/task';
import type { Config } from '../config.ts';
import type { Database } from '../database.sql.ts';

const HOUR_MS = 3_600_000;
/** Small enough that no statement holds locks for long. */
const BATCH_SIZE = 1_000;

/** Deletes events past their retention period, with their deliveries. Returns how many. Safe to run on several replicas at once. */
export async function pruneEvents(prisma: Database, retentionDays: number): Promise<number> {
	for (let deleted = 0; ; ) {
		const count = await prisma.$executeRaw`
			DELETE FROM events WHERE id IN (
				SELECT id FROM events WHERE created_at < now() - make_interval(days => ${retentionDays}::int)
				LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`;
		deleted += count;
		if (count < BATCH_SIZE) return deleted;
	}
}

export const pruneOldEvents = defineTask<{ prisma: Database; config: Config }>({
	name: 'prune_events',
	everyMs: HOUR_MS,
	run: ({ prisma, config }) => pruneEvents(prisma, config.EVENT_RETENTION_DAYS),
});
