import { AppError, notFound } from '@creatorr/contracts/errors';
import { type completedPartsSchema, completeFile } from '@creatorr/contracts/files';
import { validationError } from '@creatorr/contracts/validation';
import { crashPoint } from '@creatorr/service/crash-point';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import { InvalidPartsError, UploadNotFoundError } from '@creatorr/storage/errors';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { type FileRecord, isMultipart, type MultipartFile, notUploaded } from '../file.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { findVisibleFile } from '../read/find-files.sql.ts';
import { toFile } from '../read/get-file.ts';

/** POST /v1/files/{id}/complete. Completes one upload of a user at a time, because each lists its parts in the store. */
export function completeFileRoute(deps: Deps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(completeFile, ({ params, body, user }) =>
		mutex.runExclusive(user.id, async () => {
			const file = await findVisibleFile(deps, { id: params.id, userId: user.id });
			if (!file) throw notFound('file');
			const completed = await completeUpload(deps, file, body.parts);
			return { data: await toFile(deps, completed) };
		}),
	);
}

type CompletedParts = z.output<typeof completedPartsSchema>;

/**
 * Completes a multipart upload, marks the file as ready and returns it. Repeated and concurrent calls do the same. A file that was uploaded
 * by a single PUT is ready when its bytes are there. Throws `validation` when the parts are not those in the store,
 * `file_not_uploaded`, and `not_found` when the file is gone.
 */
export async function completeUpload(
	deps: Deps,
	file: FileRecord,
	parts: CompletedParts,
): Promise<FileRecord> {
	if (isMultipart(file) && file.status === 'pending') await completeMultipart(deps, file, parts);
	crashPoint('files.complete.stored');
	const current = await refreshFile(deps, file);
	crashPoint('files.complete.committed');
	if (!current) throw notFound('file');
	if (current.status === 'pending') throw notUploaded();
	return current;
}

async function completeMultipart(
	{ store }: Pick<Deps, 'store'>,
	file: MultipartFile,
	parts: CompletedParts,
): Promise<void> {
	requirePlannedParts(file, parts);
	try {
		await store.completeMultipart({
			key: file.storageKey,
			uploadId: file.multipart.uploadId,
			sizeBytes: file.sizeBytes,
			parts: parts.map(({ part_number: partNumber, etag }) => ({ partNumber, etag })),
		});
	} catch (error) {
		if (error instanceof InvalidPartsError) throw invalidParts(parts, error);
		if (error instanceof UploadNotFoundError) {
			throw new AppError('file_not_uploaded', 'This upload expired or was aborted. Create the file again.');
		}
		throw error;
	}
}

/** Refuses wrong lists before the store is called, because a list may name a hundred times as many parts as the upload has. */
function requirePlannedParts({ sizeBytes, multipart }: MultipartFile, parts: CompletedParts): void {
	const count = Math.ceil(sizeBytes / multipart.partSizeBytes);
	const extra = parts.findIndex((part, index) => index >= count || part.part_number > count);
	if (extra < 0 && parts.length === count) return;
	const path = extra < 0 ? 'parts' : `parts.${extra}`;
	throw validationError([
		{ path, message: `this upload has ${count} parts; list each once, in ascending order` },
	]);
}

function invalidParts(parts: CompletedParts, { problems }: InvalidPartsError): AppError {
	const details = problems.map(({ partNumber, message }) => {
		const index = parts.findIndex((part) => part.part_number === partNumber);
		return { path: index < 0 ? 'parts' : `parts.${index}`, message };
	});
	return validationError(details);
}
