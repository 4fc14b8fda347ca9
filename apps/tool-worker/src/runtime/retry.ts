import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';
import { TransferFailed } from './transfer.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

interface RetryOptions {
	signal: AbortSignal;
	/** Whether this failure may pass by itself. */
	retryable: (error: unknown) => boolean;
}

/** Does the work again, with growing pauses, while it fails in a way that may pass. Rejects with the signal's reason once aborted. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
	for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
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

/** Whether a failed call or transfer may succeed later: a part that is away, but no answer that says no, no full disk and no bug. */
export function mayPass(error: unknown): boolean {
	if (error instanceof AppError) return error.code === 'upstream_unavailable';
	if (error instanceof TransferFailed) return true;
	const code =
		typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
	return code !== undefined && !OF_THIS_MACHINE.has(code);
}
