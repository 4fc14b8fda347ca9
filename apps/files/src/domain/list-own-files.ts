import type { FileRecord } from './file.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { FileRecords } from './ports.ts';
import { type RefreshDeps, refreshFile } from './refresh-file.ts';

/** How many pending files of a page are looked up in the store: each is a request to it. */
const MAX_LOOKUPS = 20;
/** How many of them at once. */
const LOOKUPS_AT_ONCE = 16;

export interface ListDeps extends RefreshDeps {
	records: RefreshDeps['records'] & Pick<FileRecords, 'listVisible'>;
}

/**
 * A page of a user's files, newest first. The newest {@link MAX_LOOKUPS} pending ones are as the store has them now, and those
 * that turn out to be gone are left out, so that a page may be shorter than `limit` and still not be the last; further pending
 * ones are as the database has them. `nextId` is null on the last page.
 */
export async function listOwnFiles(
	deps: ListDeps,
	page: { userId: string; limit: number; beforeId: string | null },
): Promise<{ files: FileRecord[]; nextId: string | null }> {
	const rows = await deps.records.listVisible({ ...page, limit: page.limit + 1 });
	const shown = rows.slice(0, page.limit);
	const lookedUp = new Set(shown.filter((file) => file.status === 'pending').slice(0, MAX_LOOKUPS));
	const current = await mapConcurrently(shown, LOOKUPS_AT_ONCE, async (file) =>
		lookedUp.has(file) ? refreshFile(deps, file) : file,
	);
	return {
		files: current.filter((file) => file !== null),
		nextId: rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
	};
}
