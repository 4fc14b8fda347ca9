import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';

const SHORTEST_DELAY_MS = 300;

/**
 * Runs the work; throws `rate_limited` only after a pause. Clients of a flood that are answered at once come again at once and take
 * the processor from everybody else; a request that sleeps costs nothing.
 */
export async function delayRefusal<T>(work: () => Promise<T>, clientGone: AbortSignal): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof AppError && error.code === 'rate_limited') {
			// Spread out, as requests that were refused together would come again together.
			const pauseMs = SHORTEST_DELAY_MS * (1 + Math.random());
			await sleep(pauseMs, undefined, { signal: clientGone }).catch(() => undefined);
		}
		throw error;
	}
}
