import { AppError, notFound } from '@creatorr/contracts/errors';
import { cancelJob, type Job } from '@creatorr/contracts/jobs';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';

interface CancelDeps {
	cancelJob(jobId: string, userId: string): Promise<Job | 'not_found' | 'finished'>;
	/** The job makes room for another. */
	wakeScheduler(): void;
}

export function cancelJobRoute(deps: CancelDeps) {
	return defineRoute(cancelJob, async ({ params, user }) => {
		const canceled = await deps.cancelJob(params.id, user.id);
		crashPoint('jobs.cancel.committed');
		if (canceled === 'not_found') throw notFound('job');
		if (canceled === 'finished') {
			throw new AppError(
				'job_finished',
				'this job has ended already; only queued and running jobs can be canceled',
			);
		}
		deps.wakeScheduler();
		return { data: canceled };
	});
}
