import { unavailable } from '@creatorr/contracts/errors';
import { LRUCache } from 'lru-cache';
import type { Lease, LeaseTerm } from './lease.ts';

/** Subject of the message that clients get while sessions and API keys can’t be verified. */
export const AUTHENTICATION = 'Authentication';

interface LiveCredential<V> {
	value: V;
	requestedAtMs: number;
}

interface Lookup<V> {
	result: Promise<V | null>;
	/** Revoked while auth was responding: the response may be outdated. */
	revoked: boolean;
	/** Changed while auth was responding: ask again. */
	changed: boolean;
}

/** Cache of one term of the lease. Both maps end with the term; without a lease, none is read. */
interface CacheGeneration<V> {
	term: LeaseTerm;
	live: LRUCache<string, LiveCredential<V>>;
	/** A separate cache, so that unknown credentials don't evict live ones. */
	dead: LRUCache<string, true>;
	lookups: Map<string, Lookup<V>>;
}

interface Deps<V> {
	lease: Pick<Lease, 'term' | 'isValid'>;
	/** Fetches a credential from auth, under the id of the request that needs it. Resolves to null for a dead one. */
	fetchFromAuth(id: string, requestId: string): Promise<V | null>;
	monotonicMs(): number;
	recheckMs: number;
	/** Limit of live credentials, and of dead ones. */
	capacity: number;
}

/** Credentials of one kind, sessions or API keys, with what auth says about each. Cached ones are alive only while the lease is valid. */
export interface LiveCredentials<V extends object | true> {
	/** Whether {@link find} needs no call. */
	isCached(id: string): boolean;
	/**
	 * Returns the value of a live credential, or null for a dead one; at once for a cached one. Throws or rejects with
	 * `upstream_unavailable` without a lease, or if auth is down.
	 */
	find(id: string, requestId: string): V | null | Promise<V | null>;
	/** Marks these credentials as dead, also in lookups in progress. */
	revoke(ids: readonly string[]): void;
	/** Drops the values of these credentials. Lookups in progress ask auth again. */
	invalidate(ids: readonly string[]): void;
}

export function createLiveCredentials<V extends object | true>(deps: Deps<V>): LiveCredentials<V> {
	let generation = newGeneration(deps.lease.term());

	function newGeneration(term: LeaseTerm): CacheGeneration<V> {
		const max = deps.capacity;
		return { term, live: new LRUCache({ max }), dead: new LRUCache({ max }), lookups: new Map() };
	}

	function currentGeneration(): CacheGeneration<V> {
		const term = deps.lease.term();
		if (generation.term !== term) generation = newGeneration(term);
		return generation;
	}

	function markDead({ live, dead }: CacheGeneration<V>, id: string): void {
		live.delete(id);
		dead.set(id, true);
	}

	async function fetchAndCache(
		from: CacheGeneration<V>,
		lookup: Lookup<V>,
		id: string,
		requestId: string,
	): Promise<V | null> {
		lookup.changed = false;
		const requestedAtMs = deps.monotonicMs();
		const value = await deps.fetchFromAuth(id, requestId);
		if (value === null || lookup.revoked) {
			markDead(from, id);
			return null;
		}
		// Auth may have pushed a later revocation to the previous instance id, so this response may be outdated.
		if (!deps.lease.isValid() || currentGeneration() !== from) {
			throw unavailable(AUTHENTICATION, new Error('the lease ended during the lookup of a credential'));
		}
		if (lookup.changed) return fetchAndCache(from, lookup, id, requestId);
		from.live.set(id, { value, requestedAtMs });
		return value;
	}

	function lookUp(from: CacheGeneration<V>, id: string, requestId: string): Promise<V | null> {
		const pendingLookup = from.lookups.get(id);
		if (pendingLookup) return pendingLookup.result;
		const lookup: Lookup<V> = { result: Promise.resolve(null), revoked: false, changed: false };
		lookup.result = fetchAndCache(from, lookup, id, requestId).finally(() => from.lookups.delete(id));
		from.lookups.set(id, lookup);
		return lookup.result;
	}

	/** Checks a credential in the background. Until then the lease keeps the cached value valid. */
	function recheck(from: CacheGeneration<V>, cached: LiveCredential<V>, id: string, requestId: string): void {
		cached.requestedAtMs = deps.monotonicMs();
		lookUp(from, id, requestId).catch(() => undefined);
	}

	return {
		isCached(id) {
			const { live, dead } = currentGeneration();
			return live.has(id) || dead.has(id);
		},
		find(id, requestId) {
			if (!deps.lease.isValid()) throw unavailable(AUTHENTICATION, new Error('no lease from auth'));
			const generation = currentGeneration();
			if (generation.dead.get(id)) return null;
			const cached = generation.live.get(id);
			if (!cached) return lookUp(generation, id, requestId);
			if (deps.monotonicMs() - cached.requestedAtMs > deps.recheckMs)
				recheck(generation, cached, id, requestId);
			return cached.value;
		},
		revoke(ids) {
			const generation = currentGeneration();
			for (const id of ids) {
				const lookup = generation.lookups.get(id);
				if (lookup) lookup.revoked = true;
				markDead(generation, id);
			}
		},
		invalidate(ids) {
			const generation = currentGeneration();
			for (const id of ids) {
				const lookup = generation.lookups.get(id);
				if (lookup) lookup.changed = true;
				generation.live.delete(id);
			}
		},
	};
}
