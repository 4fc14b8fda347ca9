import { type Job, jobSchema } from '@creatorr/contracts/jobs';
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

/** The row as the API shows it: what a job does not have is absent. */
export function toJob(row: JobRow): Job {
	return jobSchema.parse({
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
		error_message: row.errorMessage ?? undefined,
		result: row.result ?? undefined,
	});
}
