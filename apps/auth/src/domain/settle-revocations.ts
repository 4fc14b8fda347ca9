import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@creatorr/service/logger';

/** By how much auth takes a lease for longer than its holder does: covers timers that fire early and times that are rounded. */
const LEASE_MARGIN_MS = 25;
/** Keeps a push well below the size of a body. */
const IDS_PER_PUSH = 5_000;

/** A gateway instance that may take sessions for alive by its cache. */
export interface Lease {
	id: string;
	callbackUrl: string;
	isFenced: boolean;
}

export interface LeaseStore {
	/** Grants or renews a lease that was not fenced, from now on and never for shorter than before; answers whether it did. */
	renew(id: string, callbackUrl: string, durationMs: number): Promise<boolean>;
	/** Every lease that is not fenced, whether or not it has expired, and those fenced ones that have not expired. */
	list(): Promise<Lease[]>;
	/** From now on the lease is never renewed. Answers how long its holder may still use its cache, in ms. */
	fence(id: string): Promise<number>;
	/** Ends a lease whose holder has stopped using it. */
	release(id: string): Promise<void>;
}

export interface SettlerDeps {
	leases: LeaseStore;
	/** Resolves when this gateway instance lets no request of these sessions pass any more. */
	pushRevocations(lease: Lease, sessionIds: string[]): Promise<void>;
	/** Forgets revocations that are settled. */
	forgetRevocations(sessionIds: string[]): Promise<void>;
	logger: Logger;
}

/** Lets a gateway instance use its cache for `ttlMs`, counted from before it asked; false when it has been fenced. */
export function grantLease(
	deps: { leases: LeaseStore },
	lease: { id: string; callbackUrl: string; ttlMs: number },
): Promise<boolean> {
	return deps.leases.renew(lease.id, lease.callbackUrl, lease.ttlMs + LEASE_MARGIN_MS);
}

async function push(deps: SettlerDeps, lease: Lease, sessionIds: string[]): Promise<void> {
	for (let at = 0; at < sessionIds.length; at += IDS_PER_PUSH) {
		const part = sessionIds.slice(at, at + IDS_PER_PUSH);
		// Once more, as the first may have met a kept connection that the gateway was just closing.
		await deps.pushRevocations(lease, part).catch(() => deps.pushRevocations(lease, part));
	}
}

/**
 * Resolves when this gateway lets none of the sessions pass: it has said so, or what it may have cached has run out. Another
 * instance that answers at the same address (`not_found`) proves nothing about this one, which may be draining or stand
 * behind the same name: it is waited out as well.
 */
async function settleAt(deps: SettlerDeps, lease: Lease, sessionIds: string[]): Promise<void> {
	if (!lease.isFenced) {
		try {
			return await push(deps, lease, sessionIds);
		} catch (error) {
			deps.logger.warn('gateway.fenced', { instance_id: lease.id, error });
		}
	}
	const remainingMs = await deps.leases.fence(lease.id);
	if (remainingMs > 0) await sleep(remainingMs);
}

/** What revokes sessions has somebody settle it. */
export interface SettleDeps {
	/** Resolves once no gateway lets a request of these sessions, whose revocation is committed, pass. */
	settle(sessionIds: string[]): Promise<void>;
}

/**
 * Returns what settles revocations, at the latest after two pushes and one lease. Why no session passes then: every
 * instance that may use a cache has an unfenced lease, or a fenced one that has not expired. Each of the former acknowledges,
 * or is fenced in the database, where a renewal at the same time is either seen by the fence or refused because of it; then
 * its end is waited for. An instance whose first lease is granted after the leases were read only caches answers to checks
 * that it began with that lease, and those see the revocation.
 */
export function createSettler(deps: SettlerDeps): SettleDeps['settle'] {
	return async (sessionIds) => {
		const leases = await deps.leases.list();
		await Promise.all(leases.map((lease) => settleAt(deps, lease, sessionIds)));
		await deps.forgetRevocations(sessionIds);
	};
}

/** Resolves once no gateway lets any of these sessions pass. What fails is left for the task `settle_revocations`. */
export async function settleRevocations(deps: SettleDeps, sessionIds: string[]): Promise<void> {
	if (sessionIds.length > 0) await deps.settle(sessionIds);
}
