import { ApiError, ConnectionError, StoreError } from '@creatorr/client';

const PASSING: readonly number[] = [408, 429, 502, 503, 504];

/** The same may succeed later: nobody answered, or whoever did has asked to come back. */
export function mayPass(error: unknown): boolean {
	if (error instanceof ApiError || error instanceof StoreError) return PASSING.includes(error.status);
	return error instanceof ConnectionError;
}

/** When the answer asked to come back, if it did. */
export function retryAfterOf(error: unknown): number {
	return (error instanceof ApiError || error instanceof StoreError ? error.retryAfterMs : undefined) ?? 0;
}
