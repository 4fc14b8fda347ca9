import { AppError } from '@creatorr/contracts/errors';
import { MAX_FILE_BYTES, MIN_MULTIPART_BYTES } from '@creatorr/contracts/files';
import { validationError } from '@creatorr/contracts/validation';

/**
 * How a file of this size is uploaded: with a single PUT, or in parts when it is larger than that admits or when the client
 * wants to. Throws `too_large` above 10 GiB, `validation` for parts of less than a store takes.
 */
export function chooseUpload(
	upload: { sizeBytes: number; wantsParts: boolean },
	singlePutLimitBytes: number,
): 'single' | 'parts' {
	if (upload.sizeBytes > MAX_FILE_BYTES) {
		throw new AppError('too_large', `a file may have ${MAX_FILE_BYTES} bytes (10 GiB) at most`);
	}
	if (upload.sizeBytes > singlePutLimitBytes) return 'parts';
	if (!upload.wantsParts) return 'single';
	if (upload.sizeBytes < MIN_MULTIPART_BYTES) {
		const message = `is for files of at least ${MIN_MULTIPART_BYTES} bytes: leave it out`;
		throw validationError([{ path: 'multipart', message }]);
	}
	return 'parts';
}
