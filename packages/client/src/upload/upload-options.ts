import type { ByteSource, PathSource } from '../platform/platform.ts';

/** What to upload: a File or Blob, a file of the machine (Node), or anything that gives its bytes in slices. */
export type UploadSource = Blob | PathSource | ByteSource;

export interface UploadProgress {
	/** What has left so far; goes back only by what has to be sent again. */
	sentBytes: number;
	totalBytes: number;
}

export interface UploadOptions {
	/** That of the File or path by default; anything else needs one. */
	name?: string | undefined;
	/** That of the Blob by default, else application/octet-stream. */
	mimeType?: string | undefined;
	/** Aborting pauses: what the store has stays there, for `resume`. */
	signal?: AbortSignal | undefined;
	onProgress?: ((progress: UploadProgress) => void) | undefined;
	/** Hears the id as soon as there is one, and again when the upload has to begin anew. Keep it for `resume`. */
	onCreated?: ((fileId: string) => void) | undefined;
	/**
	 * The id of an upload that was begun with the same bytes: only what is missing is sent. Parts that were on their way are
	 * sent again; so is a small file, which has no parts, and one that the API has given up: it gets a new id.
	 */
	resume?: string | undefined;
	/** How long, roughly, a lost connection or an ailing store is waited for, from the first failure on; 10 minutes by default. */
	retryForMs?: number | undefined;
}
