import { siteOf } from '@creatorr/service/address-network';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { LRUCache } from 'lru-cache';
import type { Database } from '../database.sql.ts';
import { type Allowance, consumeAllowance } from '../mails/allowances.sql.ts';

/** An IPv6 /56, which may be several people, may register this many times as often as one network. */
const SITE_REGISTRATIONS_FACTOR = 4;
const REMEMBERED_NETWORKS = 50_000;

export interface RegistrationThrottle {
	/** Counts one registration of the network. Returns 0, or the seconds until it may register again. */
	take(network: string): Promise<number>;
}

function allowancesOf(network: string, perHour: number): Allowance[] {
	const site = siteOf(network);
	const ofNetwork = { key: `register ${network}`, perHour };
	return site
		? [ofNetwork, { key: `register ${site}`, perHour: perHour * SITE_REGISTRATIONS_FACTOR }]
		: [ofNetwork];
}

/**
 * Counts registrations in the database, for all replicas. A network beyond its allowance costs one statement in each process until it may
 * register again.
 */
export function createRegistrationThrottle(prisma: Database, perHour: number): RegistrationThrottle {
	const refusedUntilMs = new LRUCache<string, number>({ max: REMEMBERED_NETWORKS });
	// Serializes the requests of a network. Otherwise each would hold a connection while it waits for the lock of the network's row.
	const mutex = createKeyedMutex();

	async function take(network: string): Promise<number> {
		const leftMs = (refusedUntilMs.get(network) ?? 0) - performance.now();
		if (leftMs > 0) return Math.ceil(leftMs / 1000);
		for (const allowance of allowancesOf(network, perHour)) {
			const waitSeconds = await consumeAllowance(prisma, allowance);
			if (waitSeconds === 0) continue;
			refusedUntilMs.set(network, performance.now() + waitSeconds * 1000);
			return waitSeconds;
		}
		return 0;
	}

	return { take: (network) => mutex.runExclusive(network, () => take(network)) };
}
