import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { type FilePolicy, type StorageLimits, unverifiedLimit } from '../policy.ts';
import type { StorageUse } from './accounts.sql.ts';
import { requireStorageLeft } from './storage-limit.ts';

/** A user with at least this share of the storage left has much room. */
const MUCH_ROOM = 0.1;
/** How long a user who had much room is not counted again. */
const MAX_AGE_MS = 10_000;

type Use = Pick<StorageUse, 'plan' | 'emailVerified' | 'storedBytes'>;

interface RoomCheckDeps {
	policy: StorageLimits & Pick<FilePolicy, 'putUrlSeconds'>;
	/** Counts what a user stores; null when the account was deleted. Reads all files of the user. */
	readUse(userId: string): Promise<Use | null>;
	monotonicMs?(): number;
}

/**
 * Returns a function that throws like {@link requireStorageLeft}. One call at a time counts the files of a user. After a user had much room,
 * calls within 10 s don't count again: jobs that are created meanwhile can exceed the limit, but their outputs are refused above its margin.
 */
export function createRoomCheck({
	policy,
	readUse,
	monotonicMs = () => performance.now(),
}: RoomCheckDeps): (userId: string) => Promise<void> {
	/** When users who had much room were counted, oldest first. */
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
		if (hasMuchRoom(policy, use)) countedAtMs.set(userId, monotonicMs());
	}

	return (userId) => mutex.runExclusive(userId, () => count(userId));
}

function hasMuchRoom(policy: StorageLimits, use: Use): boolean {
	const limit = unverifiedLimit(policy, use) ?? policy.plans[use.plan].maxStoredBytes;
	return use.storedBytes <= limit * (1 - MUCH_ROOM);
}
