import type { FileRecord } from './file.ts';
import type { FileRecords, FileStore, StoredBytes } from './ports.ts';

export interface RefreshDeps {
	records: Pick<FileRecords, 'fixEtag' | 'deleteUnchanged'>;
	store: Pick<FileStore, 'head' | 'confirm'>;
}

/**
 * What a file is by now, as the store has it: a pending one becomes ready when its bytes are there. Resolves to null for
 * one that is gone: an upload that was given up, or a ready file whose bytes were overwritten or vanished, which is
 * deleted. Throws `upstream_unavailable` when the store cannot tell.
 */
export async function refreshFile(deps: RefreshDeps, file: FileRecord): Promise<FileRecord | null> {
	const stored = await deps.store.head(file.storageKey);
	if (file.status === 'ready') return keepIfIntact(deps, file, stored);
	if (stored?.sizeBytes !== file.sizeBytes) return file.abandonAt > new Date() ? file : null;
	const fixed = await deps.records.fixEtag(file, stored.etag);
	if (fixed === null || fixed.etag === stored.etag) return fixed;
	// Somebody else fixed another ETag. Which of the two looked last is not known here, so the store is asked again.
	return keepIfIntact(deps, fixed, await deps.store.head(fixed.storageKey));
}

async function keepIfIntact(
	deps: RefreshDeps,
	file: FileRecord,
	stored: StoredBytes | null,
): Promise<FileRecord | null> {
	if (stored?.etag === file.etag && stored?.sizeBytes === file.sizeBytes) return file;
	// An object is also missing when the bucket is, or is another one, and a wrong setting must not delete everybody's files.
	if (stored === null) await deps.store.confirm();
	await deps.records.deleteUnchanged(file);
	return null;
}
