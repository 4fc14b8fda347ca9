import type { JobErrorCode } from '@creatorr/contracts/error-catalog';
import { type JobOutcome, jobEnded, newEvent } from '@creatorr/contracts/events';
import { jobResultSchema } from '@creatorr/contracts/jobs';
import { afterCommit } from '@creatorr/database/after-commit';
import { addToOutbox } from '@creatorr/database/outbox';
import type { Tx } from '../database.sql.ts';
import type { Prisma } from '../generated/client.ts';
import { chargedMs, chargedMsOfCanceled } from './compute-charge.ts';
import { type LockedJob, notifyJobChanged } from './job.sql.ts';
import { countEnded } from './job-metrics.ts';
import { nextStatus } from './job-status.ts';
import { LAST_RUNS } from './stored-names.sql.ts';

/** Why a job failed, as its owner sees it. */
export interface Failure {
	code: JobErrorCode;
	message: string;
}

const OUTCOMES = { succeed: 'succeeded', fail: 'failed', cancel: 'canceled' } as const;

interface Ending {
	change: keyof typeof OUTCOMES;
	data?: Prisma.JobUpdateInput;
	/** Counts towards the user's compute quota. */
	ms: number;
}

const ENDED_COLUMNS = {
	startedAt: true,
	errorCode: true,
	inputFileId: true,
	outputFileId: true,
	result: true,
	createdAt: true,
} satisfies Prisma.JobSelect;

type EndedJob = Prisma.JobGetPayload<{ select: typeof ENDED_COLUMNS }> & {
	status: (typeof OUTCOMES)[keyof typeof OUTCOMES];
};

async function endJob(tx: Tx, job: LockedJob, { change, data, ms }: Ending): Promise<boolean> {
	const status = nextStatus(job.status, change);
	if (!status) return false;
	const { tool, now: finishedAt } = job;
	const ended = await tx.job.update({
		where: { id: job.id },
		data: { ...data, status, finishedAt, leaseExpiresAt: null, sealedSecrets: null },
		select: ENDED_COLUMNS,
	});
	const { startedAt, errorCode } = ended;
	afterCommit(tx, () => countEnded({ tool, outcome: OUTCOMES[change], errorCode, startedAt, finishedAt }));
	if (job.status === 'running') await recordLastRun(tx, job);
	await chargeCompute(tx, { ...job, ms });
	await publishEnd(tx, job, { ...ended, status: OUTCOMES[change] });
	await notifyJobChanged(tx, job.id);
	return true;
}

/** Publishes that the job ended, if the transaction commits: its owner may have webhooks. */
async function publishEnd(tx: Tx, job: LockedJob, ended: EndedJob): Promise<void> {
	const result = jobResultSchema.nullable().parse(ended.result);
	const data = {
		job_id: job.id,
		user_id: job.userId,
		tool: job.tool,
		status: ended.status,
		input_file_id: ended.inputFileId,
		...(ended.outputFileId !== null && { output_file_id: ended.outputFileId }),
		...(ended.errorCode !== null && { error_code: ended.errorCode as JobErrorCode }),
		...(result && { bytes_in: result.bytes_in, bytes_out: result.bytes_out }),
		created_at: ended.createdAt.toISOString(),
		finished_at: job.now.toISOString(),
	};
	await addToOutbox(tx, newEvent(jobEnded, data, job.requestId));
}

/** Adds to the time that tools ran for a user today. Runs in the transaction that ends the job, so it counts once. */
export async function chargeCompute(
	tx: Tx,
	{ userId, now, ms }: { userId: string; now: Date; ms: number },
): Promise<void> {
	if (ms === 0) return;
	await tx.$executeRaw`
		INSERT INTO compute_usage (user_id, day, milliseconds)
		VALUES (${userId}, (${now}::timestamptz AT TIME ZONE 'UTC')::date, ${ms}::bigint)
		ON CONFLICT (user_id, day) DO UPDATE SET milliseconds = compute_usage.milliseconds + excluded.milliseconds`;
}

/** Records when the user's last job of the tool ended or was preempted. The job itself may be deleted. */
export async function recordLastRun(
	tx: Tx,
	{ userId, tool, now }: Pick<LockedJob, 'userId' | 'tool' | 'now'>,
): Promise<void> {
	await tx.$executeRaw`
		INSERT INTO ${LAST_RUNS} AS last_runs (user_id, tool, ended_at) VALUES (${userId}, ${tool}, ${now})
		ON CONFLICT (user_id, tool) DO UPDATE SET ended_at = excluded.ended_at`;
}

/** Ends a locked job with success. Returns false when the job had already ended. `computeMs` is the tool's run time, if the worker measured it. */
export function succeedJob(
	tx: Tx,
	job: LockedJob,
	outcome: Extract<JobOutcome, { status: 'succeeded' }>,
	computeMs?: number,
): Promise<boolean> {
	const data = {
		outputFileId: outcome.output_file_id,
		result: outcome.result as Prisma.InputJsonObject,
		progress: 100,
	};
	return endJob(tx, job, { change: 'succeed', data, ms: chargedMs(job, { computeMs }) });
}

/** Ends a locked job with a failure. Returns false when the job had already ended. */
export function failJob(tx: Tx, job: LockedJob, failure: Failure, computeMs?: number): Promise<boolean> {
	const data = { errorCode: failure.code, errorMessage: failure.message };
	return endJob(tx, job, {
		change: 'fail',
		data,
		ms: chargedMs(job, { errorCode: failure.code, computeMs }),
	});
}

/** Cancels a locked job. Returns false when the job had already ended. */
export function cancelLockedJob(tx: Tx, job: LockedJob): Promise<boolean> {
	return endJob(tx, job, { change: 'cancel', ms: chargedMsOfCanceled(job) });
}
