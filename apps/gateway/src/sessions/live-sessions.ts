import { unavailable } from '@creatorr/contracts/errors';
import { LRUCache } from 'lru-cache';
import type { Lease, LeaseTerm } from './lease.ts';

interface Known {
	alive: boolean;
	requestedAtMs: number;
}

interface Lookup {
	result: Promise<boolean>;
	/** Revoked while auth was responding: the response may be outdated. */
	revoked: boolean;
}

/** Cache of one term of the lease. A dead session stays dead, so only "alive" depends on the lease. */
interface CacheGeneration {
	term: LeaseTerm;
	known: LRUCache<string, Known>;
	lookups: Map<string, Lookup>;
}

interface Deps {
	lease: Pick<Lease, 'term' | 'isValid'>;
	/** Asks auth whether a session is alive, under the id of the request that needs it. */
	checkSession(sessionId: string, requestId: string): Promise<boolean>;
	monotonicMs(): number;
	recheckMs: number;
	/** Limit of cached sessions. */
	capacity: number;
}

/** The sessions that are alive while the lease is valid. */
export interface LiveSessions {
	/** Returns at once for a cached session. Throws or rejects with `upstream_unavailable` without a lease, or if auth is down. */
	isAlive(sessionId: string, requestId: string): boolean | Promise<boolean>;
	/** After the return, none of these is alive here, lookups in progress included. */
	revoke(sessionIds: readonly string[]): void;
}

export function createLiveSessions(deps: Deps): LiveSessions {
	let generation = newGeneration(deps.lease.term());

	function newGeneration(term: LeaseTerm): CacheGeneration {
		return { term, known: new LRUCache({ max: deps.capacity }), lookups: new Map() };
	}

	function currentGeneration(): CacheGeneration {
		const term = deps.lease.term();
		if (generation.term !== term) generation = newGeneration(term);
		return generation;
	}

	async function checkAtAuth(
		from: CacheGeneration,
		lookup: Lookup,
		sessionId: string,
		requestId: string,
	): Promise<boolean> {
		const requestedAtMs = deps.monotonicMs();
		const alive = await deps.checkSession(sessionId, requestId);
		if (!alive || lookup.revoked) {
			from.known.set(sessionId, { alive: false, requestedAtMs });
			return false;
		}
		// A revocation after this response was pushed to the previous instance id, so this cache did not see it.
		if (!deps.lease.isValid() || currentGeneration() !== from) {
			throw unavailable('Sign-in', new Error('the lease ended during the lookup of a session'));
		}
		from.known.set(sessionId, { alive: true, requestedAtMs });
		return true;
	}

	function lookUp(from: CacheGeneration, sessionId: string, requestId: string): Promise<boolean> {
		const underWay = from.lookups.get(sessionId);
		if (underWay) return underWay.result;
		const lookup: Lookup = { result: Promise.resolve(false), revoked: false };
		lookup.result = checkAtAuth(from, lookup, sessionId, requestId).finally(() =>
			from.lookups.delete(sessionId),
		);
		from.lookups.set(sessionId, lookup);
		return lookup.result;
	}

	/** Checks a session in the background. Until then the lease keeps the cached result valid. */
	function recheck(from: CacheGeneration, known: Known, sessionId: string, requestId: string): void {
		known.requestedAtMs = deps.monotonicMs();
		lookUp(from, sessionId, requestId).catch(() => undefined);
	}

	return {
		isAlive(sessionId, requestId) {
			if (!deps.lease.isValid()) throw unavailable('Sign-in', new Error('no lease from auth'));
			const generation = currentGeneration();
			const known = generation.known.get(sessionId);
			if (!known) return lookUp(generation, sessionId, requestId);
			const isOld = deps.monotonicMs() - known.requestedAtMs > deps.recheckMs;
			if (known.alive && isOld) recheck(generation, known, sessionId, requestId);
			return known.alive;
		},
		revoke(sessionIds) {
			const generation = currentGeneration();
			for (const sessionId of sessionIds) {
				const lookup = generation.lookups.get(sessionId);
				if (lookup) lookup.revoked = true;
				generation.known.set(sessionId, { alive: false, requestedAtMs: deps.monotonicMs() });
			}
		},
	};
}
