import { randomKey } from '#platform';
import type { FileCalls } from './calls/files.ts';
import type { NewJob } from './calls/job-requests.ts';
import type { JobCalls } from './calls/jobs.ts';
import { JobError } from './jobs/job-error.ts';
import { RETRY_FOR_MS, waitOut } from './retry/patience.ts';
import type { AnyCatalogue, SucceededJob, ToolCatalogue, ToolSlug, UntypedTools } from './tool-types.ts';
import type { CreatedJob, File, Job } from './types.ts';
import type { UploadOptions, UploadProgress, UploadSource } from './upload/upload-options.ts';

/** What to run, on what. */
export type RunOptions<C extends AnyCatalogue<C> = ToolCatalogue, Slug extends ToolSlug<C> = ToolSlug<C>> = {
	tool: Slug;
	/** What is left out has its default. */
	params?: C[Slug]['params'] | undefined;
	signal?: AbortSignal | undefined;
	/** Aborting cancels the job, too; without it the job goes on, and aborting only ends the wait. */
	cancelOnAbort?: boolean | undefined;
	/** Hears of the job as it was made, then as it is when the wait begins, and each time that it changes. */
	onJob?: ((job: CreatedJob & Partial<Job>) => void) | undefined;
	/** With the same one, and within a day, the same job; one of its own by default. */
	idempotencyKey?: string | undefined;
	/** How long a lost connection, an ailing API or store is waited for, at each step; 10 minutes by default. */
	retryForMs?: number | undefined;
} & (RunOnFile | RunOnSource);

/** A file that is uploaded already. */
interface RunOnFile {
	fileId: string;
	source?: undefined;
}

/** Bytes that are uploaded first. */
interface RunOnSource extends Pick<UploadOptions, 'name' | 'mimeType' | 'resume' | 'onCreated'> {
	source: UploadSource;
	fileId?: undefined;
	onUpload?: ((progress: UploadProgress) => void) | undefined;
}

export interface RunResult<
	C extends AnyCatalogue<C> = ToolCatalogue,
	Slug extends ToolSlug<C> = ToolSlug<C>,
> {
	job: SucceededJob<C, Slug>;
	/** With a URL to download it. */
	output: File;
}

/** Uploads, makes the job, and waits for its output. Rejects with JobError when the job fails or is canceled. */
export async function runTool<Slug extends string>(
	files: FileCalls,
	jobs: JobCalls<UntypedTools>,
	options: RunOptions<UntypedTools, Slug>,
): Promise<RunResult<UntypedTools, Slug>> {
	const { tool, params, signal, onJob, cancelOnAbort, idempotencyKey = randomKey() } = options;
	const { retryForMs = RETRY_FOR_MS } = options;
	const retry = { forMs: retryForMs, signal };
	const fileId = options.source === undefined ? options.fileId : await uploadInput(files, options);
	const asked = { tool, input_file_id: fileId, ...(params && { params }) };
	try {
		const created = await waitOut(() => jobs.create(asked, { idempotencyKey, signal }), retry);
		onJob?.(created);
		const job = await jobs.wait(created.id, { signal, retryForMs, onChange: onJob });
		if (!hasSucceeded<Slug>(job)) throw new JobError(job);
		return { job, output: await waitOut(() => files.get(job.output_file_id, { signal }), retry) };
	} catch (error) {
		if (cancelOnAbort && signal?.aborted) await cancelJob(jobs, asked, idempotencyKey);
		throw error;
	}
}

function hasSucceeded<Slug extends string>(job: Job): job is SucceededJob<UntypedTools, Slug> {
	return job.status === 'succeeded' && job.output_file_id !== undefined && job.result !== undefined;
}

async function uploadInput(
	files: FileCalls,
	options: RunOnSource & RunOptions<UntypedTools>,
): Promise<string> {
	const { source, onUpload, ...uploadOptions } = options;
	return (await files.upload(source, { ...uploadOptions, onProgress: onUpload })).id;
}

/** The answer that creates the job may have been aborted, too: the same key tells its id. */
async function cancelJob(
	jobs: JobCalls<UntypedTools>,
	asked: NewJob<UntypedTools>,
	idempotencyKey: string,
): Promise<void> {
	try {
		const { id } = await jobs.create(asked, { idempotencyKey });
		await jobs.cancel(id);
	} catch {
		// it has ended, or can't be reached: the abort is what is to be told
	}
}
