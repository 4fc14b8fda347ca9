import type { MultipartFile } from './file.ts';
import type { PlannedPart } from './parts.ts';
import { type FilePolicy, secondsUntil } from './policy.ts';
import type { Audience, FileStore, SignedUrl } from './ports.ts';

export interface SignPartsDeps {
	store: Pick<FileStore, 'signPart'>;
	policy: Pick<FilePolicy, 'partUrlSeconds'>;
}

/** A URL for each of these parts, which admits that part and nothing else. */
export function signParts(
	deps: SignPartsDeps,
	file: MultipartFile,
	parts: readonly PlannedPart[],
	audience: Audience,
): Promise<(PlannedPart & SignedUrl)[]> {
	const signing = {
		key: file.storageKey,
		uploadId: file.multipart.uploadId,
		audience,
		expiresInSeconds: secondsUntil(file.uploadUrlExpiresAt, deps.policy.partUrlSeconds),
	};
	const sign = async (part: PlannedPart) => ({
		...part,
		...(await deps.store.signPart({ ...signing, ...part })),
	});
	return Promise.all(parts.map(sign));
}

/** Where to say that all parts are there: a path, as this service does not know by which name it is reached. */
export function completePath(fileId: string, audience: Audience): string {
	return audience === 'client' ? `/v1/files/${fileId}/complete` : `/internal/outputs/${fileId}/complete`;
}
