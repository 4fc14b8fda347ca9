import { AppError, notFound } from '@creatorr/contracts/errors';
import { cancelJob } from '@creatorr/contracts/jobs';
import { currentRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { cancelOwnJob } from './cancel-job.sql.ts';

/** POST /v1/jobs/{id}/cancel */
export function cancelJobRoute({ prisma, wakeDispatch }: Deps) {
	return defineRoute(cancelJob, async ({ params, user }) => {
		const input = { jobId: params.id, userId: user.id, requestId: currentRequestId() };
		const canceled = await cancelOwnJob(prisma, input);
		crashPoint('jobs.cancel.committed');
		if (canceled === 'not_found') throw notFound('job');
		if (canceled === 'ended') {
			throw new AppError(
				'job_finished',
				'This job has already ended. Only queued and running jobs can be canceled.',
			);
		}
		wakeDispatch();
		return { data: canceled };
	});
}
