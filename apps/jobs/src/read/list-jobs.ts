import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { jobIdSchema, listJobs } from '@creatorr/contracts/jobs';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findJobs } from './jobs.sql.ts';

/** GET /v1/jobs */
export function listJobsRoute({ prisma, config }: Deps) {
	return defineRoute(listJobs, async ({ query, user }) => {
		// One more than requested shows whether there is a next page.
		const jobs = await findJobs(prisma, {
			userId: user.id,
			status: query.status,
			tool: query.tool,
			idempotencyKey: query.idempotency_key,
			keyLifetimeHours: config.IDEMPOTENCY_KEY_TTL_HOURS,
			beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, jobIdSchema),
			limit: query.limit + 1,
		});
		const data = jobs.slice(0, query.limit);
		const last = jobs.length > data.length ? data.at(-1) : undefined;
		return { data, next_cursor: last ? encodeCursor(last.id) : null };
	});
}
