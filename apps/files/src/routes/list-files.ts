import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { fileIdSchema, listFiles } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ListDeps, listOwnFiles } from '../domain/list-own-files.ts';
import { toFileRow } from './file-view.ts';

export function listFilesRoute(deps: ListDeps): Route {
	return defineRoute(listFiles, async ({ query, user }) => {
		const beforeId = query.cursor === undefined ? null : decodeCursor(query.cursor, fileIdSchema);
		const page = await listOwnFiles(deps, { userId: user.id, limit: query.limit, beforeId });
		return {
			data: page.files.map(toFileRow),
			next_cursor: page.nextId === null ? null : encodeCursor(page.nextId),
		};
	});
}
