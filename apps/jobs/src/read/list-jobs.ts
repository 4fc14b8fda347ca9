import { decodeCursor, toPage } from '@creatorr/contracts/cursor';
import { jobIdSchema, listJobs } from '@creatorr/contracts/jobs';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findJobs } from './jobs.sql.ts';

/** GET /v1/jobs. Serves one list request of a user at a time, so that no user's lists occupy all database connections. */
export function listJobsRoute({ prisma, config }: Deps) {
	const mutex = createKeyedMutex();
	return defineRoute(listJobs, async ({ query, user }) => {
		const list = () =>
			findJobs(prisma, {
				userId: user.id,
				status: query.status,
				tool: query.tool,
				idempotencyKey: query.idempotency_key,
				keyLifetimeHours: config.IDEMPOTENCY_KEY_TTL_HOURS,
				beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, jobIdSchema),
				limit: query.limit + 1,
			});
		return toPage(await mutex.runExclusive(user.id, list), query.limit);
	});
}
