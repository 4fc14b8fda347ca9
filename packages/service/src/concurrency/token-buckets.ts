import { LRUCache } from 'lru-cache';

interface Options {
	tokensPerSecond: number;
	/** Tokens of a full bucket; at least the highest cost. */
	burst: number;
	/** Limit of stored buckets. */
	capacity: number;
	monotonicMs(): number;
}

/** A token bucket for each principal: an opaque string, such as a user id. */
export interface TokenBuckets {
	/** Takes `cost` tokens and returns 0. With too few tokens it takes none and returns the milliseconds until there are enough. */
	take(principal: string, cost: number): number;
	/** Takes `cost` tokens, also future ones, and returns the milliseconds until the bucket has had them all. */
	reserve(principal: string, cost: number): number;
	/** Refunds tokens. */
	refund(principal: string, cost: number): void;
}

/**
 * Stores one number per bucket: the time when it is full again. A bucket that is full by now equals an unknown one, so eviction loses
 * nothing unless more principals than `capacity` were active within the time of one burst. Even then it grants no
 * tokens: a new principal starts with as few as the emptiest evicted bucket had.
 */
export function createTokenBuckets({ tokensPerSecond, burst, capacity, monotonicMs }: Options): TokenBuckets {
	const msPerToken = 1_000 / tokensPerSecond;
	const burstMs = burst * msPerToken;
	let evictedFullAtMs = 0;
	const fullAtMs = new LRUCache<string, number>({
		max: capacity,
		noDisposeOnSet: true,
		dispose: (atMs) => {
			// A new principal starts with an empty bucket at worst: reservations of others are not its own.
			evictedFullAtMs = Math.max(evictedFullAtMs, Math.min(atMs, monotonicMs() + burstMs));
		},
	});

	/** Returns when the bucket would be full again after taking `cost` tokens, and the time until it has that many. */
	function peek(cost: number, principal: string): { fullAgainAtMs: number; waitMs: number } {
		const nowMs = monotonicMs();
		const fromMs = Math.max(nowMs, fullAtMs.get(principal) ?? evictedFullAtMs);
		// In this order a full bucket has exactly its burst: a sum with the time would be rounded.
		const waitMs = Math.max(0, fromMs - nowMs + (cost * msPerToken - burstMs));
		return { fullAgainAtMs: fromMs + cost * msPerToken, waitMs };
	}

	return {
		take(principal, cost) {
			const { fullAgainAtMs, waitMs } = peek(cost, principal);
			if (waitMs === 0) fullAtMs.set(principal, fullAgainAtMs);
			return waitMs;
		},
		reserve(principal, cost) {
			const { fullAgainAtMs, waitMs } = peek(cost, principal);
			fullAtMs.set(principal, fullAgainAtMs);
			return waitMs;
		},
		refund(principal, cost) {
			const atMs = fullAtMs.get(principal);
			if (atMs !== undefined) fullAtMs.set(principal, atMs - cost * msPerToken);
		},
	};
}
