import { ApiError, StoreError } from '../errors.ts';
import { mayPass } from '../retry/may-pass.ts';
import { createPatience } from '../retry/patience.ts';
import type { File } from '../types.ts';
import { findUpload } from './find-upload.ts';
import { missingParts, type PartsPlan, storedParts } from './parts-plan.ts';
import { sendMissingParts } from './send-missing-parts.ts';
import type { UploadContext } from './upload-context.ts';

/**
 * Sends what is missing in rounds: after one that did not bring the file, the API tells what the store has, with fresh URLs
 * for the next. Gives up when failures last too long, or when the store refuses after a round that brought it no part.
 */
export async function uploadParts(context: UploadContext, fileId: string, given: PartsPlan): Promise<File> {
	const patience = createPatience(context.retry);
	let plan = given;
	for (let wasInVain = false; ; ) {
		const missing = missingParts(plan).length;
		try {
			await sendMissingParts(context, plan, patience.renew);
			if (missingParts(plan).length === 0) {
				return await context.files.complete(fileId, storedParts(plan), { signal: context.signal });
			}
			// their ETags can't be read here: the API tells them, if the store has the parts
			if (wasInVain) throw new StoreError('storage didn’t keep the parts', { status: 200 });
		} catch (error) {
			if (mayPass(error)) await patience.waitAfter(error);
			else if (wasInVain || !isRefusal(error)) throw error;
		}
		const found = await findUpload(context, fileId);
		if (found.kind === 'ready') return found.file;
		plan = found.plan;
		wasInVain = missingParts(plan).length >= missing;
	}
}

/** Of a URL that has expired, or of parts that are not those in the store. */
function isRefusal(error: unknown): boolean {
	return error instanceof StoreError || (error instanceof ApiError && error.code === 'validation');
}
