import { type LimitedRange, RANGE_FACTORS, rangesOf } from '@creatorr/service/address-network';
import { createTokenBuckets, type TokenBuckets } from '@creatorr/service/token-buckets';
import { createKeyedSemaphore, type KeyedSemaphore } from './keyed-semaphore.ts';

/** Returns token buckets of networks. The networks of an IPv6 site also share a larger bucket. */
export function createNetworkBuckets(
	options: Parameters<typeof createTokenBuckets>[0],
): Pick<TokenBuckets, 'reserve' | 'refund'> {
	const { tokensPerSecond, burst } = options;
	const levels = RANGE_FACTORS.map((factor) =>
		createTokenBuckets({ ...options, tokensPerSecond: tokensPerSecond * factor, burst: burst * factor }),
	);
	return {
		reserve: (network, cost) =>
			Math.max(...rangesOf(network).map(({ range }, level) => levels[level]?.reserve(range, cost) ?? 0)),
		refund(network, cost) {
			for (const [level, { range }] of rangesOf(network).entries()) levels[level]?.refund(range, cost);
		},
	};
}

/** Returns a semaphore of networks. A permit of a network also takes one permit of each IPv6 site that contains it. Sites have more permits. */
export function createNetworkSemaphore(
	options: Parameters<typeof createKeyedSemaphore>[0],
): Pick<KeyedSemaphore, 'release'> & { acquire(network: string, permits: number): Promise<boolean> } {
	const levels = RANGE_FACTORS.map((factor) =>
		createKeyedSemaphore({
			...options,
			permits: options.permits * factor,
			maxWaiting: options.maxWaiting * factor,
		}),
	);
	// A request for more permits than a network has takes all of the network's permits, and the same number from each of its sites.
	const atMost = (permits: number) => Math.min(permits, options.permits);

	function release(ranges: readonly LimitedRange[], permits: number): void {
		for (const [level, { range }] of ranges.entries()) levels[level]?.release(range, atMost(permits));
	}

	return {
		async acquire(network, permits) {
			const endMs = performance.now() + options.waitMs;
			const ranges = rangesOf(network);
			for (const [level, { range }] of ranges.entries()) {
				if (await levels[level]?.acquire(range, atMost(permits), endMs - performance.now())) continue;
				release(ranges.slice(0, level), permits);
				return false;
			}
			return true;
		},
		release: (network, permits) => release(rangesOf(network), permits),
	};
}
