import type { ByteSource, PathSource } from '../platform/platform.ts';

/** What to upload: a File or Blob, a local file (Node), or an object that returns its bytes in slices. */
export type UploadSource = Blob | PathSource | ByteSource;

export interface UploadProgress {
	/** Bytes sent so far. Decreases only by bytes that have to be sent again. */
	sentBytes: number;
	totalBytes: number;
}

export interface UploadOptions {
	/** The name of the File or path by default. Required for other sources. */
	name?: string | undefined;
	/** The type of the Blob by default, otherwise application/octet-stream. */
	mimeType?: string | undefined;
	/** Aborting pauses the upload: stored parts stay for `resume`. */
	signal?: AbortSignal | undefined;
	onProgress?: ((progress: UploadProgress) => void) | undefined;
	/** Receives the file id when the file is created, and again if the upload has to restart. Store it for `resume`. */
	onCreated?: ((fileId: string) => void) | undefined;
	/**
	 * Id of an upload of the same bytes to resume: only missing parts are sent. Parts that were in flight are sent again; so is a small
	 * file without parts. An upload that the API has deleted restarts with a new id.
	 */
	resume?: string | undefined;
	/** How long to retry while the connection or the store is down, from the first failure; 10 minutes by default. */
	retryForMs?: number | undefined;
}
