import { AppError } from '@creatorr/contracts/errors';
import { checkInput, discardOutputs, publishOutput } from '@creatorr/contracts/internal';
import type { InternalClient } from '@creatorr/service/internal-client';

/** What jobs asks of the files service. Every call throws `upstream_unavailable` when files does not answer. */
export interface FilesClient {
	/** Throws `not_found` or `file_not_uploaded` when the file can be no input of this user's. */
	checkInput(fileId: string, userId: string): Promise<{ sizeBytes: number }>;
	/** Makes the file the job's one output; false when there is no such output. */
	publishOutput(jobId: string, fileId: string): Promise<boolean>;
	/** Removes all outputs of a job. */
	discardOutputs(jobId: string): Promise<void>;
}

export function createFilesClient(call: InternalClient): FilesClient {
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
