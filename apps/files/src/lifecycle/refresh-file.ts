import { unavailable } from '@creatorr/contracts/errors';
import type { StoredObject } from '@creatorr/storage/objects';
import type { Deps } from '../deps.ts';
import { type FileRecord, mayReceiveBytes } from '../file.ts';
import { deleteUnchanged } from '../files.sql.ts';
import { requireOwnBucket, WrongBucketError } from '../store/bucket-mark.ts';
import { markReady } from './refresh-file.sql.ts';

export type RefreshDeps = Pick<Deps, 'prisma' | 'store'>;

/**
 * Returns a file as it is now: a pending one becomes ready when its bytes are in the store. Asks the store only while an upload URL may
 * still change the answer; reconciliation finds objects that vanish later. Returns null for a file that is gone: an upload past its
 * deadline, or a ready file whose bytes were overwritten or vanished, which is deleted. Throws `upstream_unavailable`.
 */
export async function refreshFile(deps: RefreshDeps, file: FileRecord): Promise<FileRecord | null> {
	if (file.status === 'ready' && !mayReceiveBytes(file, new Date())) return file;
	const stored = await deps.store.headObject(file.storageKey);
	if (file.status === 'ready') return deleteUnlessIntact(deps, file, stored);
	if (!matchesDeclaration(file, stored)) return file.abandonAt > new Date() ? file : null;
	const ready = await markReady(deps.prisma, file, stored.etag);
	if (ready === null || ready.etag === stored.etag) return ready;
	// A concurrent call set another ETag. Only the store knows which of the two objects is there now.
	return deleteUnlessIntact(deps, ready, await deps.store.headObject(ready.storageKey));
}

/** Returns whether the object has what the upload URL was signed for, as far as the store shows. */
export function matchesDeclaration(file: FileRecord, stored: StoredObject | null): stored is StoredObject {
	return stored !== null && stored.sizeBytes === file.sizeBytes && !stored.hasUnsignedHeaders;
}

async function deleteUnlessIntact(
	deps: RefreshDeps,
	file: FileRecord,
	stored: StoredObject | null,
): Promise<FileRecord | null> {
	if (matchesDeclaration(file, stored) && stored.etag === file.etag) return file;
	await deleteLost(deps, file, stored);
	return null;
}

/**
 * Deletes a ready file whose object is missing or was replaced. Returns false when its row has changed since it was read, as by a
 * deletion. Throws `upstream_unavailable` when the whole bucket is missing or belongs to another database.
 */
export async function deleteLost(
	deps: RefreshDeps,
	file: FileRecord,
	stored: StoredObject | null,
): Promise<boolean> {
	// Every object is missing in a wrong or missing bucket: a wrong setting must not delete everybody's files.
	if (stored === null) await requireBucket(deps);
	return deleteUnchanged(deps.prisma, file);
}

async function requireBucket(deps: RefreshDeps): Promise<void> {
	try {
		await requireOwnBucket(deps);
	} catch (error) {
		throw error instanceof WrongBucketError ? unavailable('File storage', error) : error;
	}
}
