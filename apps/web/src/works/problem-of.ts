import { ApiError, ConnectionError, StoreError } from '@creatorr/client';
import type { Problem } from './work.ts';

/** What an error means for a work. */
export function problemOf(error: unknown): Problem {
	if (error instanceof ApiError) {
		return { code: error.code, message: error.message, details: error.details };
	}
	const code = error instanceof ConnectionError || error instanceof StoreError ? 'no_connection' : 'unknown';
	return { code, message: error instanceof Error ? error.message : '', details: [] };
}
