import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { type Job, type JobStatus, jobIdSchema, listJobs } from '@creatorr/contracts/jobs';
import { defineRoute } from '@creatorr/service/route';

interface ListJobsDeps {
	listJobs(input: {
		userId: string;
		status: JobStatus | undefined;
		tool: string | undefined;
		idempotencyKey: string | undefined;
		beforeId: string | undefined;
		limit: number;
	}): Promise<Job[]>;
}

export function listJobsRoute(deps: ListJobsDeps) {
	return defineRoute(listJobs, async ({ query, user }) => {
		// One more than asked for tells whether there is a next page.
		const jobs = await deps.listJobs({
			userId: user.id,
			status: query.status,
			tool: query.tool,
			idempotencyKey: query.idempotency_key,
			beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, jobIdSchema),
			limit: query.limit + 1,
		});
		const data = jobs.slice(0, query.limit);
		const last = jobs.length > data.length ? data.at(-1) : undefined;
		return { data, next_cursor: last ? encodeCursor(last.id) : null };
	});
}
