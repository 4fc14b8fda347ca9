import { rangesOf } from '@creatorr/service/address-network';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { LRUCache } from 'lru-cache';
import type { Database } from '../database.sql.ts';
import { consumeHourlyQuota, type HourlyQuota } from '../mails/hourly-quotas.sql.ts';

const REMEMBERED_NETWORKS = 50_000;

export interface RegistrationThrottle {
	/** Counts one registration of the network. Returns 0, or the seconds until it may register again. */
	take(network: string): Promise<number>;
}

/** The sites of an IPv6 network may be several people, and have larger quotas. */
function registrationQuotas(network: string, perHour: number): HourlyQuota[] {
	return rangesOf(network).map(({ range, factor }) => ({
		key: `register ${range}`,
		perHour: perHour * factor,
	}));
}

/**
 * Counts registrations in the database, for all replicas. A network beyond its quota costs one statement in each process until it may
 * register again.
 */
export function createRegistrationThrottle(prisma: Database, perHour: number): RegistrationThrottle {
	const refusedUntilMs = new LRUCache<string, number>({ max: REMEMBERED_NETWORKS });
	// Serializes the requests of a network. Otherwise each would hold a connection while it waits for the lock of the network's row.
	const mutex = createKeyedMutex();

	async function take(network: string): Promise<number> {
		const leftMs = (refusedUntilMs.get(network) ?? 0) - performance.now();
		if (leftMs > 0) return Math.ceil(leftMs / 1000);
		for (const quota of registrationQuotas(network, perHour)) {
			const waitSeconds = await consumeHourlyQuota(prisma, quota);
			if (waitSeconds === 0) continue;
			refusedUntilMs.set(network, performance.now() + waitSeconds * 1000);
			return waitSeconds;
		}
		return 0;
	}

	return { take: (network) => mutex.runExclusive(network, () => take(network)) };
}
