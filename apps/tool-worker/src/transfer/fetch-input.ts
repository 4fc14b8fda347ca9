import { dirname } from 'node:path';
import { AppError } from '@creatorr/contracts/errors';
import { openInput } from '@creatorr/contracts/internal/files';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { InternalClient } from '@creatorr/service/internal-client';
import { inSpan } from '@creatorr/telemetry/span';
import { diskSpace } from '@creatorr/tool-kit/scratch/disk-pressure';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { download, ObjectChangedError } from './object-transfer.ts';
import { isRetryable, OUTAGE_MS, retry } from './retry.ts';

export type Input = ResponseOf<typeof openInput>['data'];

function isMissing(error: unknown): boolean {
	if (error instanceof ObjectChangedError) return true;
	return error instanceof AppError && (error.code === 'not_found' || error.code === 'file_not_uploaded');
}

const FULL_DISK_PAUSE_MS = 30_000;

/** Waits longer for a full disk than for a service. Random, so that inputs that filled the disk together don't retry together. */
function pauseAfter(error: unknown): number | undefined {
	const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
	return isFull ? FULL_DISK_PAUSE_MS * (1 + Math.random()) : undefined;
}

/** Throws ENOSPC if the input doesn't fit beside the reserve: otherwise the download would fill the disk before it fails. */
async function requireSpace(directory: string, sizeBytes: number): Promise<void> {
	const { freeBytes, reserveBytes } = await diskSpace(directory);
	if (sizeBytes + reserveBytes <= freeBytes) return;
	const message = `the input has ${sizeBytes} bytes, the scratch disk ${freeBytes} free bytes, of which ${reserveBytes} stay free`;
	throw Object.assign(new Error(message), { code: 'ENOSPC' });
}

interface FetchOptions {
	path: string;
	/** Throws for a file that is too large for the tool. */
	requireSize: (sizeBytes: number) => void;
	signal: AbortSignal;
}

/**
 * Downloads a job's input to `path`. Retries for at most {@link OUTAGE_MS} while the files service or the store is down, or the
 * disk is full. Throws `input_missing` when the file was deleted, has expired, or was overwritten after the job was created.
 */
export async function fetchInput(
	files: InternalClient,
	job: { inputFileId: string; userId: string },
	{ path, requireSize, signal }: FetchOptions,
): Promise<Input> {
	const once = async () => {
		const { data } = await files(openInput, {
			params: { id: job.inputFileId },
			body: { user_id: job.userId },
		});
		requireSize(data.size_bytes);
		await requireSpace(dirname(path), data.size_bytes);
		await download({ url: data.download_url, etag: data.etag, sizeBytes: data.size_bytes }, path, signal);
		return data;
	};
	try {
		return await inSpan('input fetch', {}, () =>
			retry(once, {
				signal,
				forMs: OUTAGE_MS,
				pauseAfter,
				retryable: (error) => !isMissing(error) && !(error instanceof ToolError) && isRetryable(error),
			}),
		);
	} catch (error) {
		if (!isMissing(error)) throw error;
		throw new ToolError('input_missing', 'The input file is gone or was overwritten. Upload it again.', {
			cause: error,
		});
	}
}
