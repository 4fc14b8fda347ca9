import { getJobUse } from '@creatorr/contracts/internal/jobs';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { readAccount } from './accounts.sql.ts';
import { maxActiveJobs } from './plan-limits.ts';
import { countJobs, readComputeSeconds } from './usage.sql.ts';

/** GET /internal/users/{id}/job-use: a user's usage of the plan's limits. */
export function getJobUseRoute({ prisma, config }: Deps) {
	return defineRoute(getJobUse, async ({ params: { id: userId } }) => {
		const [{ active, queued }, computeSeconds, { plan, emailVerified }] = await Promise.all([
			countJobs(prisma, userId),
			readComputeSeconds(prisma, userId),
			readAccount(prisma, userId),
		]);
		const unverifiedActiveJobs = config.UNVERIFIED_ACTIVE_JOBS;
		return {
			data: {
				active_jobs: active,
				max_active_jobs: maxActiveJobs(config.PLANS[plan], { emailVerified, unverifiedActiveJobs }),
				queued_jobs: queued,
				compute_seconds: computeSeconds,
			},
		};
	});
}
