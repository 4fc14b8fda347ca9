import { StoreError } from '../errors.ts';
import { isRetryable } from '../retry/is-retryable.ts';
import { createBackoff, withRetries } from '../retry/retry.ts';
import type { File, Upload } from '../types.ts';
import { beginUpload, discardUpload } from './begin-upload.ts';
import { sendBytes } from './send-bytes.ts';
import type { UploadContext } from './upload-context.ts';

/** Retries one PUT until it succeeds. A refused URL has most likely expired: it is replaced once, by a new file. */
export async function uploadSingle(context: UploadContext, first: Upload): Promise<File> {
	const backoff = createBackoff(context.retry);
	let upload = first;
	let wasRefused = false;
	while (true) {
		try {
			return await sendWhole(context, upload);
		} catch (error) {
			context.signal.throwIfAborted();
			context.meter.set(0, 0);
			const isRefusal = error instanceof StoreError && !isRetryable(error);
			if (!isRefusal || wasRefused) {
				await backoff.waitAfter(error);
				continue;
			}
			wasRefused = true;
			await discardUpload(context, upload.file_id);
			upload = await beginUpload(context);
		}
	}
}

async function sendWhole(
	{ files, source, meter, signal, retry }: UploadContext,
	{ file_id: id, upload_url: url, headers }: Upload,
): Promise<File> {
	if (url === null) throw new TypeError('this upload has no single URL');
	const onSent = (bytes: number) => meter.set(0, bytes);
	await sendBytes({ url, headers, source, start: 0, end: source.size, signal, onSent });
	onSent(source.size);
	const file = await withRetries(() => files.get(id, { signal }), retry);
	if (file.status === 'ready') return file;
	throw new StoreError('storage didn’t keep the file', { status: 200 });
}
