import { listFileParts } from '@creatorr/contracts/files';
import { createOneAtATime } from '@creatorr/database/one-at-a-time';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ListPartsDeps, listUploadParts } from '../domain/list-parts.ts';

/**
 * An answer has up to 100 URLs, which take milliseconds of this process's time. A user gets one after the other, each with its call to
 * the store: between two of them the process answers others.
 */
export function listFilePartsRoute(deps: ListPartsDeps): Route {
	const oneAtATime = createOneAtATime();
	return defineRoute(listFileParts, async ({ params, user }) => ({
		data: await oneAtATime(user.id, () => listUploadParts(deps, { id: params.id, userId: user.id })),
	}));
}
