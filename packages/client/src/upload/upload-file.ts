import type { FileRequests } from '../calls/file-requests.ts';
import { ApiError } from '../errors.ts';
import { RETRY_FOR_MS } from '../retry/retry.ts';
import type { File } from '../types.ts';
import { beginUpload, discardUpload } from './begin-upload.ts';
import { type FoundUpload, findUpload } from './find-upload.ts';
import { openSource } from './open-source.ts';
import { createProgressMeter } from './progress.ts';
import type { UploadContext } from './upload-context.ts';
import type { UploadOptions, UploadSource } from './upload-options.ts';
import { uploadParts } from './upload-parts.ts';
import { uploadSingle } from './upload-single.ts';

/** Uploads a source. Resolves when the file is ready. */
export async function uploadFile(
	files: FileRequests,
	uploadSource: UploadSource,
	options: UploadOptions = {},
): Promise<File> {
	const { signal = new AbortController().signal, onProgress, onCreated, resume } = options;
	signal.throwIfAborted();
	const source = await openSource(uploadSource, options);
	const meter = createProgressMeter(source.size, onProgress);
	const retry = { forMs: options.retryForMs ?? RETRY_FOR_MS, signal };
	const context = { files, source, meter, signal, retry, onCreated: onCreated ?? (() => undefined) };
	try {
		const file = await (resume === undefined ? startUpload(context) : resumeUpload(context, resume));
		meter.finish();
		return file;
	} finally {
		await source.close();
	}
}

async function startUpload(context: UploadContext): Promise<File> {
	const upload = await beginUpload(context);
	if (upload.multipart) return uploadParts(context, upload.file_id, upload.multipart);
	return uploadSingle(context, upload);
}

async function resumeUpload(context: UploadContext, fileId: string): Promise<File> {
	let found: FoundUpload;
	try {
		found = await findUpload(context, fileId);
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		if (error.code === 'validation') await discardUpload(context, fileId);
		else if (error.code !== 'not_found') throw error;
		return startUpload(context);
	}
	if (found.kind === 'ready') return found.file;
	return uploadParts(context, fileId, found.plan);
}
