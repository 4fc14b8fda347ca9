import type { Route } from '@creatorr/service/route';
import { beatRoute } from './beat.ts';
import { cancelJobRoute } from './cancel-job.ts';
import { claimJobRoute } from './claim-job.ts';
import { createJobRoute } from './create-job.ts';
import { deleteJobRoute } from './delete-job.ts';
import { getJobRoute } from './get-job.ts';
import { getJobUseRoute } from './get-job-use.ts';
import { listJobsRoute } from './list-jobs.ts';
import { listToolsRoute } from './list-tools.ts';
import { releaseJobRoute } from './release-job.ts';
import { streamJobRoute } from './stream-job.ts';

type RouteDeps = Parameters<typeof createJobRoute>[0] &
	Parameters<typeof listJobsRoute>[0] &
	Parameters<typeof getJobRoute>[0] &
	Parameters<typeof cancelJobRoute>[0] &
	Parameters<typeof deleteJobRoute>[0] &
	Parameters<typeof claimJobRoute>[0] &
	Parameters<typeof releaseJobRoute>[0] &
	Parameters<typeof listToolsRoute>[0] &
	Parameters<typeof getJobUseRoute>[0] &
	Parameters<typeof beatRoute>[0];

export function allRoutes(deps: RouteDeps): Route[] {
	return [
		createJobRoute(deps),
		listJobsRoute(deps),
		getJobRoute(deps),
		streamJobRoute(deps),
		cancelJobRoute(deps),
		deleteJobRoute(deps),
		listToolsRoute(deps),
		claimJobRoute(deps),
		releaseJobRoute(deps),
		beatRoute(deps),
		getJobUseRoute(deps),
	];
}
