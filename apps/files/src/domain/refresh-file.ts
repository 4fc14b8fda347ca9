import { type FileRecord, mayReceiveBytes } from './file.ts';
import type { FileRecords, FileStore, StoredBytes } from './ports.ts';

export interface RefreshDeps {
	records: Pick<FileRecords, 'fixEtag' | 'deleteUnchanged'>;
	store: Pick<FileStore, 'head' | 'confirm'>;
}

/**
 * Returns what a file is by now: a pending one becomes ready when its bytes are there. The store is asked only while an upload
 * URL may still change the answer; what vanishes from it later is found by reconciliation. Resolves to null for a file that is
 * gone: an upload that was given up, or a ready file whose bytes were overwritten or vanished, which is deleted. Throws
 * `upstream_unavailable` when the store cannot tell.
 */
export async function refreshFile(deps: RefreshDeps, file: FileRecord): Promise<FileRecord | null> {
	if (file.status === 'ready' && !mayReceiveBytes(file, new Date())) return file;
	return lookUpFile(deps, file);
}

/** The same, with a look into the store in any case. */
export async function lookUpFile(deps: RefreshDeps, file: FileRecord): Promise<FileRecord | null> {
	const stored = await deps.store.head(file.storageKey);
	if (file.status === 'ready') return keepIfIntact(deps, file, stored);
	if (!isDeclared(file, stored)) return file.abandonAt > new Date() ? file : null;
	const fixed = await deps.records.fixEtag(file, stored.etag);
	if (fixed === null || fixed.etag === stored.etag) return fixed;
	// Somebody else fixed another ETag. Which of the two looked last is not known here, so the store is asked again.
	return keepIfIntact(deps, fixed, await deps.store.head(fixed.storageKey));
}

/** Whether the object is what the upload URL was signed for, as far as the store tells. */
function isDeclared(file: FileRecord, stored: StoredBytes | null): stored is StoredBytes {
	return stored !== null && stored.sizeBytes === file.sizeBytes && !stored.hasUnsignedHeaders;
}

async function keepIfIntact(
	deps: RefreshDeps,
	file: FileRecord,
	stored: StoredBytes | null,
): Promise<FileRecord | null> {
	if (isDeclared(file, stored) && stored.etag === file.etag) return file;
	// An object is also missing when the bucket is, or is another one, and a wrong setting must not delete everybody's files.
	if (stored === null) await deps.store.confirm();
	await deps.records.deleteUnchanged(file);
	return null;
}
