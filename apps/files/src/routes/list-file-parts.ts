import { listFileParts } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type FindDeps, findOwnFile } from '../domain/find-own-file.ts';
import { type ListPartsDeps, listUploadParts } from '../domain/list-parts.ts';

export function listFilePartsRoute(deps: FindDeps & ListPartsDeps): Route {
	return defineRoute(listFileParts, async ({ params, user }) => {
		const file = await findOwnFile(deps, { id: params.id, userId: user.id });
		return { data: await listUploadParts(deps, file) };
	});
}
