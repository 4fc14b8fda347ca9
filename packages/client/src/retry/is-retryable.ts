import { ApiError, ConnectionError, StoreError } from '../errors.ts';

/**
 * Whether to repeat a call without asking the user: there was no response, or the API says that a retry may succeed. A bug (`internal`)
 * is left to the caller, because it is likely to occur again.
 */
export function isRetryable(error: unknown): boolean {
	if (error instanceof ApiError) return error.retryable && error.code !== 'internal';
	if (error instanceof StoreError) return error.status >= 500 || error.status === 429 || error.status === 408;
	return error instanceof ConnectionError;
}

/** Returns the wait that the response asked for. */
export function retryAfterOf(error: unknown): number | undefined {
	return error instanceof ApiError || error instanceof StoreError ? error.retryAfterMs : undefined;
}
