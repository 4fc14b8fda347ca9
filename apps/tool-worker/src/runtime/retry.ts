import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

interface RetryOptions {
	signal: AbortSignal;
	/** Whether this failure may pass by itself. */
	retryable: (error: unknown) => boolean;
}

/** Does the work again, with growing pauses, while it fails in a way that may pass. Rejects with the signal's reason once aborted. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
	for (
		let tries = 1, pauseMs = FIRST_PAUSE_MS;
		;
		tries += 1, pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
	) {
		options.signal.throwIfAborted();
		try {
			return await work();
		} catch (error) {
			options.signal.throwIfAborted();
			if (!options.retryable(error)) throw error;
		}
		await sleep(pauseMs, undefined, { signal: options.signal }).catch(() => undefined);
	}
}

const OF_THIS_MACHINE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EMFILE', 'EIO']);

/** Whether a failed call or transfer may succeed later: a part that is away, not an answer that says no nor a disk that is full. */
export function mayPass(error: unknown): boolean {
	if (error instanceof AppError) return error.code === 'upstream_unavailable';
	return !(error instanceof Error && 'code' in error && OF_THIS_MACHINE.has(String(error.code)));
}
