import { getStorageUse } from '@creatorr/contracts/internal/files';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { unverifiedLimit } from '../policy.ts';
import { readStorageUse } from './accounts.sql.ts';

/** Returns a user's storage use to billing. Counts it once at a time for each user, because a count reads all files of the user. */
export function getStorageUseRoute({ prisma, policy }: Deps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(getStorageUse, async ({ params }) => {
		const filter = { userId: params.id, excludedJobId: null };
		const use = await mutex.runExclusive(params.id, () => readStorageUse(prisma, filter));
		if (!use) return { data: { stored_bytes: 0, stored_files: 0 } };
		const limit = unverifiedLimit(policy, use);
		return {
			data: {
				stored_bytes: use.storedBytes,
				stored_files: use.storedFiles,
				...(limit !== null && { max_stored_bytes: limit }),
			},
		};
	});
}
