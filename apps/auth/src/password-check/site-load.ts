import { LRUCache } from 'lru-cache';

/** What the requests of one site recently took from the queue. */
export interface SiteLoad {
	/** Requests that had their turn, or whose client disconnected while they waited. */
	turns: number;
	/** All requests, also refused ones. */
	requests: number;
}

export interface SiteLoads {
	/** Returns the load of a site, to be changed in place. */
	of(site: string): SiteLoad;
}

/** Long enough that the few sites of a flood aren't taken for new ones. */
const FORGET_AFTER_MS = 10 * 60_000;
const REMEMBERED_SITES = 10_000;

/** Whether `one` has to yield to `other`. Turns count first, so that a user who is refused and tries again loses nothing. */
export function isBusier(one: SiteLoad, other: SiteLoad): boolean {
	if (one.turns !== other.turns) return one.turns > other.turns;
	return one.requests > other.requests;
}

/** Tracks loads of sites. Each is forgotten 10 minutes after the site's first request. */
export function trackSiteLoads(): SiteLoads {
	const loads = new LRUCache<string, SiteLoad>({ max: REMEMBERED_SITES, ttl: FORGET_AFTER_MS });
	return {
		of(site) {
			const known = loads.get(site);
			if (known) return known;
			const load = { turns: 0, requests: 0 };
			loads.set(site, load);
			return load;
		},
	};
}
