import { ApiError, ConnectionError, StoreError } from '../errors.ts';

const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

/** Whether a retry may succeed: there was no response, or one that asks to come back later. */
export function isRetryable(error: unknown): boolean {
	if (error instanceof ApiError) return RETRYABLE_STATUSES.has(error.status);
	if (error instanceof StoreError) return error.status >= 500 || error.status === 429 || error.status === 408;
	return error instanceof ConnectionError;
}

/** Returns the wait that the response asked for. */
export function retryAfterOf(error: unknown): number | undefined {
	return error instanceof ApiError || error instanceof StoreError ? error.retryAfterMs : undefined;
}
