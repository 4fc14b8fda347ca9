import type { uploadSchema } from '@creatorr/contracts/files';
import type { z } from 'zod';
import { type FileRecord, isMultipart, type MultipartFile } from './file.ts';
import { cutIntoParts } from './parts.ts';
import { type FilePolicy, secondsUntil } from './policy.ts';
import type { Audience, FileStore } from './ports.ts';
import { completePath, type SignPartsDeps, signParts } from './sign-parts.ts';

export type UploadAnswer = z.output<typeof uploadSchema>;

export interface SignUploadDeps extends SignPartsDeps {
	store: SignPartsDeps['store'] & Pick<FileStore, 'signPut'>;
	policy: SignPartsDeps['policy'] & Pick<FilePolicy, 'putUrlSeconds'>;
}

/** What whoever uploads this file has to know: its URL, or those of its parts. */
export function signUpload(
	deps: SignUploadDeps,
	file: FileRecord,
	audience: Audience,
): Promise<UploadAnswer> {
	return isMultipart(file) ? signMultipart(deps, file, audience) : signSinglePut(deps, file, audience);
}

async function signSinglePut(
	deps: SignUploadDeps,
	file: FileRecord,
	audience: Audience,
): Promise<UploadAnswer> {
	const { url, expiresAt } = await deps.store.signPut({
		key: file.storageKey,
		contentType: file.mimeType,
		sizeBytes: file.sizeBytes,
		audience,
		expiresInSeconds: secondsUntil(file.uploadUrlExpiresAt, deps.policy.putUrlSeconds),
	});
	return {
		file_id: file.id,
		upload_url: url,
		expires_at: expiresAt.toISOString(),
		method: 'PUT',
		headers: { 'Content-Type': file.mimeType },
	};
}

async function signMultipart(
	deps: SignUploadDeps,
	file: MultipartFile,
	audience: Audience,
): Promise<UploadAnswer> {
	const { partSizeBytes } = file.multipart;
	const parts = await signParts(deps, file, cutIntoParts(file.sizeBytes, partSizeBytes), audience);
	return {
		file_id: file.id,
		upload_url: null,
		expires_at: (parts[0]?.expiresAt ?? file.uploadUrlExpiresAt).toISOString(),
		method: 'PUT',
		// The type was settled when the upload began, and a part's length is sent by every client anyway.
		headers: {},
		multipart: {
			part_size: partSizeBytes,
			parts: parts.map((part) => ({
				part_number: part.partNumber,
				upload_url: part.url,
				size: part.sizeBytes,
			})),
			complete_url: completePath(file.id, audience),
		},
	};
}
