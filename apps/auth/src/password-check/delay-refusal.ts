import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';

const SHORTEST_DELAY_MS = 300;

/**
 * Runs the work. Throws `rate_limited` only after a delay: clients of a flood that get a response at once retry at once and take the CPU from
 * others, while a delayed request costs nothing.
 */
export async function delayRefusal<T>(work: () => Promise<T>, clientGone: AbortSignal): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof AppError && error.code === 'rate_limited') {
			// Jitter keeps requests that were refused together from retrying together.
			const pauseMs = SHORTEST_DELAY_MS * (1 + Math.random());
			await sleep(pauseMs, undefined, { signal: clientGone }).catch(() => undefined);
		}
		throw error;
	}
}
