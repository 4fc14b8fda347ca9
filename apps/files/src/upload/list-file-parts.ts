import { type AppError, notFound } from '@creatorr/contracts/errors';
import { listFileParts } from '@creatorr/contracts/files';
import type { ResponseOf } from '@creatorr/contracts/operation';
import { validationError } from '@creatorr/contracts/validation';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import { UploadNotFoundError } from '@creatorr/storage/errors';
import type { StoredPart } from '@creatorr/storage/multipart';
import { planParts } from '@creatorr/storage/plan-parts';
import type { Deps } from '../deps.ts';
import {
	type FileLookup,
	type FileRecord,
	isMultipart,
	type MultipartFile,
	mayReceiveBytes,
} from '../file.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { findVisibleFile } from '../read/find-files.sql.ts';
import { completePath, presignParts } from './upload-urls.ts';

/**
 * GET /v1/files/{id}/parts. Serves one request of a user at a time: up to 100 presigned URLs take milliseconds of CPU time, and the call to
 * the store between two requests lets the process serve others.
 */
export function listFilePartsRoute(deps: Deps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(listFileParts, async ({ params, user }) => ({
		data: await mutex.runExclusive(user.id, () => listUploadParts(deps, { id: params.id, userId: user.id })),
	}));
}

type PartsResponse = ResponseOf<typeof listFileParts>['data'];

/**
 * Returns the progress of an upload in parts: ETags of the parts in the store, fresh URLs for the others. Throws `not_found`, and
 * `validation` for a file that is not, or no longer, uploaded in parts.
 */
async function listUploadParts(deps: Deps, lookup: FileLookup): Promise<PartsResponse> {
	const file = await findVisibleFile(deps, lookup);
	if (!file) throw notFound('file');
	const now = new Date();
	if (isMultipart(file) && mayReceiveBytes(file, now) && file.abandonAt > now) {
		const stored = await listStoredParts(deps, file);
		if (stored !== null) return describeParts(deps, file, stored);
	}
	const current = await refreshFile(deps, file);
	if (!current) throw notFound('file');
	throw noPartsError(current);
}

/** Returns null when the multipart upload was completed or aborted. */
async function listStoredParts({ store }: Deps, file: MultipartFile): Promise<StoredPart[] | null> {
	try {
		return await store.listParts({ key: file.storageKey, uploadId: file.multipart.uploadId });
	} catch (error) {
		if (error instanceof UploadNotFoundError) return null;
		throw error;
	}
}

async function describeParts(
	deps: Deps,
	file: MultipartFile,
	stored: readonly StoredPart[],
): Promise<PartsResponse> {
	const { partSizeBytes } = file.multipart;
	const storedByNumber = new Map(stored.map((part) => [part.partNumber, part]));
	const parts = planParts(file.sizeBytes, partSizeBytes).map((part) => {
		const found = storedByNumber.get(part.partNumber);
		return { ...part, etag: found?.sizeBytes === part.sizeBytes ? found.etag : undefined };
	});
	const missing = parts.filter((part) => part.etag === undefined);
	const signed = await presignParts(deps, file, missing, 'client');
	const urls = new Map(signed.map((part) => [part.partNumber, part.url]));
	return {
		part_size: partSizeBytes,
		parts: parts.map(({ partNumber, sizeBytes, etag }) => ({
			part_number: partNumber,
			size: sizeBytes,
			...(etag === undefined ? { upload_url: urls.get(partNumber) } : { etag }),
		})),
		complete_url: completePath(file.id, 'client'),
		expires_at: (signed[0]?.expiresAt ?? file.uploadUrlExpiresAt).toISOString(),
	};
}

function noPartsError(file: FileRecord): AppError {
	let message = 'this upload expired or was aborted; create the file again';
	if (!isMultipart(file)) message = 'this file is uploaded with a single PUT and has no parts';
	else if (file.status === 'ready') message = 'this upload is already complete';
	return validationError([{ path: 'params.id', message }]);
}
