import { backoffMs } from './backoff.ts';
import { isRetryable, retryAfterOf } from './is-retryable.ts';
import { sleep } from './sleep.ts';

/** How long to retry by default. */
export const RETRY_FOR_MS = 10 * 60_000;

/** How long failures are retried. */
export interface RetryOptions {
	/** Counted from the first failure after the last success. */
	forMs: number;
	signal?: AbortSignal | undefined;
}

export interface Backoff {
	/** Resets after a success: the time starts again with the next failure. */
	reset(): void;
	/**
	 * Waits before the next attempt. Throws the error if a retry can't help, if nothing has succeeded for too long, or if the response
	 * asks for a longer wait.
	 */
	waitAfter(error: unknown): Promise<void>;
}

export function createBackoff({ forMs, signal }: RetryOptions): Backoff {
	let failures = 0;
	let failingSince = 0;
	return {
		reset() {
			failures = 0;
		},
		async waitAfter(error) {
			signal?.throwIfAborted();
			if (failures === 0) failingSince = performance.now();
			failures += 1;
			const leftMs = forMs - (performance.now() - failingSince);
			const retryAfterMs = retryAfterOf(error);
			if (!isRetryable(error) || leftMs <= 0 || (retryAfterMs ?? 0) > leftMs) throw error;
			await sleep(retryAfterMs ?? backoffMs(failures), signal);
		},
	};
}

/** Retries a call until it succeeds, fails permanently, or has failed for too long. */
export async function withRetries<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
	const backoff = createBackoff(options);
	while (true) {
		try {
			return await call();
		} catch (error) {
			await backoff.waitAfter(error);
		}
	}
}
