import type { JobOutcome } from '@creatorr/contracts/events';
import type { Failure } from '../domain/attempt.ts';
import { type JobChange, nextStatus } from '../domain/job-status.ts';
import type { Prisma } from '../generated/client.ts';
import type { LockedJob } from './lock-job.ts';
import { notifyChanged } from './notify-changed.ts';
import type { Tx } from './prisma.ts';

async function endJob(
	tx: Tx,
	job: LockedJob,
	change: JobChange,
	data: Prisma.JobUpdateInput,
): Promise<boolean> {
	const status = nextStatus(job.status, change);
	if (!status) return false;
	await tx.job.update({
		where: { id: job.id },
		data: { ...data, status, finishedAt: job.now, leaseExpiresAt: null, sealedSecrets: null },
		select: { id: true },
	});
	await notifyChanged(tx, job.id);
	return true;
}

/** Ends a locked job well; false when it cannot any more. */
export function succeedJob(
	tx: Tx,
	job: LockedJob,
	outcome: Extract<JobOutcome, { status: 'succeeded' }>,
): Promise<boolean> {
	return endJob(tx, job, 'succeed', {
		outputFileId: outcome.output_file_id,
		result: outcome.result as Prisma.InputJsonObject,
		progress: 100,
	});
}

/** Ends a locked job badly; false when it has ended already. */
export function failJob(tx: Tx, job: LockedJob, failure: Failure): Promise<boolean> {
	return endJob(tx, job, 'fail', { errorCode: failure.code, errorMessage: failure.message });
}

/** Cancels a locked job; false when it has ended already. */
export function cancelLockedJob(tx: Tx, job: LockedJob): Promise<boolean> {
	return endJob(tx, job, 'cancel', {});
}
