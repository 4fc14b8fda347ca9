import { crashPoint } from '@creatorr/service/crash-point';
import type { ListedObject } from '@creatorr/storage/objects';
import type { Deps } from '../deps.ts';
import { type FileRecord, isFileKey, isMultipart, MARK_PREFIX, timeOfKey } from '../file.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { later } from '../policy.ts';
import { isDeclared, lookUpFile } from '../read/refresh-file.ts';
import { findReady, findStored, replaceEtag } from './reconcile.sql.ts';

type PageDeps = Pick<Deps, 'prisma' | 'store' | 'policy'>;

interface PageStart {
	/** The page has the keys after this one. */
	after: string;
	/**
	 * When the reconciliation before this one started; null for the first. Orphans created after it are seen for the first time, as a
	 * rule because the database was restored to an older state. They stay until the next reconciliation, for operators to notice.
	 */
	lastStartedAt: Date | null;
}

/**
 * How many objects were compared; orphans that were removed; orphans that stay until the next reconciliation; files that were deleted
 * because their object is missing or another one; files that got the ETag of a restored copy; objects under keys of other software.
 */
export type PageCounts = Record<
	'objects' | 'orphans' | 'unremembered' | 'lost' | 'restored' | 'strange',
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
 * another one, unless it is a copy that a restore wrote. Returns the key to continue after, null at the end. Repeated and concurrent calls are safe.
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
	const { files, now } = await findStored(
		deps.prisma,
		objects.map(({ key }) => key),
	);
	const { changed, restored } = await adoptRestored(deps, findChanged(objects, files));
	const counts = {
		objects: objects.length,
		...(await removeOrphans(deps, objects, { files, now, lastStartedAt })),
		lost: await deleteLost(deps, [...missing, ...changed]),
		restored,
		strange: objects.filter(({ key }) => !isFileKey(key) && !key.startsWith(MARK_PREFIX)).length,
	};
	return { counts, next };
}

/** Three clocks must agree that an object is old: the store's, that of the process that created the file, and the database's. */
async function removeOrphans(
	{ store, policy }: PageDeps,
	objects: readonly ListedObject[],
	{ files, now, lastStartedAt }: { files: readonly FileRecord[]; now: Date; lastStartedAt: Date | null },
): Promise<Pick<PageCounts, 'orphans' | 'unremembered'>> {
	const known = new Set(files.map(({ storageKey }) => storageKey));
	const oldest = later(now, -policy.orphanAfterMs);
	const old = objects.filter(
		({ key, modifiedAt }) =>
			!known.has(key) && isFileKey(key) && modifiedAt <= oldest && timeOfKey(key) <= oldest,
	);
	const orphans = old.filter(({ key }) => lastStartedAt === null || timeOfKey(key) <= lastStartedAt);
	if (orphans.length > 0) await store.deleteObjects(orphans.map(({ key }) => key));
	return { orphans: orphans.length, unremembered: old.length - orphans.length };
}

interface ChangedFile {
	file: FileRecord;
	object: ListedObject;
}

function findChanged(objects: readonly ListedObject[], files: readonly FileRecord[]): ChangedFile[] {
	const fileByKey = new Map(files.map((file) => [file.storageKey, file]));
	return objects.flatMap((object) => {
		const file = fileByKey.get(object.key);
		const isChanged = file?.status === 'ready' && file.deletedAt === null && object.etag !== file.etag;
		return isChanged ? [{ file, object }] : [];
	});
}

/**
 * Gives files the ETags of their restored copies. Tools such as rclone split an object into other parts than its upload did, which
 * changes its ETag and no byte. Returns the files that remain changed, and how many were adopted.
 */
async function adoptRestored(
	deps: PageDeps,
	changed: readonly ChangedFile[],
): Promise<{ changed: FileRecord[]; restored: number }> {
	const remaining = await mapConcurrently(changed, CONCURRENT_LOOKUPS, async ({ file, object }) => {
		if (!isRestoredCopy(file, object, deps.policy)) return file;
		const stored = await deps.store.headObject(file.storageKey);
		// Only the listed object has the listed time.
		if (!isDeclared(file, stored) || stored.etag !== object.etag) return file;
		return (await replaceEtag(deps.prisma, file, stored.etag)) ? null : file;
	});
	const files = remaining.filter((file) => file !== null);
	return { changed: files, restored: changed.length - files.length };
}

/**
 * Tells whether an object was written when no upload URL of its file could write it, so that only an operator can have done so. Both
 * times are the store's, because it checks the expiry of URLs. A PUT that started in time may end late. Parts can't be written after
 * their upload was completed, which made the file ready.
 */
function isRestoredCopy(
	file: FileRecord,
	{ sizeBytes, modifiedAt }: ListedObject,
	{ lateUploadMs }: PageDeps['policy'],
): boolean {
	if (sizeBytes !== file.sizeBytes) return false;
	return isMultipart(file) || modifiedAt > later(file.uploadUrlExpiresAt, lateUploadMs);
}

/** Looks each file up once more, because its object may have come after the listing. */
async function deleteLost(deps: PageDeps, suspects: readonly FileRecord[]): Promise<number> {
	const current = await mapConcurrently(suspects, CONCURRENT_LOOKUPS, (file) => lookUpFile(deps, file));
	return current.filter((file) => file === null).length;
}
