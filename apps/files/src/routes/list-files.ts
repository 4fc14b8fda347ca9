import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { fileIdSchema, listFiles } from '@creatorr/contracts/files';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ListDeps, listOwnFiles } from '../domain/list-own-files.ts';
import { toFileRow } from './file-view.ts';

/** A user gets one page after the other, so that nobody's lists keep the store's connections from other users. */
export function listFilesRoute(deps: ListDeps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(listFiles, async ({ query, user }) => {
		const beforeId = query.cursor === undefined ? null : decodeCursor(query.cursor, fileIdSchema);
		const page = await mutex.runExclusive(user.id, () =>
			listOwnFiles(deps, { userId: user.id, limit: query.limit, beforeId }),
		);
		return {
			data: page.files.map(toFileRow),
			next_cursor: page.nextId === null ? null : encodeCursor(page.nextId),
		};
	});
}
