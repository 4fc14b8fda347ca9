import { ApiError, ConnectionError, isRetryable, StoreError } from '@creatorr/client';
import type { ApiClient } from '../../api/client.ts';
import type { FileCache } from '../file-cache.ts';
import type { Report } from '../transitions.ts';
import type { Problem } from '../upload.ts';
import type { JobPoller } from './job-poller.ts';

/** What an effect works with and reports to. */
export interface EffectContext {
	api: ApiClient;
	files: FileCache;
	poller: JobPoller;
	/** Returns the secrets that were entered since the page was loaded. */
	secretsOf(uploadId: string): Readonly<Record<string, string>>;
	report(event: Report): void;
	/** Aborted when the upload no longer needs the effect: paused, canceled, offline, signed out. */
	signal: AbortSignal;
}

export function problemOf(error: unknown): Problem {
	if (error instanceof ApiError) {
		return { code: error.code, message: error.message, details: error.details };
	}
	const code = error instanceof ConnectionError || error instanceof StoreError ? 'no_connection' : 'unknown';
	return { code, message: error instanceof Error ? error.message : '', details: [] };
}

/** After a longer Retry-After, users see the failure and what they can do, instead of a wait. */
const LONGEST_WAIT_MS = 60_000;

/** Whether the same request may succeed soon. */
export function mayRetrySoon(error: unknown): boolean {
	return isRetryable(error) && retryAfterOf(error) <= LONGEST_WAIT_MS;
}

/** Returns the Retry-After of the response in ms; 0 without one. */
export function retryAfterOf(error: unknown): number {
	return (error instanceof ApiError || error instanceof StoreError ? error.retryAfterMs : undefined) ?? 0;
}

/** Rejects with the signal's reason when it is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', onAbort);
			resolve();
		}, ms);
		const onAbort = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		signal.addEventListener('abort', onAbort, { once: true });
	});
}
