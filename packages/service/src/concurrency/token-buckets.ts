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
	/** Takes `cost` tokens, even if the bucket has too few, and returns the milliseconds until it has refilled that many. */
	reserve(principal: string, cost: number): number;
	/** Refunds tokens. */
	refund(principal: string, cost: number): void;
}

/**
 * Stores one number per bucket: the time when it is full again. A bucket that is full by now equals an unknown one, so eviction loses
 * nothing unless more principals than `capacity` were active within the time of one burst. Even then nobody gains
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
			// Capped at an empty bucket: a new principal doesn't inherit the reservations of others.
			evictedFullAtMs = Math.max(evictedFullAtMs, Math.min(atMs, monotonicMs() + burstMs));
		},
	});

	/** Returns when the bucket would be full again after taking `cost` tokens, and the time until it has that many. */
	function peek(cost: number, principal: string): { fullAgainAtMs: number; waitMs: number } {
		const nowMs = monotonicMs();
		const fromMs = Math.max(nowMs, fullAtMs.get(principal) ?? evictedFullAtMs);
		// The brackets avoid a rounding error: a full bucket must admit exactly its burst.
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
