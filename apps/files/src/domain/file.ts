import { AppError } from '@creatorr/contracts/errors';
import type { StorageTier } from '@creatorr/contracts/plans';

/** Begins the key of every stored object, so that others may share the bucket. */
export const KEY_PREFIX = 'files/';

/** A file as the database knows it: an upload of a user, or a job's output. */
export interface FileRecord {
	id: string;
	userId: string;
	name: string;
	mimeType: string;
	sizeBytes: number;
	storageTier: StorageTier;
	storageKey: string;
	/** `ready` once the bytes were seen in the store with the declared size; `etag` is fixed then. */
	status: 'pending' | 'ready';
	etag: string | null;
	/** null for an upload by a single PUT. */
	multipart: { uploadId: string; partSizeBytes: number } | null;
	/** null for an upload of a user. */
	jobId: string | null;
	/** null while nobody may see it: an output whose job has not succeeded (yet). */
	publishedAt: Date | null;
	createdAt: Date;
	expiresAt: Date;
	/** An upload without its bytes is given up then, and so is an output that nobody published. */
	abandonAt: Date;
	/** No URL that was given out admits bytes after this. */
	uploadUrlExpiresAt: Date;
	deletedAt: Date | null;
}

/** Whose a file is: every look-up by a client names both. */
export interface OwnedFile {
	id: string;
	userId: string;
}

/** The bytes were asked for and are not there yet. */
export function notUploaded(): AppError {
	return new AppError('file_not_uploaded', 'the bytes of this file are not there yet: upload them first');
}

export type MultipartFile = FileRecord & { multipart: NonNullable<FileRecord['multipart']> };

export function isMultipart(file: FileRecord): file is MultipartFile {
	return file.multipart !== null;
}
