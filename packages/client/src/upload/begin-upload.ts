import { withRetries } from '../retry/retry.ts';
import type { Upload } from '../types.ts';
import type { UploadContext } from './upload-context.ts';

/** To resume a smaller file, uploading it again is faster than listing its parts. */
const MULTIPART_FROM_BYTES = 16 * 1024 * 1024;

/** Creates the file. An attempt whose response is lost leaves a pending file, which the API deletes within a day. */
export async function beginUpload({
	files,
	source,
	signal,
	retry,
	onCreated,
}: UploadContext): Promise<Upload> {
	const declaration = {
		name: source.name,
		mime_type: source.mimeType,
		size_bytes: source.size,
		...(source.size >= MULTIPART_FROM_BYTES && { multipart: true }),
	};
	const upload = await withRetries(() => files.create(declaration, { signal }), retry);
	onCreated(upload.file_id);
	return upload;
}

/** Deletes a file without bytes. If that fails, the API does it within a day. */
export async function discardUpload({ files, signal }: UploadContext, fileId: string): Promise<void> {
	await files.delete(fileId, { signal }).catch(() => undefined);
}
