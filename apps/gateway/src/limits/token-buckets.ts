import { LRUCache } from 'lru-cache';

interface Options {
	tokensPerSecond: number;
	/** What a full bucket holds; at least the highest cost. */
	burst: number;
	/** How many buckets are remembered. */
	capacity: number;
	monotonicMs(): number;
}

/** A token bucket for each principal: an opaque string, such as the id of a user. */
export interface TokenBuckets {
	/** Takes `cost` tokens and returns 0. With too few tokens it takes none, and returns the milliseconds until there are enough. */
	take(principal: string, cost: number): number;
	/** Returns the tokens of a request that was refused for another reason. */
	giveBack(principal: string, cost: number): void;
}

/**
 * Stores one number a bucket: when it is full again. A bucket that is full by now is the same as an unknown one, so eviction
 * loses nothing unless more principals than `capacity` were active within the time of one burst. Even then it grants nothing:
 * an unknown principal starts no fuller than the fullest bucket that was evicted.
 */
export function createTokenBuckets({ tokensPerSecond, burst, capacity, monotonicMs }: Options): TokenBuckets {
	const msPerToken = 1_000 / tokensPerSecond;
	const burstMs = burst * msPerToken;
	let evictedFullAtMs = 0;
	const fullAtMs = new LRUCache<string, number>({
		max: capacity,
		noDisposeOnSet: true,
		dispose: (atMs) => {
			evictedFullAtMs = Math.max(evictedFullAtMs, atMs);
		},
	});

	return {
		take(principal, cost) {
			const nowMs = monotonicMs();
			const fromMs = Math.max(nowMs, fullAtMs.get(principal) ?? evictedFullAtMs);
			const untilMs = fromMs + cost * msPerToken;
			// In this order a full bucket has exactly its burst: the sum with the time would be rounded.
			const waitMs = fromMs - nowMs + (cost * msPerToken - burstMs);
			if (waitMs > 0) return waitMs;
			fullAtMs.set(principal, untilMs);
			return 0;
		},
		giveBack(principal, cost) {
			const atMs = fullAtMs.get(principal);
			if (atMs !== undefined) fullAtMs.set(principal, atMs - cost * msPerToken);
		},
	};
}
