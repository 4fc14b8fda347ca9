import { crashPoint } from '@creatorr/service/crash-point';
import type { ListedObject, StoredObject } from '@creatorr/storage/objects';
import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import { type FileRecord, isFileKey, isMultipart, MARK_PREFIX, timeOfKey } from '../file.ts';
import { NEWER_THAN_DATABASE } from '../leases.sql.ts';
import { deleteLost, matchesDeclaration } from '../lifecycle/refresh-file.ts';
import { addMs } from '../policy.ts';
import { findReady, findStored, replaceEtag } from './reconcile.sql.ts';

/** The stored counts, the metric and the retention report keep the name of earlier releases. */
const OTHER_SOFTWARE = 'strange';

type PageDeps = Pick<Deps, 'prisma' | 'store' | 'policy'>;

interface PageStart {
	/** The page starts after this key. */
	after: string;
	/**
	 * Start of the last reconciliation without objects newer than the database; null before the first. The files service creates each row before
	 * its object. So an object that was created after this time and has never had a row means that the database was restored to an older state.
	 */
	lastStartedAt: Date | null;
}

/**
 * Results of a page:
 * - `objects`: objects that were compared
 * - `orphans`: objects without a row that were removed
 * - `NEWER_THAN_DATABASE`: objects whose rows are missing because the database was restored to an older state. They stay until an operator
 *   allows their removal.
 * - `lost`: files that were deleted because their object is missing or was replaced
 * - `restored`: files that got the ETag of a restored copy
 * - `OTHER_SOFTWARE`: objects under keys of other software
 */
export type PageCounts = Record<
	'objects' | 'orphans' | typeof NEWER_THAN_DATABASE | 'lost' | 'restored' | typeof OTHER_SOFTWARE,
	number
>;

export interface PageSize {
	objects: number;
	/** Rows without an object are looked up in the store one by one. */
	lookups: number;
}

const SIZE: PageSize = { objects: 1_000, lookups: 200 };
const CONCURRENT_LOOKUPS = 8;

/**
 * Compares a page of objects and rows both ways: removes objects without a row, and deletes ready files whose object is missing or
 * was replaced, except by a restored copy. Returns the key after which the next page starts, null at the end. Repeated and concurrent calls
 * are safe.
 */
export async function reconcilePage(
	deps: PageDeps,
	{ after, lastStartedAt }: PageStart,
	size = SIZE,
): Promise<{ counts: PageCounts; next: string | null }> {
	const page = await deps.store.listObjects(after, size.objects);
	let next = page.isLast ? null : (page.objects.at(-1)?.key ?? null);
	let objects = page.objects;
	const missing = await findReady(deps.prisma, {
		after,
		upTo: next,
		except: objects.map(({ key }) => key),
		limit: size.lookups,
	});
	// The rows end before the objects do: the next page starts where the rows end.
	if (missing.length === size.lookups) {
		const end = missing.at(-1)?.storageKey ?? after;
		next = end;
		objects = objects.filter(({ key }) => key <= end);
	}
	crashPoint('files.reconcile.page-listed');
	// Read after the listing, because an object's row is inserted before the object is stored.
	const { files, removedKeys, now } = await findStored(
		deps.prisma,
		objects.map(({ key }) => key),
	);
	const storedKeys = new Set(files.map(({ storageKey }) => storageKey));
	const candidates = objects.filter(({ key }) => isFileKey(key) && !storedKeys.has(key));
	const removed = await removeOrphans(deps, candidates, { removedKeys, now, lastStartedAt });
	const suspects = [...missing, ...findChanged(objects, files)];
	const reconcileOne = (file: (typeof suspects)[number]) => reconcileFile(deps, file);
	const outcomes = await pMap(suspects, reconcileOne, { concurrency: CONCURRENT_LOOKUPS });
	const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
	const counts = {
		objects: objects.length,
		...removed,
		lost: count('lost'),
		restored: count('restored'),
		[OTHER_SOFTWARE]: objects.filter(({ key }) => !isFileKey(key) && !key.startsWith(MARK_PREFIX)).length,
	};
	return { counts, next };
}

interface Rows {
	/** Keys of rows whose bytes were removed. Objects under these keys arrived late. */
	removedKeys: ReadonlySet<string>;
	now: Date;
	lastStartedAt: Date | null;
}

/**
 * Removes those of these objects that are old, except those newer than the database. The objects have no row, or one whose bytes were
 * removed. Three clocks must agree that an object is old: the store's, that of the process that created the file, and the database's.
 */
async function removeOrphans(
	{ store, policy }: PageDeps,
	objects: readonly ListedObject[],
	{ removedKeys, now, lastStartedAt }: Rows,
): Promise<Pick<PageCounts, 'orphans' | typeof NEWER_THAN_DATABASE>> {
	const cutoff = addMs(now, -policy.orphanAfterMs);
	const removable = objects.filter(
		({ key }) => lastStartedAt === null || timeOfKey(key) <= lastStartedAt || removedKeys.has(key),
	);
	const orphans = removable.filter(({ key, modifiedAt }) => modifiedAt <= cutoff && timeOfKey(key) <= cutoff);
	if (orphans.length > 0) await store.deleteObjects(orphans.map(({ key }) => key));
	return { orphans: orphans.length, [NEWER_THAN_DATABASE]: objects.length - removable.length };
}

function findChanged(objects: readonly ListedObject[], files: readonly FileRecord[]): FileRecord[] {
	const etags = new Map(objects.map(({ key, etag }) => [key, etag]));
	return files.filter(
		({ status, deletedAt, storageKey, etag }) =>
			status === 'ready' && deletedAt === null && etags.get(storageKey) !== etag,
	);
}

type Outcome = 'kept' | 'restored' | 'lost';

/**
 * Compares a ready file with its object once more, because the object may have changed after the listing. Deletes the file when the
 * object is missing or was replaced, but adopts the ETag of a restored copy: tools such as rclone split an object into other parts than
 * its upload did, which changes the ETag and no byte. `kept` includes files whose rows have changed since they were read.
 */
async function reconcileFile(deps: PageDeps, file: FileRecord): Promise<Outcome> {
	const stored = await deps.store.headObject(file.storageKey);
	if (matchesDeclaration(file, stored)) {
		if (stored.etag === file.etag) return 'kept';
		if (isRestoredCopy(file, stored, deps.policy)) {
			return (await replaceEtag(deps.prisma, file, stored.etag)) ? 'restored' : 'kept';
		}
	}
	return (await deleteLost(deps, file, stored)) ? 'lost' : 'kept';
}

/**
 * Returns whether an object was written when no upload URL of its file worked any more, so that only an operator can have written it. Both
 * times are the store's, because it checks the expiry of URLs. A PUT that started in time may end late. Parts can't be written after
 * their upload was completed, which made the file ready.
 */
function isRestoredCopy(
	file: FileRecord,
	{ modifiedAt }: StoredObject,
	{ lateUploadMs }: PageDeps['policy'],
): boolean {
	return isMultipart(file) || modifiedAt > addMs(file.uploadUrlExpiresAt, lateUploadMs);
}
