import { bodyArrival, isBodySmall } from '../requests/body-arrival.ts';
import type { Exchange } from '../requests/exchange.ts';
import { createKeyedSemaphore } from './keyed-semaphore.ts';
import type { Limits } from './limits.ts';
import { rateLimited } from './rate-limited.ts';

/**
 * Admits a request without a session, at once or after a short wait. Rejects with `rate_limited`, and with what
 * {@link bodyArrival} rejects with.
 */
export type AdmitAnonymous = (exchange: Exchange) => Promise<void>;

/**
 * Bounds how many requests without a session one network has under way at the services. Users have permits of their own
 * (`admit-user.ts`) and never wait here. A small body arrives before its request takes a permit, so clients that send slowly hold
 * none. Large bodies, which only Stripe sends, arrive under permits of their own: they keep nobody from signing in.
 */
export function createAnonymousAdmission(
	limits: Pick<
		Limits,
		| 'anonymousConcurrentRequests'
		| 'anonymousMinPermitMs'
		| 'anonymousQueueMs'
		| 'anonymousQueuedRequests'
		| 'anonymousBodyMs'
	>,
): AdmitAnonymous {
	const options = {
		permits: limits.anonymousConcurrentRequests,
		waitMs: limits.anonymousQueueMs,
		maxWaiting: limits.anonymousQueuedRequests,
	};
	const [small, large] = [createKeyedSemaphore(options), createKeyedSemaphore(options)];

	return async (exchange) => {
		const { clientNetwork, operation, res } = exchange;
		if (!operation) throw new Error('only routed requests are admitted');
		const isSmall = isBodySmall(operation);
		if (isSmall) await bodyArrival(exchange, operation, limits.anonymousBodyMs);
		if (res.closed) return;
		const semaphore = isSmall ? small : large;
		if (!(await semaphore.acquire(clientNetwork, 1))) throw rateLimited('anonymous', 1);
		const admittedAtMs = performance.now();
		// Refusing a bad request is quick: without this, one network could keep the event loops of the services full.
		function release(): void {
			const leftMs = limits.anonymousMinPermitMs - (performance.now() - admittedAtMs);
			setTimeout(() => semaphore.release(clientNetwork, 1), Math.max(0, leftMs)).unref();
		}
		// Its client left while it waited: there will be no other 'close'.
		if (res.closed) semaphore.release(clientNetwork, 1);
		else res.once('close', release);
	};
}
