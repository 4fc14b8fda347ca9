import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { type FilePolicy, type StorageLimits, unverifiedLimit } from '../policy.ts';
import type { StorageUse } from './accounts.sql.ts';
import { requireStorageLeft } from './storage-limit.ts';

/** The result is cached for users with at least this share of their storage free. */
const MIN_FREE_SHARE = 0.1;
/** How long the result is cached. */
const MAX_AGE_MS = 10_000;

type Use = Pick<StorageUse, 'plan' | 'emailVerified' | 'storedBytes'>;

interface StorageCheckDeps {
	policy: StorageLimits & Pick<FilePolicy, 'putUrlSeconds'>;
	/** Counts what a user stores; null when the account was deleted. Reads all files of the user. */
	readUse(userId: string): Promise<Use | null>;
	monotonicMs?(): number;
}

/**
 * Returns a function that throws like {@link requireStorageLeft}. One call at a time counts the files of a user. Caches the result for 10 s for
 * users with at least 10% of their storage free: jobs created meanwhile can exceed the limit, but their outputs are refused above its margin.
 */
export function createStorageCheck({
	policy,
	readUse,
	monotonicMs = () => performance.now(),
}: StorageCheckDeps): (userId: string) => Promise<void> {
	/** When the files of users with a cached result were counted, oldest first. */
	const countedAtMs = new Map<string, number>();
	const mutex = createKeyedMutex();

	function removeOld(): void {
		for (const [userId, atMs] of countedAtMs) {
			if (monotonicMs() - atMs <= MAX_AGE_MS) return;
			countedAtMs.delete(userId);
		}
	}

	async function count(userId: string): Promise<void> {
		removeOld();
		if (countedAtMs.has(userId)) return;
		const use = await readUse(userId);
		if (!use) return;
		requireStorageLeft(policy, use);
		if (isFarFromLimit(policy, use)) countedAtMs.set(userId, monotonicMs());
	}

	return (userId) => mutex.runExclusive(userId, () => count(userId));
}

function isFarFromLimit(policy: StorageLimits, use: Use): boolean {
	const limit = unverifiedLimit(policy, use) ?? policy.plans[use.plan].maxStoredBytes;
	return use.storedBytes <= limit * (1 - MIN_FREE_SHARE);
}
