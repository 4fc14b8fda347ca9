import { counter } from '@creatorr/service/metrics';
import type { Exchange } from '../exchange.ts';
import { createNetworkBuckets } from './network-limits.ts';

interface Options {
	/** Kind of work, as in the metric. `own_responses` are responses of the gateway itself. */
	name: 'own_responses' | 'refused_tokens' | 'forged_tokens';
	/** Average rate of one network; an IPv6 site has more. */
	perSecond: number;
	/** Burst of one network. */
	burst: number;
	/** Limit of stored networks. */
	capacity: number;
	monotonicMs(): number;
}

const pacedRequests = counter({
	name: 'creatorr_gateway_requests_paced_total',
	help: 'Requests delayed because of the load from their network, by kind of work',
	labels: ['pacer'],
});

type PacedExchange = Pick<Exchange, 'clientNetwork' | 'res'>;

/**
 * Delays the work that one network causes beyond a rate. A connection is blocked while its request waits, so a client that retries at once
 * gets no more than the rate.
 */
export interface NetworkPacer {
	/**
	 * Resolves when the network may continue: after `minDelayMs`, or later if the network is beyond its rate. Returns undefined if it may
	 * continue at once. If the client disconnects first, it resolves then, and the wait costs the network nothing.
	 */
	wait(exchange: PacedExchange, minDelayMs?: number): undefined | Promise<void>;
	/** Refunds a finished {@link wait} for work that doesn't count. */
	refund(exchange: PacedExchange): void;
}

export function createNetworkPacer({ name, perSecond, burst, capacity, monotonicMs }: Options): NetworkPacer {
	const buckets = createNetworkBuckets({ tokensPerSecond: perSecond, burst, capacity, monotonicMs });
	return {
		wait({ clientNetwork, res }, minDelayMs = 0) {
			if (res.closed) return undefined;
			const waitMs = buckets.reserve(clientNetwork, 1);
			if (waitMs > 0) pacedRequests.inc({ pacer: name });
			const delayMs = Math.max(minDelayMs, waitMs);
			if (delayMs === 0) return undefined;
			return new Promise((resolve) => {
				const leave = () => {
					clearTimeout(timer);
					buckets.refund(clientNetwork, 1);
					resolve();
				};
				const timer = setTimeout(() => {
					res.removeListener('close', leave);
					resolve();
				}, delayMs);
				res.once('close', leave);
			});
		},
		refund: ({ clientNetwork }) => buckets.refund(clientNetwork, 1),
	};
}
