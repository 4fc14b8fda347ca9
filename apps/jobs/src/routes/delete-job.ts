import { notFound } from '@creatorr/contracts/errors';
import { deleteJob, type Job } from '@creatorr/contracts/jobs';
import { validationError } from '@creatorr/contracts/validation';
import { defineRoute } from '@creatorr/service/route';

interface DeleteDeps {
	/** False when the user has no such job that has ended. */
	deleteJob(jobId: string, userId: string): Promise<boolean>;
	findJob(jobId: string, userId: string): Promise<Job | null>;
}

export function deleteJobRoute(deps: DeleteDeps) {
	return defineRoute(deleteJob, async ({ params, user }) => {
		if (await deps.deleteJob(params.id, user.id)) return;
		if (!(await deps.findJob(params.id, user.id))) throw notFound('job');
		throw validationError([
			{ path: 'id', message: 'names a job that has not ended; cancel it first, then remove it' },
		]);
	});
}
