import { publishOutput as operation } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type PublishDeps, publishOutput } from '../domain/publish-output.ts';

export function publishOutputRoute(deps: PublishDeps): Route {
	return defineRoute(operation, ({ params, body }) =>
		publishOutput(deps, { id: params.id, jobId: body.job_id }),
	);
}
