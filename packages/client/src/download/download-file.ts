import type { FileRequests } from '../calls/file-requests.ts';
import { ConnectionError, StoreError } from '../errors.ts';
import { isNetworkFailure } from '../retry/is-network-failure.ts';
import { parseRetryAfter } from '../retry/retry-after.ts';
import type { Fetch } from '../retry/retrying-fetch.ts';
import type { CallOptions, File } from '../types.ts';

/** A download in progress. Read its bytes once, in one of these ways. */
export interface Download {
	file: File;
	/** Errors with a TypeError if the connection breaks. */
	stream: ReadableStream<Uint8Array>;
	blob(): Promise<Blob>;
}

/** Requests a fresh download URL and opens it. */
export async function downloadFile(
	files: FileRequests,
	fetch: Fetch,
	id: string,
	{ signal }: CallOptions = {},
): Promise<Download> {
	const file = await files.get(id, { signal });
	if (file.download_url === null) throw new StoreError(`${file.name} isn’t uploaded yet`, { status: 404 });
	// A browser that followed a link to the same URL has cached a response without CORS headers, which fetch may not read.
	const request = new Request(file.download_url, { signal: signal ?? null, cache: 'no-store' });
	const response = await withConnectionError(fetch(request));
	const { status, headers, body } = response;
	if (!response.ok || !body) {
		const retryAfterMs = parseRetryAfter(headers.get('retry-after'));
		throw new StoreError(`storage didn’t return the file (HTTP ${status})`, { status, retryAfterMs });
	}
	return { file, stream: body, blob: () => withConnectionError(response.blob()) };
}

async function withConnectionError<T>(response: Promise<T>): Promise<T> {
	try {
		return await response;
	} catch (error) {
		if (isNetworkFailure(error)) throw new ConnectionError('can’t reach file storage', { cause: error });
		throw error;
	}
}
