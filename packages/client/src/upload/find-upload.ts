import { withRetries } from '../retry/retry.ts';
import type { File } from '../types.ts';
import type { PartsPlan } from './parts-plan.ts';
import type { UploadContext } from './upload-context.ts';

export type FoundUpload = { kind: 'ready'; file: File } | { kind: 'parts'; plan: PartsPlan };

/**
 * Returns the progress of an upload. Throws ApiError `not_found` if the API has deleted it, `validation` if it has no parts, and
 * TypeError if it is an upload of other bytes.
 */
export async function findUpload(context: UploadContext, fileId: string): Promise<FoundUpload> {
	const { files, source, meter, signal, retry } = context;
	const file = await withRetries(() => files.get(fileId, { signal }), retry);
	if (file.size_bytes !== source.size) {
		throw new TypeError(
			`${fileId} was declared with ${file.size_bytes} bytes, but the source has ${source.size}`,
		);
	}
	if (file.status === 'ready') return { kind: 'ready', file };
	const plan = await withRetries(() => files.parts(fileId, { signal }), retry);
	for (const { part_number, size, etag } of plan.parts) meter.set(part_number, etag === undefined ? 0 : size);
	return { kind: 'parts', plan };
}
