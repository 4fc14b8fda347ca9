import { type Download, downloadFile } from '../download/download-file.ts';
import type { Transport } from '../transport.ts';
import type { CallOptions, File } from '../types.ts';
import { uploadFile } from '../upload/upload-file.ts';
import type { UploadOptions, UploadSource } from '../upload/upload-options.ts';
import { createFileRequests, type FileRequests } from './file-requests.ts';

/** Files, and their bytes. */
export interface FileCalls extends FileRequests {
	/**
	 * Uploads straight to the store, larger files in parts, several at a time; resolves to the ready file. Rejects with
	 * StoreError when the store refuses, else like any call.
	 */
	upload(source: UploadSource, options?: UploadOptions): Promise<File>;
	/** Asks for a fresh URL, and for its bytes. Rejects with StoreError when the store has them no more. */
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
