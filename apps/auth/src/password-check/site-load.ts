import { RANGE_FACTORS, siteOf } from '@creatorr/service/address-network';
import { LRUCache } from 'lru-cache';

/** What the requests of one site recently took from the queue. */
export interface SiteLoad {
	/** Requests that had their turn, or whose client disconnected while they waited. */
	turns: number;
	/** All requests, also refused ones. */
	requests: number;
}

export interface SiteLoads {
	/** Counts a turn or request of a site. */
	count(site: string, what: keyof SiteLoad): void;
	/** Returns the load of a site. That of an IPv6 /56 is at least a quarter of that of its /48. */
	of(site: string): Readonly<SiteLoad>;
}

/** Long enough that the few sites of a flood aren't taken for new ones. */
const FORGET_AFTER_MS = 10 * 60_000;
const REMEMBERED_SITES = 10_000;

/** Whether `one` has to yield to `other`. Turns count first, so that a user who is refused and tries again loses nothing. */
export function isBusier(one: SiteLoad, other: SiteLoad): boolean {
	if (one.turns !== other.turns) return one.turns > other.turns;
	return one.requests > other.requests;
}

/** A /48, which may be many people, gets this many times the turns of one of its /56. */
const WIDE_FACTOR = RANGE_FACTORS[2] / RANGE_FACTORS[1];

/** Tracks loads of sites. Each is forgotten 10 minutes after the site's first request. */
export function trackSiteLoads(): SiteLoads {
	const loads = new LRUCache<string, SiteLoad>({ max: REMEMBERED_SITES, ttl: FORGET_AFTER_MS });

	function loadOf(range: string): SiteLoad {
		const known = loads.get(range);
		if (known) return known;
		const load = { turns: 0, requests: 0 };
		loads.set(range, load);
		return load;
	}

	return {
		count(site, what) {
			loadOf(site)[what] += 1;
			const wide = siteOf(site);
			if (wide) loadOf(wide)[what] += 1;
		},
		of(site) {
			const own = loadOf(site);
			const wide = siteOf(site);
			if (!wide) return own;
			const { turns, requests } = loadOf(wide);
			return {
				turns: Math.max(own.turns, turns / WIDE_FACTOR),
				requests: Math.max(own.requests, requests / WIDE_FACTOR),
			};
		},
	};
}
