import { bodyLimitOf } from '@creatorr/contracts/body-limit';
import { type Exchange, isAbandoned } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { bodyArrival } from '../requests/body-arrival.ts';
import { rateLimited } from '../requests/rate-limited.ts';
import { bodyBytesOf } from '../requests/request-head.ts';
import { createNetworkSemaphore } from './network-limits.ts';
import { createServicePermits } from './service-permits.ts';

/** A webhook of Stripe has a few KiB. Verifying the signature of 512 KiB takes billing more than 1 ms. */
const BODY_BYTES_PER_PERMIT = 64 * 1024;
/** Longer bodies stream to the service while they arrive: a buffered body uses memory that no permit limits. */
const MAX_SMALL_BYTES = 8 * 1024;

/** Admits an unauthenticated request, at once or after a short wait. Rejects with `rate_limited` or an error of {@link bodyArrival}. */
export type AdmitAnonymous = (exchange: Exchange) => Promise<void>;

/**
 * Limits the concurrent unauthenticated requests of one network. An IPv6 site gets more. Signed-in users have permits of
 * their own (`admit-user.ts`) and never wait here. A small body arrives before its request takes a permit, so slow clients hold none. Large
 * bodies, which only Stripe sends, have separate permits, one for each 64 KiB. So they never block sign-ins, and billing verifies few
 * signatures at a time for one network. With its network's permit, a request waits for a permit of its service, see
 * {@link createServicePermits}.
 */
export function createAnonymousAdmission(
	limits: Pick<
		Limits,
		| 'anonymousConcurrentRequests'
		| 'anonymousMinPermitMs'
		| 'anonymousQueueMs'
		| 'anonymousQueuedRequests'
		| 'anonymousBodyMs'
		| 'servicePermits'
		| 'servicePermitQueueMs'
		| 'servicePermitMs'
		| 'abandonedPermitMs'
	>,
): AdmitAnonymous {
	const options = {
		permits: limits.anonymousConcurrentRequests,
		waitMs: limits.anonymousQueueMs,
		maxWaiting: limits.anonymousQueuedRequests,
	};
	const [small, large] = [createNetworkSemaphore(options), createNetworkSemaphore(options)];
	const waitForServicePermit = createServicePermits(limits);

	return async (exchange) => {
		const { clientNetwork, operation, req, res } = exchange;
		if (!operation) throw new Error('only routed requests are admitted');
		const isSmall = bodyLimitOf(operation) <= MAX_SMALL_BYTES;
		if (isSmall) await bodyArrival(exchange, operation, limits.anonymousBodyMs);
		if (res.closed) return;
		const semaphore = isSmall ? small : large;
		const permits = isSmall
			? 1
			: Math.max(1, Math.ceil(bodyBytesOf(req.headers, operation) / BODY_BYTES_PER_PERMIT));
		if (!(await semaphore.acquire(clientNetwork, permits))) throw rateLimited('anonymous', 1);
		const admittedAtMs = performance.now();
		// Refusing a bad request is fast. Without a minimum time, one network could keep the event loops of the services busy.
		function release(): void {
			const leftMs = limits.anonymousMinPermitMs - (performance.now() - admittedAtMs);
			const keptMs = isAbandoned(exchange) ? limits.abandonedPermitMs : Math.max(0, leftMs);
			setTimeout(() => semaphore.release(clientNetwork, permits), keptMs).unref();
		}
		// The client disconnected while its request waited, so 'close' was emitted already.
		if (res.closed) {
			semaphore.release(clientNetwork, permits);
			return;
		}
		res.once('close', release);
		await waitForServicePermit(exchange, operation.service);
	};
}
