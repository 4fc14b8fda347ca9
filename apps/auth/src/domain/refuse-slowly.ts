import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';

const REFUSAL_MS = 300;

/**
 * Runs the work; `rate_limited` is thrown only after a pause. A flood answered at once would come again at once and take the
 * processor from everybody else; whoever waits costs nothing.
 */
export async function refuseSlowly<T>(work: () => Promise<T>, clientGone: AbortSignal): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof AppError && error.code === 'rate_limited') {
			await sleep(REFUSAL_MS, undefined, { signal: clientGone }).catch(() => undefined);
		}
		throw error;
	}
}
