import { AppError } from '@creatorr/contracts/errors';
import { openInput } from '@creatorr/contracts/internal';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { InternalClient } from '@creatorr/service/internal-client';
import { inSpan } from '@creatorr/telemetry/span';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import type { GrantedJob } from './granted-job.ts';
import { mayPass, OUTAGE_MS, retry } from './retry.ts';
import { download, ObjectChanged } from './transfer.ts';

export type Input = ResponseOf<typeof openInput>['data'];

function isGone(error: unknown): boolean {
	if (error instanceof ObjectChanged) return true;
	return error instanceof AppError && (error.code === 'not_found' || error.code === 'file_not_uploaded');
}

interface FetchOptions {
	path: string;
	/** Throws where so large a file need not be fetched. */
	requireSize: (sizeBytes: number) => void;
	signal: AbortSignal;
}

/**
 * Brings a job's input to `path`, trying again while files or the store is away. Throws `input_missing` when the file was
 * deleted, has expired, or holds other bytes than when the job was made.
 */
export async function fetchInput(
	files: InternalClient,
	job: Pick<GrantedJob, 'inputFileId' | 'userId'>,
	{ path, requireSize, signal }: FetchOptions,
): Promise<Input> {
	const once = async () => {
		const { data } = await files(openInput, {
			params: { id: job.inputFileId },
			body: { user_id: job.userId },
		});
		requireSize(data.size_bytes);
		await download({ url: data.download_url, etag: data.etag, sizeBytes: data.size_bytes }, path, signal);
		return data;
	};
	try {
		return await inSpan('input fetch', {}, () =>
			retry(once, {
				signal,
				forMs: OUTAGE_MS,
				retryable: (error) => !isGone(error) && !(error instanceof ToolError) && mayPass(error),
			}),
		);
	} catch (error) {
		if (!isGone(error)) throw error;
		throw new ToolError('input_missing', 'The input file is gone or was overwritten. Upload it again.', {
			cause: error,
		});
	}
}
