import { RANGE_FACTORS, siteOf } from '@creatorr/service/address-network';
import { LRUCache } from 'lru-cache';

/** What the requests of one address range recently took from the queue. */
export interface RangeLoad {
	/** Requests that had their turn, or whose client disconnected while they waited. */
	turns: number;
	/** All requests, also refused ones. */
	requests: number;
}

export interface RangeLoads {
	/** Counts a turn or request of a range. */
	count(range: string, what: keyof RangeLoad): void;
	/** Returns the load of a range. That of an IPv6 /56 is at least a quarter of that of its /48. */
	of(range: string): Readonly<RangeLoad>;
}

/** Long enough that the few ranges of a flood aren't taken for new ones. */
const FORGET_AFTER_MS = 10 * 60_000;
const REMEMBERED_RANGES = 10_000;

/** Whether `one` has to yield to `other`. Turns count first, so that a user who is refused and tries again loses nothing. */
export function isBusier(one: RangeLoad, other: RangeLoad): boolean {
	if (one.turns !== other.turns) return one.turns > other.turns;
	return one.requests > other.requests;
}

/** A /48, which may be many people, gets this many times the turns of one of its /56. */
const WIDE_FACTOR = RANGE_FACTORS[2] / RANGE_FACTORS[1];

/** Tracks loads of ranges. Each is forgotten 10 minutes after the range's first request. */
export function trackRangeLoads(): RangeLoads {
	const loads = new LRUCache<string, RangeLoad>({ max: REMEMBERED_RANGES, ttl: FORGET_AFTER_MS });

	function loadOf(range: string): RangeLoad {
		const known = loads.get(range);
		if (known) return known;
		const load = { turns: 0, requests: 0 };
		loads.set(range, load);
		return load;
	}

	return {
		count(range, what) {
			loadOf(range)[what] += 1;
			const wide = siteOf(range);
			if (wide) loadOf(wide)[what] += 1;
		},
		of(range) {
			const own = loadOf(range);
			const wide = siteOf(range);
			if (!wide) return own;
			const { turns, requests } = loadOf(wide);
			return {
				turns: Math.max(own.turns, turns / WIDE_FACTOR),
				requests: Math.max(own.requests, requests / WIDE_FACTOR),
			};
		},
	};
}
