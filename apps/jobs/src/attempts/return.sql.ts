import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { deferToBackground, requestWorkerAgain } from '../dispatch/request-worker.sql.ts';
import { chargedMs } from '../lifecycle/compute-charge.ts';
import { type LockedJob, lockJob } from '../lifecycle/job.sql.ts';
import { countReturned, type ReturnReason } from '../lifecycle/job-metrics.ts';
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
		const reason = background ? 'no_background_slot' : 'shutdown';
		await returnLockedAttempt(tx, job, { reason, expectedSeconds });
	});
}

/**
 * Ends the attempt of a locked job unfinished, and requests another worker or defers the job. The run time that a deferred job loses counts when
 * the job is canceled, and protects its next attempt.
 */
export async function returnLockedAttempt(
	tx: Tx,
	job: LockedJob,
	{ reason, expectedSeconds }: { reason: ReturnReason; expectedSeconds?: number | undefined },
): Promise<void> {
	await unassignLockedAttempt(tx, job.id);
	const lostMs = reason === 'shutdown' ? 0 : chargedMs(job, {});
	await tx.$executeRaw`
		UPDATE jobs SET returned_attempts = least(returned_attempts + 1, 32767), preempted_ms = preempted_ms + ${lostMs}::int
		WHERE id = ${job.id}`;
	if (reason === 'shutdown') await requestWorkerAgain(tx, job);
	else await deferToBackground(tx, job, expectedSeconds);
	afterCommit(tx, () => countReturned(job.tool, reason));
}

/** Makes the attempt of a locked job unassigned: whatever its worker reports about it from now on is ignored. */
export async function unassignLockedAttempt(tx: Tx, jobId: string): Promise<void> {
	await tx.job.update({ where: { id: jobId }, data: { workerId: null }, select: { id: true } });
}
