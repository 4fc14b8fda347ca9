import { releaseJob } from '@creatorr/contracts/internal';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';

interface ReleaseDeps {
	giveBackAttempt(jobId: string, attempt: number): Promise<void>;
}

export function releaseJobRoute(deps: ReleaseDeps) {
	return defineRoute(releaseJob, async ({ params, body }) => {
		await deps.giveBackAttempt(params.id, body.attempt);
		crashPoint('jobs.give-back.committed');
	});
}
