import { listFileParts } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ListPartsDeps, listUploadParts } from '../domain/list-parts.ts';

export function listFilePartsRoute(deps: ListPartsDeps): Route {
	return defineRoute(listFileParts, async ({ params, user }) => ({
		data: await listUploadParts(deps, { id: params.id, userId: user.id }),
	}));
}
