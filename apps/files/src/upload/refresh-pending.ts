import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import { findOldestPending } from '../read/find-files.sql.ts';
import { refreshFile } from '../read/refresh-file.ts';

/** Each lookup is a request to the store. */
const MAX_LOOKUPS = 100;
const CONCURRENT_LOOKUPS = 8;

/** Makes those of a user's oldest pending uploads ready whose bytes are in the store. Throws `upstream_unavailable`. */
export async function refreshOldestPending(
	deps: Pick<Deps, 'prisma' | 'store'>,
	userId: string,
): Promise<void> {
	const pending = await findOldestPending(deps.prisma, { userId, limit: MAX_LOOKUPS });
	await pMap(pending, (file) => refreshFile(deps, file), { concurrency: CONCURRENT_LOOKUPS });
}
