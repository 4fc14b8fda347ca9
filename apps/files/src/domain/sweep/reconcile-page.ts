import { crashPoint } from '@creatorr/service/crash-point';
import { type FileRecord, isFileKey, MARK_PREFIX, timeOfKey } from '../file.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { type FilePolicy, later } from '../policy.ts';
import type { FileStore, ListedObject, SweepRecords } from '../ports.ts';
import { lookUpFile, type RefreshDeps } from '../refresh-file.ts';

export interface PageDeps extends RefreshDeps {
	records: RefreshDeps['records'] & Pick<SweepRecords, 'findStored' | 'findReady'>;
	store: RefreshDeps['store'] & Pick<FileStore, 'list' | 'remove'>;
	policy: Pick<FilePolicy, 'orphanAfterMs'>;
	/**
	 * When the comparison before began, null at the first. What came after it and is old enough to go is seen for the first time: as a
	 * rule because the database was put back to an older state. It stays for another interval, for somebody to notice.
	 */
	rememberedUntil: Date | null;
}

/**
 * How many objects were seen; orphans that were removed; those that are left until the next comparison; files that turned out to be
 * lost; objects that are not ours.
 */
export type PageCounts = Record<'objects' | 'orphans' | 'unremembered' | 'lost' | 'strange', number>;

export interface PageSize {
	objects: number;
	/** Rows without an object are looked up in the store one by one. */
	lookups: number;
}

const SIZE: PageSize = { objects: 1_000, lookups: 200 };
const LOOKUPS_AT_ONCE = 8;

/**
 * Compares what the store has after a key with what rows say, both ways, and mends it: objects that no row knows of are removed,
 * ready files whose object is gone or another one are deleted, as when their owner had asked for them. Resolves to the key to go
 * on from, null at the end. Doing a page twice, or in two processes at once, is safe.
 */
export async function reconcilePage(
	deps: PageDeps,
	after: string,
	size = SIZE,
): Promise<{ counts: PageCounts; next: string | null }> {
	const page = await deps.store.list(after, size.objects);
	let next = page.isLast ? null : (page.objects.at(-1)?.key ?? null);
	let objects = page.objects;
	const missing = await deps.records.findReady({
		after,
		upTo: next,
		except: objects.map(({ key }) => key),
		limit: size.lookups,
	});
	// The rows reach less far than the objects: the next page begins where they end.
	if (missing.length === size.lookups) {
		const end = missing.at(-1)?.storageKey ?? after;
		next = end;
		objects = objects.filter(({ key }) => key <= end);
	}
	crashPoint('files.reconcile.page-listed');
	// Read after the listing: the row of an object was there before the object.
	const { files, now } = await deps.records.findStored(objects.map(({ key }) => key));
	const counts = {
		objects: objects.length,
		...(await removeOrphans(deps, objects, { files, now })),
		lost: await deleteLost(deps, [...missing, ...findChanged(objects, files)]),
		strange: objects.filter(({ key }) => !isFileKey(key) && !key.startsWith(MARK_PREFIX)).length,
	};
	return { counts, next };
}

/** Three clocks have to agree that an object is old: the store's, that of who began the file, and the database's. */
async function removeOrphans(
	{ store, policy, rememberedUntil }: PageDeps,
	objects: readonly ListedObject[],
	{ files, now }: { files: readonly FileRecord[]; now: Date },
): Promise<Pick<PageCounts, 'orphans' | 'unremembered'>> {
	const known = new Set(files.map(({ storageKey }) => storageKey));
	const oldest = later(now, -policy.orphanAfterMs);
	const old = objects.filter(
		({ key, modifiedAt }) =>
			!known.has(key) && isFileKey(key) && modifiedAt <= oldest && timeOfKey(key) <= oldest,
	);
	const orphans = old.filter(({ key }) => rememberedUntil === null || timeOfKey(key) <= rememberedUntil);
	if (orphans.length > 0) await store.remove(orphans.map(({ key }) => key));
	return { orphans: orphans.length, unremembered: old.length - orphans.length };
}

function findChanged(objects: readonly ListedObject[], files: readonly FileRecord[]): FileRecord[] {
	const objectByKey = new Map(objects.map((object) => [object.key, object]));
	return files.filter((file) => {
		const object = objectByKey.get(file.storageKey);
		return file.status === 'ready' && file.deletedAt === null && object?.etag !== file.etag;
	});
}

/** Each is looked up once more: its object may have come after the listing. */
async function deleteLost(deps: PageDeps, suspects: readonly FileRecord[]): Promise<number> {
	const current = await mapConcurrently(suspects, LOOKUPS_AT_ONCE, (file) => lookUpFile(deps, file));
	return current.filter((file) => file === null).length;
}
