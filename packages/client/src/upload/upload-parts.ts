import { ApiError, StoreError } from '../errors.ts';
import { isRetryable } from '../retry/is-retryable.ts';
import { createBackoff } from '../retry/retry.ts';
import type { File } from '../types.ts';
import { findUpload } from './find-upload.ts';
import { missingParts, type PartsPlan, storedParts } from './parts-plan.ts';
import { sendMissingParts } from './send-missing-parts.ts';
import type { UploadContext } from './upload-context.ts';

/**
 * Sends missing parts in rounds. After a round that did not complete the file, the API returns the stored parts and fresh URLs for
 * the next one. Gives up if failures last too long, or if the store refuses a round of fresh URLs.
 */
export async function uploadParts(
	context: UploadContext,
	fileId: string,
	firstPlan: PartsPlan,
): Promise<File> {
	const backoff = createBackoff(context.retry);
	let plan = firstPlan;
	let madeNoProgress = false;
	while (true) {
		const missing = missingParts(plan).length;
		try {
			await sendMissingParts(context, plan, backoff.reset);
			if (missingParts(plan).length === 0) {
				return await context.files.complete(fileId, storedParts(plan), { signal: context.signal });
			}
			// The ETags can't be read here. The API returns them if the store has the parts.
			if (madeNoProgress) throw new StoreError('storage didn’t keep the parts', { status: 200 });
		} catch (error) {
			if (isRetryable(error)) await backoff.waitAfter(error);
			else if (madeNoProgress || !isRefusal(error)) throw error;
		}
		const found = await findUpload(context, fileId);
		if (found.kind === 'ready') return found.file;
		plan = found.plan;
		madeNoProgress = missingParts(plan).length >= missing;
	}
}

/** Whether the store refused an expired URL, or the API the list of parts. */
function isRefusal(error: unknown): boolean {
	return error instanceof StoreError || (error instanceof ApiError && error.code === 'validation');
}
