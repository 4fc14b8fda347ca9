import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';
import { TransferError } from './object-transfer.ts';

const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 3_000;

interface RetryOptions {
	signal: AbortSignal;
	/** Gives up after this time; retries until the signal is aborted by default. */
	forMs?: number;
	/** Returns whether the failure may be temporary. */
	retryable: (error: unknown) => boolean;
	/** Returns how long to wait after this failure, in milliseconds; undefined for the exponential pause. */
	pauseAfter?: (error: unknown) => number | undefined;
}

/** Retries the work with exponential pauses while its failure is retryable. Rejects with the signal's reason once it is aborted. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
	const endMs = performance.now() + (options.forMs ?? Number.POSITIVE_INFINITY);
	for (let pauseMs = MIN_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
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

/** Error codes of a broken or misconfigured machine. */
const PERMANENT_CODES = new Set(['EROFS', 'EACCES', 'EMFILE', 'EIO', 'ENOENT']);
/** Names of the errors that Node.js and V8 throw for a bug. Those of Node.js have a code, as ERR_INVALID_ARG_TYPE. */
const BUG_NAMES = new Set(['TypeError', 'RangeError']);

/** A job whose input or output can't be transferred for this long fails, so that its user learns of the outage. */
export const OUTAGE_MS = 15 * 60_000;

/**
 * Returns whether a failed call or transfer may succeed later: after a service that is down or a full disk, but not after a refusal,
 * a broken disk or a bug.
 */
export function isRetryable(error: unknown): boolean {
	if (error instanceof AppError) return error.code === 'upstream_unavailable';
	if (error instanceof TransferError) return error.isRetryable;
	const { code, name } = (error ?? {}) as NodeJS.ErrnoException;
	return code !== undefined && !PERMANENT_CODES.has(code) && !BUG_NAMES.has(name);
}
