import { notFound } from '@creatorr/contracts/errors';
import { deleteJob } from '@creatorr/contracts/jobs';
import { validationError } from '@creatorr/contracts/validation';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findJob } from '../read/jobs.sql.ts';
import { deleteEndedJob } from './delete-job.sql.ts';

/** DELETE /v1/jobs/{id} */
export function deleteJobRoute({ prisma }: Deps) {
	return defineRoute(deleteJob, async ({ params, user }) => {
		const job = { jobId: params.id, userId: user.id };
		if (await deleteEndedJob(prisma, job)) return;
		if (!(await findJob(prisma, job))) throw notFound('job');
		throw validationError([
			{ path: 'id', message: 'this job is still queued or running; cancel it before you delete it' },
		]);
	});
}
