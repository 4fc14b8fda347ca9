import { JOB_LIMITS, type Job, jobSchema } from '@creatorr/contracts/jobs';
import { truncate } from '@creatorr/contracts/text';
import { boundResult } from '../domain/bound-outcome.ts';
import type { Prisma } from '../generated/client.ts';

/** The columns that a job is shown with. */
export const JOB_COLUMNS = {
	id: true,
	tool: true,
	status: true,
	progress: true,
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

/** Returns the row as the API shows it: what a job does not have is absent. Bounds what release 0.3.0 stored without a bound. */
export function toJob(row: JobRow): Job {
	const job = jobSchema.parse({
		id: row.id,
		tool: row.tool,
		status: row.status,
		progress: row.progress,
		input_file_id: row.inputFileId,
		params: row.params,
		created_at: row.createdAt.toISOString(),
		started_at: row.startedAt?.toISOString(),
		finished_at: row.finishedAt?.toISOString(),
		output_file_id: row.outputFileId ?? undefined,
		error_code: row.errorCode ?? undefined,
		error_message: row.errorMessage ? truncate(row.errorMessage, JOB_LIMITS.errorMessageLength) : undefined,
		result: row.result ?? undefined,
	});
	return job.result ? { ...job, result: boundResult(job.result) } : job;
}
