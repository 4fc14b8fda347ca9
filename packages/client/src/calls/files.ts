import { type Download, downloadFile } from '../download/download-file.ts';
import type { Transport } from '../transport.ts';
import type { CallOptions, File } from '../types.ts';
import { uploadFile } from '../upload/upload-file.ts';
import type { UploadOptions, UploadSource } from '../upload/upload-options.ts';
import { createFileRequests, type FileRequests } from './file-requests.ts';

/** File operations, uploads and downloads. */
export interface FileCalls extends FileRequests {
	/**
	 * Uploads directly to the store, large files as concurrent parts. Resolves to the ready file. Rejects with StoreError if the store
	 * refuses, otherwise like any call.
	 */
	upload(source: UploadSource, options?: UploadOptions): Promise<File>;
	/** Requests a fresh download URL and opens it. Rejects with StoreError if the store no longer has the bytes. */
	download(id: string, options?: CallOptions): Promise<Download>;
}

export function createFiles(transport: Transport): FileCalls {
	const requests = createFileRequests(transport);
	return {
		...requests,
		upload: (source, options) => uploadFile(requests, source, options),
		download: (id, options) => downloadFile(requests, transport.fetch, id, options),
	};
}
