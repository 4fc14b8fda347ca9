import type { JobOutcome } from '@creatorr/contracts/events';
import { afterCommit } from '@creatorr/database/after-commit';
import type { Failure } from '../domain/attempt.ts';
import { chargedMs } from '../domain/compute.ts';
import { nextStatus } from '../domain/job-status.ts';
import type { Prisma } from '../generated/client.ts';
import { countEnded } from '../job-metrics.ts';
import { chargeCompute } from './compute-usage.ts';
import type { LockedJob } from './lock-job.ts';
import { notifyChanged } from './notify-changed.ts';
import type { Tx } from './prisma.ts';

const OUTCOMES = { succeed: 'succeeded', fail: 'failed', cancel: 'canceled' } as const;

interface Ending {
	change: keyof typeof OUTCOMES;
	data?: Prisma.JobUpdateInput;
	/** What counts towards the user's compute quota. */
	ms: number;
}

async function endJob(tx: Tx, job: LockedJob, { change, data, ms }: Ending): Promise<boolean> {
	const status = nextStatus(job.status, change);
	if (!status) return false;
	const { tool, now: finishedAt } = job;
	const { startedAt, errorCode } = await tx.job.update({
		where: { id: job.id },
		data: { ...data, status, finishedAt, leaseExpiresAt: null, sealedSecrets: null },
		select: { startedAt: true, errorCode: true },
	});
	afterCommit(tx, () => countEnded({ tool, outcome: OUTCOMES[change], errorCode, startedAt, finishedAt }));
	if (job.status === 'running') await noteTurn(tx, job);
	await chargeCompute(tx, { ...job, ms });
	await notifyChanged(tx, job.id);
	return true;
}

/** The user waits from now on; kept apart from the job, which its owner may remove. */
async function noteTurn(tx: Tx, { userId, tool, now }: LockedJob): Promise<void> {
	await tx.$executeRaw`
		INSERT INTO turns (user_id, tool, ended_at) VALUES (${userId}, ${tool}, ${now})
		ON CONFLICT (user_id, tool) DO UPDATE SET ended_at = excluded.ended_at`;
}

/** Ends a locked job well; false when it cannot any more. `measuredMs` is how long the tool ran, as the worker knows it. */
export function succeedJob(
	tx: Tx,
	job: LockedJob,
	outcome: Extract<JobOutcome, { status: 'succeeded' }>,
	measuredMs?: number,
): Promise<boolean> {
	const data = {
		outputFileId: outcome.output_file_id,
		result: outcome.result as Prisma.InputJsonObject,
		progress: 100,
	};
	return endJob(tx, job, { change: 'succeed', data, ms: chargedMs(job, { measuredMs }) });
}

/** Ends a locked job badly; false when it has ended already. */
export function failJob(tx: Tx, job: LockedJob, failure: Failure, measuredMs?: number): Promise<boolean> {
	const data = { errorCode: failure.code, errorMessage: failure.message };
	return endJob(tx, job, {
		change: 'fail',
		data,
		ms: chargedMs(job, { errorCode: failure.code, measuredMs }),
	});
}

/** Cancels a locked job; false when it has ended already. */
export function cancelLockedJob(tx: Tx, job: LockedJob): Promise<boolean> {
	return endJob(tx, job, { change: 'cancel', ms: chargedMs(job, {}) });
}
