import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';
import { TransferFailed } from './transfer.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

interface RetryOptions {
	signal: AbortSignal;
	/** Gives up after this long; tries until the signal when absent. */
	forMs?: number;
	/** Whether this failure may pass by itself. */
	retryable: (error: unknown) => boolean;
	/** How long to wait after this failure, in milliseconds; the growing pause where undefined. */
	pauseAfter?: (error: unknown) => number | undefined;
}

/** Does the work again, with growing pauses, while it fails in a way that may pass. Rejects with the signal's reason once aborted. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
	const endMs = performance.now() + (options.forMs ?? Number.POSITIVE_INFINITY);
	for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
		options.signal.throwIfAborted();
		let nextPauseMs = pauseMs;
		try {
			return await work();
		} catch (error) {
			options.signal.throwIfAborted();
			const leftMs = endMs - performance.now();
			if (!options.retryable(error) || leftMs < 0) throw error;
			nextPauseMs = Math.min(options.pauseAfter?.(error) ?? pauseMs, leftMs);
		}
		await sleep(nextPauseMs, undefined, { signal: options.signal }).catch(() => undefined);
	}
}

const OF_THIS_MACHINE = new Set(['EROFS', 'EACCES', 'EMFILE', 'EIO']);

/** An outage of files or the store that lasts longer is not waited for: the person should hear of it. */
export const OUTAGE_MS = 15 * 60_000;

/**
 * Returns whether a failed call or transfer may succeed later: a service that is down, a full disk that somebody frees, but not a
 * refusal, a broken disk or a bug.
 */
export function isRetryable(error: unknown): boolean {
	if (error instanceof AppError) return error.code === 'upstream_unavailable';
	if (error instanceof TransferFailed) return error.isRetryable;
	const code =
		typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
	return code !== undefined && !OF_THIS_MACHINE.has(code);
}
