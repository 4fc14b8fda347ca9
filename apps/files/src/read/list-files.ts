import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { fileIdSchema, listFiles } from '@creatorr/contracts/files';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import type { FileRecord } from '../file.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { listVisibleFiles, type Page } from './find-files.sql.ts';
import { toListedFile } from './get-file.ts';

/** Each lookup is a request to the store. */
const MAX_LOOKUPS = 20;
const CONCURRENT_LOOKUPS = 16;

/** Serves one list request of a user at a time, so that no user's lists occupy all connections to the store. */
export function listFilesRoute(deps: Deps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(listFiles, async ({ query, user }) => {
		const beforeId = query.cursor === undefined ? null : decodeCursor(query.cursor, fileIdSchema);
		const page = await mutex.runExclusive(user.id, () =>
			listOwnFiles(deps, { userId: user.id, limit: query.limit, beforeId }),
		);
		return {
			data: page.files.map(toListedFile),
			next_cursor: page.nextId === null ? null : encodeCursor(page.nextId),
		};
	});
}

/**
 * Returns a page of a user's files, newest first, and a `nextId` unless it is the last. The newest {@link MAX_LOOKUPS} pending files
 * are looked up in the store. Those that are gone are left out, so that a page may be shorter than `limit` and not the last. Further
 * pending files are as the database has them.
 */
async function listOwnFiles(deps: Deps, page: Page): Promise<{ files: FileRecord[]; nextId: string | null }> {
	const rows = await listVisibleFiles(deps, { ...page, limit: page.limit + 1 });
	const shown = rows.slice(0, page.limit);
	const lookedUp = new Set(shown.filter((file) => file.status === 'pending').slice(0, MAX_LOOKUPS));
	const refresh = async (file: (typeof shown)[number]) =>
		lookedUp.has(file) ? refreshFile(deps, file) : file;
	const current = await pMap(shown, refresh, { concurrency: CONCURRENT_LOOKUPS });
	return {
		files: current.filter((file) => file !== null),
		nextId: rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
	};
}
