import { getJobUse } from '@creatorr/contracts/internal';
import { defineRoute } from '@creatorr/service/route';

interface JobUseDeps {
	countJobs(userId: string): Promise<{ active: number; queued: number }>;
}

export function getJobUseRoute(deps: JobUseDeps) {
	return defineRoute(getJobUse, async ({ params }) => {
		const { active, queued } = await deps.countJobs(params.id);
		return { data: { active_jobs: active, queued_jobs: queued } };
	});
}
