import { getJobUse } from '@creatorr/contracts/internal';
import { defineRoute } from '@creatorr/service/route';
import type { JobUse } from '../data/read-use.ts';

interface JobUseDeps {
	readUse(userId: string): Promise<JobUse>;
}

export function getJobUseRoute(deps: JobUseDeps) {
	return defineRoute(getJobUse, async ({ params }) => {
		const { active, maxActive, queued, computeSeconds } = await deps.readUse(params.id);
		return {
			data: {
				active_jobs: active,
				max_active_jobs: maxActive,
				queued_jobs: queued,
				compute_seconds: computeSeconds,
			},
		};
	});
}
