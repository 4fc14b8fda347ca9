import { listFileParts } from '@creatorr/contracts/files';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ListPartsDeps, listUploadParts } from '../domain/list-parts.ts';

/**
 * An answer has up to 100 URLs, which take milliseconds of this process's time. A user gets one after the other, each with its call to
 * the store: between two of them the process answers others.
 */
export function listFilePartsRoute(deps: ListPartsDeps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(listFileParts, async ({ params, user }) => ({
		data: await mutex.runExclusive(user.id, () => listUploadParts(deps, { id: params.id, userId: user.id })),
	}));
}
