import { waitOut } from '../retry/patience.ts';
import type { Upload } from '../types.ts';
import type { UploadContext } from './upload-context.ts';

/** Smaller files are sent again as a whole sooner than their parts are asked for. */
const PARTS_FROM_BYTES = 16 * 1024 * 1024;

/** Declares the file. A try whose answer got lost leaves a file without bytes, which the API removes within a day. */
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
		...(source.size >= PARTS_FROM_BYTES && { multipart: true }),
	};
	const upload = await waitOut(() => files.create(declaration, { signal }), retry);
	onCreated(upload.file_id);
	return upload;
}

/** Takes a file away that got no bytes; where that fails the API does it, within a day. */
export async function discardUpload({ files, signal }: UploadContext, fileId: string): Promise<void> {
	await files.delete(fileId, { signal }).catch(() => undefined);
}
