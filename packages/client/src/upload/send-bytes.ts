import { put } from '#platform';
import { StoreError } from '../errors.ts';
import type { PutRequest } from '../platform/platform.ts';
import { parseRetryAfter } from '../retry/retry-after.ts';

/** Longer than a store takes to respond. */
const STALL_MS = 60_000;

/** Sends bytes to a presigned URL. Resolves to their ETag, if it may be read. */
export async function sendBytes(request: Omit<PutRequest, 'stallMs'>): Promise<string | undefined> {
	const { status, etag, retryAfter } = await put({ ...request, stallMs: STALL_MS });
	if (status >= 200 && status < 300) return etag;
	const retryAfterMs = parseRetryAfter(retryAfter);
	throw new StoreError(`storage rejected the upload (HTTP ${status})`, { status, retryAfterMs });
}
