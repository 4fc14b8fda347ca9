import { siteOf } from '@creatorr/service/address-network';
import { createTokenBuckets, type TokenBuckets } from '@creatorr/service/token-buckets';
import { SITE_FACTOR } from '../network-totals.ts';
import { createKeyedSemaphore, type KeyedSemaphore } from './keyed-semaphore.ts';

/** Returns token buckets of networks. The networks of an IPv6 site also share a larger bucket. */
export function createNetworkBuckets(
	options: Parameters<typeof createTokenBuckets>[0],
): Pick<TokenBuckets, 'reserve' | 'refund'> {
	const { tokensPerSecond, burst } = options;
	const networks = createTokenBuckets(options);
	const sites = createTokenBuckets({
		...options,
		tokensPerSecond: tokensPerSecond * SITE_FACTOR,
		burst: burst * SITE_FACTOR,
	});
	return {
		reserve(network, cost) {
			const site = siteOf(network);
			return Math.max(networks.reserve(network, cost), site ? sites.reserve(site, cost) : 0);
		},
		refund(network, cost) {
			networks.refund(network, cost);
			const site = siteOf(network);
			if (site) sites.refund(site, cost);
		},
	};
}

/** Returns a semaphore of networks. Each permit of a network also takes one of its IPv6 site, which has {@link SITE_FACTOR} times as many. */
export function createNetworkSemaphore(
	options: Parameters<typeof createKeyedSemaphore>[0],
): Pick<KeyedSemaphore, 'release'> & { acquire(network: string, permits: number): Promise<boolean> } {
	const networks = createKeyedSemaphore(options);
	const sites = createKeyedSemaphore({
		...options,
		permits: options.permits * SITE_FACTOR,
		maxWaiting: options.maxWaiting * SITE_FACTOR,
	});
	// A request for more permits than a network has takes all of them, and as many of the site.
	const atMost = (permits: number) => Math.min(permits, options.permits);
	return {
		async acquire(network, permits) {
			if (!(await networks.acquire(network, permits))) return false;
			const site = siteOf(network);
			if (!site || (await sites.acquire(site, atMost(permits)))) return true;
			networks.release(network, permits);
			return false;
		},
		release(network, permits) {
			networks.release(network, permits);
			const site = siteOf(network);
			if (site) sites.release(site, atMost(permits));
		},
	};
}
