import { type ClaimAnswer, claimJob } from '@creatorr/contracts/internal';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';

interface ClaimDeps {
	claimJob(jobId: string, workerId: string): Promise<ClaimAnswer>;
}

export function claimJobRoute(deps: ClaimDeps) {
	return defineRoute(claimJob, async ({ params, body }) => {
		const answer = await deps.claimJob(params.id, body.worker_id);
		crashPoint('jobs.claim.committed');
		return { data: answer };
	});
}
