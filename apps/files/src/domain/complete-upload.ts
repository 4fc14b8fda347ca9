import { AppError, notFound } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';
import { crashPoint } from '@creatorr/service/crash-point';
import { type FileRecord, isMultipart, type MultipartFile, notUploaded } from './file.ts';
import type { FileStore, JoinOutcome, Part } from './ports.ts';
import { type RefreshDeps, refreshFile } from './refresh-file.ts';

export interface CompleteDeps extends RefreshDeps {
	store: RefreshDeps['store'] & Pick<FileStore, 'joinParts'>;
}

/**
 * Makes a file ready whose parts are all in the store; asked again, also at once or after an answer that got lost, it does the
 * same. One that was uploaded by a single PUT is ready when its bytes are there. Throws `validation` when the parts are not
 * those in the store, `file_not_uploaded`, `not_found` for a file that is gone.
 */
export async function completeUpload(
	deps: CompleteDeps,
	file: FileRecord,
	parts: readonly Part[],
): Promise<FileRecord> {
	if (isMultipart(file) && file.status === 'pending') await joinParts(deps, file, parts);
	crashPoint('files.complete.joined');
	const current = await refreshFile(deps, file);
	crashPoint('files.complete.committed');
	if (!current) throw notFound('file');
	if (current.status === 'pending') throw notUploaded();
	return current;
}

async function joinParts(deps: CompleteDeps, file: MultipartFile, parts: readonly Part[]): Promise<void> {
	requirePlannedParts(file, parts);
	const joined = await deps.store.joinParts({
		key: file.storageKey,
		uploadId: file.multipart.uploadId,
		sizeBytes: file.sizeBytes,
		parts,
	});
	switch (joined.outcome) {
		case 'joined':
			return;
		case 'gone':
			throw new AppError('file_not_uploaded', 'this upload is over without a file: create the file again');
		case 'invalid':
			throw invalidParts(parts, joined);
	}
}

/** Checked before the store is asked: a list may name a hundred times as many parts as any upload has. */
function requirePlannedParts({ sizeBytes, multipart }: MultipartFile, parts: readonly Part[]): void {
	const count = Math.ceil(sizeBytes / multipart.partSizeBytes);
	const extra = parts.findIndex(({ partNumber }, index) => index >= count || partNumber > count);
	if (extra < 0 && parts.length === count) return;
	const path = extra < 0 ? 'parts' : `parts.${extra}`;
	throw validationError([{ path, message: `this upload has ${count} parts: list each once, in order` }]);
}

function invalidParts(parts: readonly Part[], joined: JoinOutcome & { outcome: 'invalid' }): AppError {
	const details = joined.problems.map(({ partNumber, message }) => {
		const index = parts.findIndex((part) => part.partNumber === partNumber);
		return { path: index < 0 ? 'parts' : `parts.${index}`, message };
	});
	return validationError(details);
}
