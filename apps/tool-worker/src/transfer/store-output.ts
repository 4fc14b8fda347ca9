import { AppError } from '@creatorr/contracts/errors';
import { completeOutput, createOutput } from '@creatorr/contracts/internal/files';
import { crashPoint } from '@creatorr/service/crash-point';
import type { InternalClient } from '@creatorr/service/internal-client';
import { inSpan } from '@creatorr/telemetry/span';
import type { ToolResult } from '@creatorr/tool-kit/run/run-tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { upload } from './object-transfer.ts';
import { isRetryable, OUTAGE_MS, retry } from './retry.ts';

/** Returns a `limit_exceeded` for the error of a full storage, and any other error as it is. */
function explainFullStorage(error: unknown): unknown {
	const isFull =
		error instanceof AppError && (error.code === 'plan_limit' || error.code === 'email_not_verified');
	return isFull
		? new ToolError('limit_exceeded', `${error.message} Then add this file again.`, { cause: error })
		: error;
}

/**
 * Stores a tool's output and returns its file id. Retries while the files service or the store is down, each time with a new file:
 * files that the jobs service does not publish stay invisible and expire. Throws `limit_exceeded` when the user's storage is full.
 */
export function storeOutput(
	files: InternalClient,
	job: { id: string; userId: string },
	result: ToolResult,
	signal: AbortSignal,
): Promise<string> {
	const once = async () => {
		const body = {
			job_id: job.id,
			user_id: job.userId,
			name: result.outputName,
			mime_type: result.outputMimeType,
			size_bytes: result.outputSizeBytes,
		};
		const { data } = await files(createOutput, { body });
		crashPoint('worker.output-created');
		if (data.upload_url) {
			const whole = { path: result.outputPath, startByte: 0, sizeBytes: result.outputSizeBytes };
			await upload({ url: data.upload_url, headers: data.headers }, whole, signal);
		} else if (data.multipart) {
			const parts = [];
			let startByte = 0;
			for (const { part_number, upload_url, size } of data.multipart.parts) {
				const part = { path: result.outputPath, startByte, sizeBytes: size };
				parts.push({ part_number, etag: await upload({ url: upload_url, headers: {} }, part, signal) });
				startByte += size;
			}
			await files(completeOutput, { params: { id: data.file_id }, body: { parts } });
		}
		crashPoint('worker.output-uploaded');
		return data.file_id;
	};
	return inSpan('output store', {}, () =>
		retry(once, { signal, forMs: OUTAGE_MS, retryable: isRetryable }).catch((error: unknown) => {
			throw explainFullStorage(error);
		}),
	);
}
