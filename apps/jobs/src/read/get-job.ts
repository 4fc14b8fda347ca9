import { notFound } from '@creatorr/contracts/errors';
import { getJob } from '@creatorr/contracts/jobs';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { createJobSource, waitForChange } from './job-states.ts';
import { findJob } from './jobs.sql.ts';

/** GET /v1/jobs/{id}, with `?wait=` as a long poll. */
export function getJobRoute(deps: Deps) {
	return defineRoute(getJob, async ({ params, query, user, closed, writeProcessing }) => {
		const owned = { jobId: params.id, userId: user.id };
		if (query.wait) {
			// Until this response, the long poll holds one of the gateway's few permits to connect.
			writeProcessing();
			const data = await waitForChange(
				createJobSource(deps),
				{ ...owned, signal: closed },
				query.wait * 1000,
			);
			return { data };
		}
		const job = await findJob(deps.prisma, owned);
		if (!job) throw notFound('job');
		return { data: job };
	});
}
