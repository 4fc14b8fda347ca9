import { AppError } from '@creatorr/contracts/errors';
import { MAX_FILE_BYTES, MIN_MULTIPART_BYTES } from '@creatorr/contracts/files';
import { formatBytes, formatNumber } from '@creatorr/contracts/format';
import { planLimit } from '@creatorr/contracts/plan-limit';
import { validationError } from '@creatorr/contracts/validation';
import type { StorageUse } from '../accounts/accounts.sql.ts';
import { formatStillCounted, requireStorageFor } from '../accounts/storage-limit.ts';
import type { FilePolicy, StorageLimits } from '../policy.ts';

/**
 * Throws `plan_limit` when an upload exceeds the plan's storage or number of files, `rate_limited` when too many are pending, and
 * `email_not_verified` when it exceeds what a user may store before verifying the email.
 */
export function admitUpload(
	limits: StorageLimits & PendingLimit,
	sizeBytes: number,
	storageUse: StorageUse,
): void {
	refuseTooManyPending(limits, storageUse);
	refuseTooManyFiles(limits, storageUse);
	requireStorageFor(limits, sizeBytes, storageUse);
}

type PendingLimit = Pick<FilePolicy, 'maxPendingUploads' | 'putUrlSeconds'>;

/**
 * Bounds the rows and multipart uploads that an account can create without sending a byte. The refusal is `rate_limited` and not
 * `plan_limit`, because it ends by itself: an upload that the user deletes now stops counting by the end of Retry-After.
 */
function refuseTooManyPending(
	{ maxPendingUploads, putUrlSeconds }: PendingLimit,
	{ pendingUploads }: Pick<StorageUse, 'pendingUploads'>,
): void {
	if (pendingUploads < maxPendingUploads) return;
	throw new AppError(
		'rate_limited',
		`You have ${formatNumber(pendingUploads)} unfinished uploads and can have ${formatNumber(maxPendingUploads)} at a time. Finish or delete some, then try again (${formatStillCounted('uploads', putUrlSeconds)}).`,
		{ retryAfterSeconds: putUrlSeconds },
	);
}

/** Bounds what each upload and `GET /v1/usage` read to sum up the user's files. Outputs of jobs count, too. */
function refuseTooManyFiles(
	{ plans, putUrlSeconds }: Pick<FilePolicy, 'plans' | 'putUrlSeconds'>,
	{ plan, storedFiles }: Pick<StorageUse, 'plan' | 'storedFiles'>,
): void {
	if (storedFiles < plans[plan].maxFiles) return;
	throw planLimit({
		plan,
		plans,
		limitOf: ({ maxFiles }) => maxFiles,
		scope: 'files',
		use: `You have ${formatNumber(storedFiles)} files and unfinished uploads`,
		advice: [`delete some files (${formatStillCounted('files', putUrlSeconds)})`],
	});
}

/** Whether {@link admitUpload} refused an upload because too many are pending. */
export function isTooManyPending(error: unknown): boolean {
	return error instanceof AppError && error.code === 'rate_limited';
}

/**
 * Returns how a file of this size is uploaded: in parts when it is too large for a single PUT, or when the client asks for it. Throws
 * `too_large` above 10 GiB, `validation` for an upload in parts that is smaller than stores accept.
 */
export function chooseUpload(
	upload: { sizeBytes: number; wantsMultipart: boolean },
	singlePutLimitBytes: number,
): 'single' | 'parts' {
	if (upload.sizeBytes > MAX_FILE_BYTES) {
		throw new AppError(
			'too_large',
			`The file is larger than ${formatBytes(MAX_FILE_BYTES)} (${formatNumber(MAX_FILE_BYTES)} bytes). Split it into smaller files.`,
		);
	}
	if (upload.sizeBytes > singlePutLimitBytes) return 'parts';
	if (!upload.wantsMultipart) return 'single';
	if (upload.sizeBytes < MIN_MULTIPART_BYTES) {
		const message = `needs a file of at least ${formatNumber(MIN_MULTIPART_BYTES)} bytes; omit it for smaller files`;
		throw validationError([{ path: 'multipart', message }]);
	}
	return 'parts';
}
