import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { deferToBackground, requestWorkerAgain } from '../dispatch/request-worker.sql.ts';
import { lockJob } from '../lifecycle/job.sql.ts';
import { countReturned } from '../lifecycle/job-metrics.ts';
import { canTransition } from './transitions.ts';

interface ReturnedAttempt {
	jobId: string;
	attempt: number;
	/** The job takes long, and its worker has no background slot for it. */
	background?: boolean | undefined;
	/** How long the tool is expected to take, if the worker knows. */
	expectedSeconds?: number | undefined;
}

/**
 * Ends an attempt that its worker returns unfinished. When the worker shuts down, another one is requested here, without dispatch. When the
 * worker has no free background slot, the job is deferred, and the dispatch task finds it later: it knows the free slots only after a
 * heartbeat of every worker. The attempt doesn't count as lost, and the job stays running. Ignores an attempt that isn't current.
 */
export async function returnAttempt(prisma: Database, returned: ReturnedAttempt): Promise<void> {
	const { jobId, attempt, background = false, expectedSeconds } = returned;
	await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || !canTransition(job, attempt, 'returnAttempt')) return;
		await unassignLockedAttempt(tx, jobId);
		await tx.$executeRaw`
			UPDATE jobs SET returned_attempts = least(returned_attempts + 1, 32767) WHERE id = ${jobId}`;
		if (background) await deferToBackground(tx, job, expectedSeconds);
		else await requestWorkerAgain(tx, job);
		afterCommit(tx, () => countReturned(job.tool, background ? 'no_background_slot' : 'shutdown'));
	});
}

/** Makes the attempt of a locked job unassigned: whatever its worker reports about it from now on is ignored. */
export async function unassignLockedAttempt(tx: Tx, jobId: string): Promise<void> {
	await tx.job.update({ where: { id: jobId }, data: { workerId: null }, select: { id: true } });
}
