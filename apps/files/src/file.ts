import { AppError } from '@creatorr/contracts/errors';
import { idSchema, timeOfId } from '@creatorr/contracts/ids';
import type { StorageTier } from '@creatorr/contracts/plans';

/** Prefix of every stored object's key, so that other software may share the bucket. */
export const KEY_PREFIX = 'files/';

/** Prefix of the key of the object that ties the bucket to one database. */
export const MARK_PREFIX = `${KEY_PREFIX}belong-to-`;

const fileIdSchema = idSchema('fil');

/** Returns whether this service may have created an object with this key; other keys under the prefix are not its own. */
export function isFileKey(key: string): boolean {
	return key.startsWith(KEY_PREFIX) && fileIdSchema.safeParse(key.slice(KEY_PREFIX.length)).success;
}

/** Returns when the file with this key was created, by the clock of the process that created it. */
export function timeOfKey(key: string): Date {
	return timeOfId(key.slice(KEY_PREFIX.length));
}

/** A file in the database: an upload of a user, or a job's output. */
export interface FileRecord {
	id: string;
	userId: string;
	name: string;
	mimeType: string;
	sizeBytes: number;
	storageTier: StorageTier;
	storageKey: string;
	/** `ready` once the object was seen in the store with the declared size; `etag` is set then. */
	status: 'pending' | 'ready';
	etag: string | null;
	/** null for an upload by a single PUT. */
	multipart: { uploadId: string; partSizeBytes: number } | null;
	/** null for an upload of a user. */
	jobId: string | null;
	/** null while the owner cannot see it: an output that is not published. Outputs are published just before their job succeeds. */
	publishedAt: Date | null;
	createdAt: Date;
	expiresAt: Date;
	/** When a pending upload or an unpublished output is abandoned. */
	abandonAt: Date;
	/** No URL accepts bytes for this file after this. */
	uploadUrlExpiresAt: Date;
	deletedAt: Date | null;
}

/** Identifies a file of a user. Every lookup by ID includes the user, so that no user can read another's file. */
export interface FileLookup {
	id: string;
	userId: string;
}

export type MultipartFile = FileRecord & { multipart: NonNullable<FileRecord['multipart']> };

export function isMultipart(file: FileRecord): file is MultipartFile {
	return file.multipart !== null;
}

/**
 * Returns whether an upload URL of this file may still write under its key: that of a single PUT until it expires, those of parts until
 * the multipart upload is completed or aborted.
 */
export function mayReceiveBytes(file: FileRecord, now: Date): boolean {
	return isMultipart(file) ? file.status === 'pending' : file.uploadUrlExpiresAt > now;
}

export function notUploaded(): AppError {
	return new AppError(
		'file_not_uploaded',
		'This file isn’t uploaded yet. Upload its bytes first, and complete a multipart upload.',
	);
}
