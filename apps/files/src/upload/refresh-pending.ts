import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { LRUCache } from 'lru-cache';
import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { samplePending } from '../read/find-files.sql.ts';

/** Each lookup is a request to the store. */
const MAX_LOOKUPS = 100;
const CONCURRENT_LOOKUPS = 8;
/** Time between a refresh that found no uploaded file and the user's next one. Without it, refused requests cost a refresh each. */
const PAUSE_MS = 30_000;
const MAX_PAUSED_USERS = 100_000;

type RefreshDeps = Pick<Deps, 'prisma' | 'store'>;

/**
 * Returns a function that marks a user's pending uploads as ready if their bytes are in the store. It checks up to 100, chosen at random, for
 * one call of a user at a time, so that no user occupies all connections to the store. Returns false without waiting if it found none within
 * the last 30 s. Throws `upstream_unavailable`.
 */
export function createPendingRefresh(
	deps: RefreshDeps,
	monotonicMs: () => number = () => performance.now(),
): (userId: string) => Promise<boolean> {
	const paused = new LRUCache<string, true>({
		max: MAX_PAUSED_USERS,
		ttl: PAUSE_MS,
		perf: { now: monotonicMs },
	});
	const mutex = createKeyedMutex();

	async function refresh(userId: string): Promise<void> {
		if (paused.has(userId)) return;
		const uploaded = await refreshPending(deps, userId);
		if (uploaded === 0) paused.set(userId, true);
	}

	return async (userId) => {
		if (paused.has(userId)) return false;
		await mutex.runExclusive(userId, () => refresh(userId));
		return true;
	};
}

/** Returns how many of the user's pending uploads that it checked are no longer pending. */
async function refreshPending(deps: RefreshDeps, userId: string): Promise<number> {
	const pending = await samplePending(deps.prisma, { userId, limit: MAX_LOOKUPS });
	const current = await pMap(pending, (file) => refreshFile(deps, file), {
		concurrency: CONCURRENT_LOOKUPS,
	});
	return current.filter((file) => file?.status !== 'pending').length;
}
