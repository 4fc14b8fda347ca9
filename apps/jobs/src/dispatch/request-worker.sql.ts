import { jobRequested, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import type { Tx } from '../database.sql.ts';

/** A dispatched job that needs a worker. */
export interface RequestedJob {
	id: string;
	tool: string;
	userId: string;
	requestId: string;
	traceparent: string | null;
}

/** Requests a worker for a job, when the transaction commits. */
export async function requestWorker(tx: Tx, job: RequestedJob): Promise<void> {
	const data = { job_id: job.id, tool: job.tool, user_id: job.userId };
	const event = newEvent(jobRequested, data, job.requestId);
	await addToOutbox(tx, { ...event, traceparent: job.traceparent ?? undefined });
}

/** Requests another worker for a locked job whose worker was lost or returned it. */
export async function requestWorkerAgain(tx: Tx, job: RequestedJob & { now: Date }): Promise<void> {
	await tx.job.update({
		where: { id: job.id },
		data: { dispatchedAt: job.now, deferredAt: null, leaseExpiresAt: null, finishing: false },
		select: { id: true },
	});
	await requestWorker(tx, job);
}

/**
 * Defers a locked background job until a background slot is free. The job stays running and keeps its progress, which never
 * decreases.
 */
export async function deferToBackground(
	tx: Tx,
	job: { id: string; now: Date },
	expectedSeconds?: number,
): Promise<void> {
	await tx.job.update({
		where: { id: job.id },
		data: {
			dispatchedAt: job.now,
			deferredAt: job.now,
			leaseExpiresAt: null,
			finishing: false,
			background: true,
			...(expectedSeconds === undefined ? {} : { expectedSeconds }),
		},
		select: { id: true },
	});
}
