import { AppError } from '@creatorr/contracts/errors';
import { idSchema, timeOfId } from '@creatorr/contracts/ids';
import type { StorageTier } from '@creatorr/contracts/plans';

/** Begins the key of every stored object, so that others may share the bucket. */
export const KEY_PREFIX = 'files/';

/** Begins the key of the object that says whose files these are. */
export const MARK_PREFIX = `${KEY_PREFIX}belong-to-`;

const fileIdSchema = idSchema('fil');

/** Whether this service gives such keys to files; others under the prefix were put there by somebody else. */
export function isFileKey(key: string): boolean {
	return key.startsWith(KEY_PREFIX) && fileIdSchema.safeParse(key.slice(KEY_PREFIX.length)).success;
}

/** When the file was begun that has this key, by the clock of the process that began it. */
export function timeOfKey(key: string): Date {
	return timeOfId(key.slice(KEY_PREFIX.length));
}

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

/**
 * Whether an upload URL of this file may still put bytes under its key: that of a single PUT until it expires, those of parts
 * until the parts are joined, or thrown away.
 */
export function mayReceiveBytes(file: FileRecord, now: Date): boolean {
	return isMultipart(file) ? file.status === 'pending' : file.uploadUrlExpiresAt > now;
}

export type MultipartFile = FileRecord & { multipart: NonNullable<FileRecord['multipart']> };

export function isMultipart(file: FileRecord): file is MultipartFile {
	return file.multipart !== null;
}
