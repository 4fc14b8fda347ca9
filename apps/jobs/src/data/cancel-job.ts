import { jobCanceled, newEvent } from '@creatorr/contracts/events';
import type { Job } from '@creatorr/contracts/jobs';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { cancelLockedJob } from './end-job.ts';
import { JOB_COLUMNS, toJob } from './job-row.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient } from './prisma.ts';

interface CancelInput {
	jobId: string;
	userId: string;
	requestId: string;
}

/** Cancels a queued or running job and has its worker told. `not_found` also for somebody else's job. */
export async function cancelJob(
	prisma: PrismaClient,
	{ jobId, userId, requestId }: CancelInput,
): Promise<Job | 'not_found' | 'finished'> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (job?.userId !== userId) return 'not_found';
		if (!(await cancelLockedJob(tx, job))) return 'finished';
		if (job.status === 'running') {
			await addToOutbox(tx, newEvent(jobCanceled, { job_id: jobId }, requestId));
		}
		return toJob(await tx.job.findUniqueOrThrow({ where: { id: jobId }, select: JOB_COLUMNS }));
	});
}
