import type { uploadSchema } from '@creatorr/contracts/files';
import type { Audience } from '@creatorr/storage/connection';
import { type PlannedPart, planParts } from '@creatorr/storage/plan-parts';
import type { PresignedUrl } from '@creatorr/storage/presign';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { type FileRecord, isMultipart, type MultipartFile } from '../file.ts';
import { secondsUntil } from '../policy.ts';

type Upload = z.output<typeof uploadSchema>;
type SigningDeps = Pick<Deps, 'store' | 'policy'>;

/** Returns what a client needs to upload this file: its URL, or those of its parts. */
export function presignUpload(deps: SigningDeps, file: FileRecord, audience: Audience): Promise<Upload> {
	return isMultipart(file) ? presignMultipart(deps, file, audience) : presignSinglePut(deps, file, audience);
}

async function presignSinglePut(deps: SigningDeps, file: FileRecord, audience: Audience): Promise<Upload> {
	const { url, expiresAt } = await deps.store.presignPut({
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

async function presignMultipart(deps: SigningDeps, file: MultipartFile, audience: Audience): Promise<Upload> {
	const { partSizeBytes } = file.multipart;
	const parts = await presignParts(deps, file, planParts(file.sizeBytes, partSizeBytes), audience);
	return {
		file_id: file.id,
		upload_url: null,
		expires_at: (parts[0]?.expiresAt ?? file.uploadUrlExpiresAt).toISOString(),
		method: 'PUT',
		// The multipart upload has its content type, and every client sends a part's length.
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

/** Returns a URL for each of these parts, which accepts that part and nothing else. */
export function presignParts(
	deps: SigningDeps,
	file: MultipartFile,
	parts: readonly PlannedPart[],
	audience: Audience,
): Promise<(PlannedPart & PresignedUrl)[]> {
	const signing = {
		key: file.storageKey,
		uploadId: file.multipart.uploadId,
		audience,
		expiresInSeconds: secondsUntil(file.uploadUrlExpiresAt, deps.policy.partUrlSeconds),
	};
	return Promise.all(
		parts.map(async (part) => ({ ...part, ...(await deps.store.presignPart({ ...signing, ...part })) })),
	);
}

/** Returns where to complete an upload in parts: a path, as this service does not know its public host. */
export function completePath(fileId: string, audience: Audience): string {
	return audience === 'client' ? `/v1/files/${fileId}/complete` : `/internal/outputs/${fileId}/complete`;
}
