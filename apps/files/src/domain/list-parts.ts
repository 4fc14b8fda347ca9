import { notFound } from '@creatorr/contracts/errors';
import type { listFileParts } from '@creatorr/contracts/files';
import type { ResponseOf } from '@creatorr/contracts/operation';
import { validationError } from '@creatorr/contracts/validation';
import { type FileRecord, isMultipart, type MultipartFile, mayReceiveBytes, type OwnedFile } from './file.ts';
import type { FindDeps } from './find-own-file.ts';
import { cutIntoParts } from './parts.ts';
import type { FileStore, StoredPart } from './ports.ts';
import { refreshFile } from './refresh-file.ts';
import { completePath, type SignPartsDeps, signParts } from './sign-parts.ts';

export interface ListPartsDeps extends SignPartsDeps {
	records: FindDeps['records'];
	store: FindDeps['store'] & SignPartsDeps['store'] & Pick<FileStore, 'listParts'>;
}

type PartsAnswer = ResponseOf<typeof listFileParts>['data'];

/**
 * Returns how far an upload in parts has come: ETags of the parts that are stored, fresh URLs for the others. Throws `not_found`,
 * and `validation` for a file that is not, or no longer, uploaded in parts.
 */
export async function listUploadParts(deps: ListPartsDeps, wanted: OwnedFile): Promise<PartsAnswer> {
	const file = await deps.records.findVisible(wanted);
	if (!file) throw notFound('file');
	const now = new Date();
	if (isMultipart(file) && mayReceiveBytes(file, now) && file.abandonAt > now) {
		const stored = await deps.store.listParts({ key: file.storageKey, uploadId: file.multipart.uploadId });
		if (stored !== null) return describeParts(deps, file, stored);
	}
	const current = await refreshFile(deps, file);
	if (!current) throw notFound('file');
	throw refuse(whyWithoutParts(current));
}

function whyWithoutParts(file: FileRecord): string {
	if (!isMultipart(file)) return 'this file is uploaded with a single PUT: it has no parts';
	if (file.status === 'ready') return 'this upload is complete: there is nothing left to upload';
	return 'this upload is over without a file: create the file again';
}

async function describeParts(
	deps: ListPartsDeps,
	file: MultipartFile,
	stored: readonly StoredPart[],
): Promise<PartsAnswer> {
	const { partSizeBytes } = file.multipart;
	const storedByNumber = new Map(stored.map((part) => [part.partNumber, part]));
	const parts = cutIntoParts(file.sizeBytes, partSizeBytes).map((part) => {
		const found = storedByNumber.get(part.partNumber);
		return { ...part, etag: found?.sizeBytes === part.sizeBytes ? found.etag : undefined };
	});
	const missing = parts.filter((part) => part.etag === undefined);
	const signed = await signParts(deps, file, missing, 'client');
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

function refuse(message: string) {
	return validationError([{ path: 'params.id', message }]);
}
