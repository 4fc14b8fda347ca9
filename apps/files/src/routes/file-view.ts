import type { getFile, listFiles } from '@creatorr/contracts/files';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { FileRecord } from '../domain/file.ts';
import { type SignDownloadDeps, signDownload } from '../domain/sign-download.ts';

type FileRow = ResponseOf<typeof listFiles>['data'][number];
type File = ResponseOf<typeof getFile>['data'];

/** A file as a list shows it. */
export function toFileRow(file: FileRecord): FileRow {
	return {
		id: file.id,
		name: file.name,
		size_bytes: file.sizeBytes,
		mime_type: file.mimeType,
		storage_tier: file.storageTier,
		status: file.status,
		expires_at: file.expiresAt.toISOString(),
		created_at: file.createdAt.toISOString(),
	};
}

/** A file as it is shown alone, with the way to its bytes. */
export async function toFile(deps: SignDownloadDeps, file: FileRecord): Promise<File> {
	return { ...toFileRow(file), download_url: await signDownload(deps, file) };
}
