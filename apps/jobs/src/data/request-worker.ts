import { jobRequested, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import type { Tx } from './prisma.ts';

interface Wanted {
	id: string;
	tool: string;
	requestId: string;
	traceparent: string | null;
}

/** Asks the workers for one of them, when the transaction commits. */
export async function requestWorker(tx: Tx, job: Wanted): Promise<void> {
	const event = newEvent(jobRequested, { job_id: job.id, tool: job.tool }, job.requestId);
	await addToOutbox(tx, { ...event, traceparent: job.traceparent ?? undefined });
}

/** Asks again for a worker of a locked job that lost or gave back the one it had. */
export async function requestWorkerAgain(tx: Tx, job: Wanted & { now: Date }): Promise<void> {
	await tx.job.update({
		where: { id: job.id },
		data: { releasedAt: job.now, deferredAt: null, leaseExpiresAt: null, settling: false },
		select: { id: true },
	});
	await requestWorker(tx, job);
}

/**
 * Defers a locked job that takes long until a background slot is free. The job stays running and keeps its progress, which
 * never decreases.
 */
export async function deferToBackground(
	tx: Tx,
	job: { id: string; now: Date },
	expectedSeconds: number | undefined,
): Promise<void> {
	await tx.job.update({
		where: { id: job.id },
		data: {
			releasedAt: job.now,
			deferredAt: job.now,
			leaseExpiresAt: null,
			settling: false,
			background: true,
			...(expectedSeconds === undefined ? {} : { expectedSeconds }),
		},
		select: { id: true },
	});
}

/** Ends a locked job's attempt, but not the job: nothing that is said in its name counts any more. */
export async function endAttempt(tx: Tx, jobId: string): Promise<void> {
	await tx.job.update({ where: { id: jobId }, data: { workerId: null }, select: { id: true } });
}
