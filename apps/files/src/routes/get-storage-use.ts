import { getStorageUse } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { FileRecords } from '../domain/ports.ts';

export function getStorageUseRoute({ records }: { records: Pick<FileRecords, 'standingOf'> }): Route {
	return defineRoute(getStorageUse, async ({ params }) => {
		const standing = await records.standingOf(params.id);
		return { data: { stored_bytes: standing?.storedBytes ?? 0 } };
	});
}
