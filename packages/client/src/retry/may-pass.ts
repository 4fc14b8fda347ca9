import { ApiError, ConnectionError, StoreError } from '../errors.ts';

const PASSING_API = new Set([429, 502, 503, 504]);

/** The same call may succeed later: nobody answered, or whoever did has asked to come back. */
export function mayPass(error: unknown): boolean {
	if (error instanceof ApiError) return PASSING_API.has(error.status);
	if (error instanceof StoreError) return error.status >= 500 || error.status === 429 || error.status === 408;
	return error instanceof ConnectionError;
}

/** What the answer said about when to come back. */
export function retryAfterOf(error: unknown): number | undefined {
	return error instanceof ApiError || error instanceof StoreError ? error.retryAfterMs : undefined;
}
