import { getStorageUse } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { unverifiedLimit } from '../domain/admit-upload.ts';
import type { FilePolicy } from '../domain/policy.ts';
import type { FileRecords } from '../domain/ports.ts';

interface GetStorageUseDeps {
	records: Pick<FileRecords, 'standingOf'>;
	policy: Pick<FilePolicy, 'plans' | 'unverifiedStoredBytes'>;
}

export function getStorageUseRoute({ records, policy }: GetStorageUseDeps): Route {
	return defineRoute(getStorageUse, async ({ params }) => {
		const standing = await records.standingOf(params.id);
		if (!standing) return { data: { stored_bytes: 0 } };
		const limit = unverifiedLimit(policy, standing);
		return {
			data: {
				stored_bytes: standing.storedBytes,
				...(limit !== null && { max_stored_bytes: limit }),
			},
		};
	});
}
