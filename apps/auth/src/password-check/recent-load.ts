import { RANGE_FACTORS, siteOf } from '@creatorr/service/address-network';
import { LRUCache } from 'lru-cache';

/** What the requests of one account or address range recently took from the queue. */
export interface Load {
	/** Requests that had their turn, or whose client disconnected while they waited. */
	turns: number;
	/** All requests, also refused ones. */
	requests: number;
}

export interface Loads {
	/** Counts a turn or request of an account or range. */
	count(key: string, what: keyof Load): void;
	of(key: string): Readonly<Load>;
}

/**
 * All loads are halved this often, at the same moment, so their order stays the same. An office with many sign-ins soon competes with others
 * again, while the ranges of a flood still rank behind a new one.
 */
const HALF_LIFE_MS = 10_000;
const REMEMBERED_KEYS = 10_000;

/** A /48, which may be many people, gets this many times the turns of one of its /56. */
const WIDE_FACTOR = RANGE_FACTORS[2] / RANGE_FACTORS[1];

/** Tracks loads of accounts. */
export function trackLoads(monotonicMs: () => number): Loads {
	const loads = new LRUCache<string, Load & { period: number }>({ max: REMEMBERED_KEYS });

	function loadOf(key: string): Load {
		const period = Math.floor(monotonicMs() / HALF_LIFE_MS);
		const known = loads.get(key);
		if (known?.period === period) return known;
		const { turns = 0, requests = 0 } = known ?? {};
		const factor = 2 ** ((known?.period ?? 0) - period);
		const load = { turns: turns * factor, requests: requests * factor, period };
		loads.set(key, load);
		return load;
	}

	return {
		count(key, what) {
			loadOf(key)[what] += 1;
		},
		of: loadOf,
	};
}

/** Tracks loads of address ranges. That of an IPv6 /56 is at least a quarter of that of its /48. */
export function trackRangeLoads(monotonicMs: () => number): Loads {
	const loads = trackLoads(monotonicMs);
	return {
		count(range, what) {
			loads.count(range, what);
			const wide = siteOf(range);
			if (wide) loads.count(wide, what);
		},
		of(range) {
			const own = loads.of(range);
			const wide = siteOf(range);
			if (!wide) return own;
			const { turns, requests } = loads.of(wide);
			return {
				turns: Math.max(own.turns, turns / WIDE_FACTOR),
				requests: Math.max(own.requests, requests / WIDE_FACTOR),
			};
		},
	};
}
