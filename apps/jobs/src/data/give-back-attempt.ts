import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import { isCurrentAttempt } from '../domain/attempt.ts';
import { countReturned } from '../job-metrics.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient } from './prisma.ts';
import { deferToBackground, endAttempt, requestWorkerAgain } from './request-worker.ts';

interface Returned {
	jobId: string;
	attempt: number;
	/** The job takes long, and its worker has no background slot for it. */
	background?: boolean | undefined;
	/** How long the tool is expected to take, where the worker knows. */
	expectedSeconds?: number | undefined;
}

/**
 * Ends an attempt that its worker returns unfinished. When the worker shuts down, another one is requested at once. When it has
 * no background slot, the job is deferred, and nothing wakes the scheduler: after a heartbeat of every worker the free slots are
 * known. The attempt doesn't count as lost, and the job stays running. Ignores an attempt that isn't current.
 */
export async function giveBackAttempt(prisma: PrismaClient, returned: Returned): Promise<void> {
	const { jobId, attempt, background = false, expectedSeconds } = returned;
	await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || !isCurrentAttempt(job, attempt)) return;
		await endAttempt(tx, jobId);
		await tx.$executeRaw`
			UPDATE jobs SET returned_attempts = least(returned_attempts + 1, 32767) WHERE id = ${jobId}`;
		if (background) await deferToBackground(tx, job, expectedSeconds);
		else await requestWorkerAgain(tx, job);
		afterCommit(tx, () => countReturned(job.tool, background ? 'no_background_slot' : 'shutdown'));
	});
}
