import { discardOutputs } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { FileRecords } from '../domain/ports.ts';

export function discardOutputsRoute({ records }: { records: Pick<FileRecords, 'deleteOutputsOf'> }): Route {
	return defineRoute(discardOutputs, ({ body }) => records.deleteOutputsOf(body.job_id));
}
