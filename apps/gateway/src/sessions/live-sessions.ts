import { unavailable } from '@creatorr/contracts/errors';
import { LRUCache } from 'lru-cache';
import type { Lease, LeaseTerm } from './lease.ts';

interface Known {
	alive: boolean;
	askedAtMs: number;
}

interface Lookup {
	answer: Promise<boolean>;
	/** Revoked while auth was answering: the answer may be from before. */
	revoked: boolean;
}

/** What is known in one term of the lease. A dead session stays dead, so only "alive" depends on the lease. */
interface CacheGeneration {
	term: LeaseTerm;
	known: LRUCache<string, Known>;
	lookups: Map<string, Lookup>;
}

interface Deps {
	lease: Pick<Lease, 'term' | 'isValid'>;
	/** Asks auth whether a session is alive; the id of the request that wants to know goes along. */
	ask(sessionId: string, requestId: string): Promise<boolean>;
	monotonicMs(): number;
	recheckMs: number;
	/** How many sessions are remembered. */
	capacity: number;
}

/** Which sessions are alive, for as long as the lease holds. */
export interface LiveSessions {
	/** At once when the session is known. Throws or rejects with `upstream_unavailable` without a lease, or when auth is away. */
	isAlive(sessionId: string, requestId: string): boolean | Promise<boolean>;
	/** From the return on, none of these is taken for alive, lookups that are under way included. */
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

	async function ask(
		from: CacheGeneration,
		lookup: Lookup,
		sessionId: string,
		requestId: string,
	): Promise<boolean> {
		const askedAtMs = deps.monotonicMs();
		const alive = await deps.ask(sessionId, requestId);
		if (!alive || lookup.revoked) {
			from.known.set(sessionId, { alive: false, askedAtMs });
			return false;
		}
		// A revocation since the answer was given went to the term that is over.
		if (!deps.lease.isValid() || currentGeneration() !== from) {
			throw unavailable('Sign-in', new Error('the lease ended during the lookup of a session'));
		}
		from.known.set(sessionId, { alive: true, askedAtMs });
		return true;
	}

	function lookUp(from: CacheGeneration, sessionId: string, requestId: string): Promise<boolean> {
		const underWay = from.lookups.get(sessionId);
		if (underWay) return underWay.answer;
		const lookup: Lookup = { answer: Promise.resolve(false), revoked: false };
		lookup.answer = ask(from, lookup, sessionId, requestId).finally(() => from.lookups.delete(sessionId));
		from.lookups.set(sessionId, lookup);
		return lookup.answer;
	}

	/** In the background: until it is answered the lease vouches for what is known. */
	function recheck(from: CacheGeneration, known: Known, sessionId: string, requestId: string): void {
		known.askedAtMs = deps.monotonicMs();
		lookUp(from, sessionId, requestId).catch(() => undefined);
	}

	return {
		isAlive(sessionId, requestId) {
			if (!deps.lease.isValid()) throw unavailable('Sign-in', new Error('no lease from auth'));
			const now = currentGeneration();
			const known = now.known.get(sessionId);
			if (!known) return lookUp(now, sessionId, requestId);
			const isOld = deps.monotonicMs() - known.askedAtMs > deps.recheckMs;
			if (known.alive && isOld) recheck(now, known, sessionId, requestId);
			return known.alive;
		},
		revoke(sessionIds) {
			const now = currentGeneration();
			for (const sessionId of sessionIds) {
				const lookup = now.lookups.get(sessionId);
				if (lookup) lookup.revoked = true;
				now.known.set(sessionId, { alive: false, askedAtMs: deps.monotonicMs() });
			}
		},
	};
}
