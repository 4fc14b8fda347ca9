import { AppError } from '@creatorr/contracts/errors';
import { checkInput, discardOutputs, publishOutput } from '@creatorr/contracts/internal/files';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import type { Config } from './config.ts';

const TIMEOUT_MS = 10_000;

/** Calls of the jobs service to the files service. Each throws `upstream_unavailable` when the files service does not respond. */
export interface FilesClient {
	/**
	 * Throws `not_found` or `file_not_uploaded` when the file can't be an input of this user, `plan_limit` or `email_not_verified` when the
	 * user's storage is full.
	 */
	checkInput(fileId: string, userId: string): Promise<{ sizeBytes: number }>;
	/** Makes the file the job's one output. Returns false when there is no such output. */
	publishOutput(jobId: string, fileId: string): Promise<boolean>;
	/** Removes all outputs of a job. */
	discardOutputs(jobId: string): Promise<void>;
}

export function openFilesClient(config: Pick<Config, 'FILES_URL' | 'INTERNAL_PRIVATE_KEY'>): FilesClient {
	const call = createInternalClient({
		name: 'files',
		baseUrl: config.FILES_URL,
		sign: createIdentitySigner('jobs', config.INTERNAL_PRIVATE_KEY),
		timeoutMs: TIMEOUT_MS,
	});
	return {
		async checkInput(fileId, userId) {
			const { data } = await call(checkInput, { params: { id: fileId }, body: { user_id: userId } });
			return { sizeBytes: data.size_bytes };
		},
		async publishOutput(jobId, fileId) {
			try {
				await call(publishOutput, { params: { id: fileId }, body: { job_id: jobId } });
				return true;
			} catch (error) {
				if (error instanceof AppError && (error.code === 'not_found' || error.code === 'file_not_uploaded')) {
					return false;
				}
				throw error;
			}
		},
		async discardOutputs(jobId) {
			await call(discardOutputs, { body: { job_id: jobId } });
		},
	};
}

/**
 * Discards the outputs of jobs that failed without an outcome, without waiting for the files service. A process may have published an
 * output and died before it could end the job.
 */
export function discardOutputsInBackground(
	{ files, logger }: { files: Pick<FilesClient, 'discardOutputs'>; logger: Pick<Logger, 'warn'> },
	jobIds: readonly string[],
): void {
	for (const jobId of jobIds) {
		files
			.discardOutputs(jobId)
			.catch((error: unknown) => logger.warn('outputs.discard_failed', { job_id: jobId, error }));
	}
}
