import { discardOutputs } from '@creatorr/contracts/internal';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { FileRecords } from '../domain/ports.ts';

export function discardOutputsRoute({ records }: { records: Pick<FileRecords, 'deleteOutputsOf'> }): Route {
	return defineRoute(discardOutputs, async ({ body }) => {
		await records.deleteOutputsOf(body.job_id);
		crashPoint('files.discard.committed');
	});
}
