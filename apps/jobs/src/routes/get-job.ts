import { notFound } from '@creatorr/contracts/errors';
import { getJob } from '@creatorr/contracts/jobs';
import { defineRoute } from '@creatorr/service/route';
import { type StatesDeps, waitForChange } from '../domain/job-states.ts';

export function getJobRoute(deps: StatesDeps) {
	return defineRoute(getJob, async ({ params, query, user, closed }) => {
		if (query.wait) {
			const input = { jobId: params.id, userId: user.id, signal: closed };
			return { data: await waitForChange(deps, input, query.wait * 1000) };
		}
		const job = await deps.findJob(params.id, user.id);
		if (!job) throw notFound('job');
		return { data: job };
	});
}
