import { backoffMs } from './backoff.ts';
import { mayPass, retryAfterOf } from './may-pass.ts';
import { pause } from './pause.ts';

/** What people wait for a lost connection by default. */
export const RETRY_FOR_MS = 10 * 60_000;

/** How long failures are waited out. */
export interface RetryOptions {
	/** Counted from the first failure since something last succeeded. */
	forMs: number;
	signal?: AbortSignal | undefined;
}

export interface Patience {
	/** Something succeeded: the time starts anew with the next failure. */
	renew(): void;
	/**
	 * Waits before the next try. Throws the error when it won't pass, when nothing has succeeded for too long, or when the answer asks
	 * for a wait beyond that time.
	 */
	waitAfter(error: unknown): Promise<void>;
}

export function createPatience({ forMs, signal }: RetryOptions): Patience {
	let failures = 0;
	let failingSince = 0;
	return {
		renew() {
			failures = 0;
		},
		async waitAfter(error) {
			signal?.throwIfAborted();
			if (failures === 0) failingSince = performance.now();
			failures += 1;
			const leftMs = forMs - (performance.now() - failingSince);
			const retryAfterMs = retryAfterOf(error);
			if (!mayPass(error) || leftMs <= 0 || (retryAfterMs ?? 0) > leftMs) throw error;
			await pause(retryAfterMs ?? backoffMs(failures), signal);
		},
	};
}

/** Repeats a call until it succeeds, fails for good, or has failed for too long. */
export async function waitOut<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
	const patience = createPatience(options);
	for (;;) {
		try {
			return await call();
		} catch (error) {
			await patience.waitAfter(error);
		}
	}
}
