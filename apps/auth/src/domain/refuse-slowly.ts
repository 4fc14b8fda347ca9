import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';

const SHORTEST_REFUSAL_MS = 300;

/**
 * Runs the work; `rate_limited` is thrown only after a pause. A flood answered at once would come again at once and take the
 * processor from everybody else; whoever waits costs nothing.
 */
export async function refuseSlowly<T>(work: () => Promise<T>, clientGone: AbortSignal): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof AppError && error.code === 'rate_limited') {
			// Spread out, as those who were refused together would come again together.
			const pauseMs = SHORTEST_REFUSAL_MS * (1 + Math.random());
			await sleep(pauseMs, undefined, { signal: clientGone }).catch(() => undefined);
		}
		throw error;
	}
}
