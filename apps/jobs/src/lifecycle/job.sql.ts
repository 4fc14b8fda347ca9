import { JOB_ERRORS, jobErrorCodeSchema } from '@creatorr/contracts/error-catalog';
import { JOB_LIMITS, type Job, type JobStatus, jobSchema } from '@creatorr/contracts/jobs';
import { truncate } from '@creatorr/contracts/text';
import { notify } from '@creatorr/database/notifications';
import { docsUrlOf } from '@creatorr/service/error-docs';
import type { Tx } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import { FINISHING } from './stored-names.sql.ts';
import { truncateResult } from './truncate-outcome.ts';

/** Notified in every transaction that changes a job's status or progress or deletes the job. The payload is its id. */
export const JOB_CHANGED_CHANNEL = 'job_changed';

export async function notifyJobChanged(tx: Tx, jobId: string): Promise<void> {
	await notify(tx, JOB_CHANGED_CHANNEL, jobId);
}

/** A job that this transaction has locked, with the fields that decide how it may change. */
export interface LockedJob {
	id: string;
	userId: string;
	tool: string;
	requestId: string;
	traceparent: string | null;
	status: JobStatus;
	/** The fencing token: the number of the last grant, 0 before the first. */
	attempt: number;
	lostAttempts: number;
	/** The worker of the last attempt. Null once that attempt is unassigned. */
	workerId: string | null;
	/** Null when no worker counts as running the job. */
	leaseExpiresAt: Date | null;
	/** The attempt's outcome is being applied. */
	finishing: boolean;
	/** When the last attempt was granted. */
	attemptStartedAt: Date | null;
	/** Run time of its attempts that were preempted, or returned because no background slot was free. */
	preemptedMs: number;
	/** A worker found that it takes long. */
	background: boolean;
	/** The database's time, the only clock that leases use. */
	now: Date;
}

/**
 * Locks a job until the transaction ends, and reads it. Returns null when there is none or, with `skipLocked`, when another transaction has locked
 * it.
 */
export async function lockJob(tx: Tx, jobId: string, { skipLocked = false } = {}): Promise<LockedJob | null> {
	const rows = await tx.$queryRaw<LockedJob[]>`
		SELECT id, user_id AS "userId", tool, request_id AS "requestId", traceparent, status::text, attempt,
			lost_attempts AS "lostAttempts", worker_id AS "workerId", lease_expires_at AS "leaseExpiresAt",
			${FINISHING} AS finishing, attempt_started_at AS "attemptStartedAt", preempted_ms AS "preemptedMs",
			background, clock_timestamp() AS now
		FROM jobs WHERE id = ${jobId} FOR UPDATE ${skipLocked ? Prisma.sql`SKIP LOCKED` : Prisma.empty}`;
	return rows[0] ?? null;
}

/** The columns of a job that the API shows. */
export const JOB_COLUMNS = {
	id: true,
	tool: true,
	status: true,
	progress: true,
	progressDetail: true,
	inputFileId: true,
	params: true,
	createdAt: true,
	startedAt: true,
	finishedAt: true,
	outputFileId: true,
	errorCode: true,
	errorMessage: true,
	result: true,
} satisfies Prisma.JobSelect;

export type JobRow = Prisma.JobGetPayload<{ select: typeof JOB_COLUMNS }>;

/** Returns the fields that describe why a job failed. */
function errorFields(errorCode: string, message: string | null) {
	const code = jobErrorCodeSchema.parse(errorCode);
	return {
		error_code: code,
		error_message: message ? truncate(message, JOB_LIMITS.errorMessageLength) : undefined,
		error_retryable: JOB_ERRORS[code].retryable,
		error_docs_url: docsUrlOf(code),
	};
}

/** Returns the row as the API shows it. A field without a value is absent. Truncates what release 0.3.0 stored without a limit. */
export function toJob(row: JobRow): Job {
	const job = jobSchema.parse({
		id: row.id,
		tool: row.tool,
		status: row.status,
		progress: row.progress,
		input_file_id: row.inputFileId,
		progress_detail: (row.status === 'running' && row.progressDetail) || undefined,
		params: row.params,
		created_at: row.createdAt.toISOString(),
		started_at: row.startedAt?.toISOString(),
		finished_at: row.finishedAt?.toISOString(),
		output_file_id: row.outputFileId ?? undefined,
		...(row.errorCode && errorFields(row.errorCode, row.errorMessage)),
		result: row.result ?? undefined,
	});
	return job.result ? { ...job, result: truncateResult(job.result) } : job;
}
