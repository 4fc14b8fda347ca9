import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { samplePending } from '../read/find-files.sql.ts';

/** Each lookup is a request to the store. */
const MAX_LOOKUPS = 100;
const CONCURRENT_LOOKUPS = 8;

/** Marks a user's pending uploads as ready if their bytes are in the store. Checks up to 100, chosen at random. Throws `upstream_unavailable`. */
export async function refreshPending(deps: Pick<Deps, 'prisma' | 'store'>, userId: string): Promise<void> {
	const pending = await samplePending(deps.prisma, { userId, limit: MAX_LOOKUPS });
	await pMap(pending, (file) => refreshFile(deps, file), { concurrency: CONCURRENT_LOOKUPS });
}
