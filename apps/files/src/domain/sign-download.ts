import { downloadType } from './download-type.ts';
import type { FileRecord } from './file.ts';
import { type FilePolicy, secondsUntil } from './policy.ts';
import type { FileStore } from './ports.ts';

export interface SignDownloadDeps {
	store: Pick<FileStore, 'signGet'>;
	policy: Pick<FilePolicy, 'downloadUrlSeconds'>;
}

/** The owner's way to the bytes, as an attachment under the file's own name; null while there are none. */
export async function signDownload(deps: SignDownloadDeps, file: FileRecord): Promise<string | null> {
	if (file.status === 'pending') return null;
	const { url } = await deps.store.signGet({
		...signing(deps, file),
		audience: 'client',
		attachment: { fileName: file.name, contentType: downloadType(file.mimeType) },
	});
	return url;
}

/** A worker's way to the bytes. */
export async function signWorkerDownload(deps: SignDownloadDeps, file: FileRecord): Promise<string> {
	const { url } = await deps.store.signGet({ ...signing(deps, file), audience: 'worker' });
	return url;
}

/** No URL outlives its file. */
function signing({ policy }: SignDownloadDeps, file: FileRecord) {
	return {
		key: file.storageKey,
		expiresInSeconds: secondsUntil(file.expiresAt, policy.downloadUrlSeconds),
	};
}
