import type { Exchange } from '../requests/exchange.ts';
import { createKeyedSemaphore } from './keyed-semaphore.ts';
import type { Limits } from './limits.ts';
import { rateLimited } from './rate-limited.ts';

/** Admits a request without a session, at once or after a short wait. Throws or rejects with `rate_limited`. */
export type AdmitAnonymous = (exchange: Exchange) => undefined | Promise<undefined>;

/**
 * Bounds how many requests without a session one network has under way at the services; the gateway's own operations are free.
 * Users have permits of their own (`admit-user.ts`) and never wait here.
 */
export function createAnonymousAdmission(
	limits: Pick<
		Limits,
		'anonymousConcurrentRequests' | 'anonymousMinPermitMs' | 'anonymousQueueMs' | 'anonymousQueuedRequests'
	>,
): AdmitAnonymous {
	const semaphore = createKeyedSemaphore({
		permits: limits.anonymousConcurrentRequests,
		waitMs: limits.anonymousQueueMs,
		maxWaiting: limits.anonymousQueuedRequests,
	});

	return ({ clientNetwork, operation, res }) => {
		if (operation?.service === 'gateway') return undefined;
		function settle(isAdmitted: boolean): undefined {
			if (!isAdmitted) throw rateLimited('anonymous', 1);
			const admittedAtMs = performance.now();
			// Refusing a bad request is quick: without this, one network could keep the event loops of the services full.
			function release(): void {
				const leftMs = limits.anonymousMinPermitMs - (performance.now() - admittedAtMs);
				setTimeout(() => semaphore.release(clientNetwork, 1), Math.max(0, leftMs)).unref();
			}
			// Its client left while it waited: there will be no other 'close'.
			if (res.closed) semaphore.release(clientNetwork, 1);
			else res.once('close', release);
		}
		const isAdmitted = semaphore.acquire(clientNetwork, 1);
		return typeof isAdmitted === 'boolean' ? settle(isAdmitted) : isAdmitted.then(settle);
	};
}
