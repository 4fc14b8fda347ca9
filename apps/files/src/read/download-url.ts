import type { Deps } from '../deps.ts';
import type { FileRecord } from '../file.ts';
import { secondsUntil } from '../policy.ts';

type SigningDeps = Pick<Deps, 'store' | 'policy'>;

/** Returns the owner's download URL, which names the attachment like the file; null while the file is pending. */
export async function presignDownload(deps: SigningDeps, file: FileRecord): Promise<string | null> {
	if (file.status === 'pending') return null;
	const { url } = await deps.store.presignGet({
		...signing(deps, file),
		audience: 'client',
		attachment: { fileName: file.name, contentType: downloadType(file.mimeType) },
	});
	return url;
}

/** Returns a worker's download URL. */
export async function presignWorkerDownload(deps: SigningDeps, file: FileRecord): Promise<string> {
	const { url } = await deps.store.presignGet({ ...signing(deps, file), audience: 'worker' });
	return url;
}

/** No URL outlives its file. */
function signing({ policy }: SigningDeps, file: FileRecord) {
	return {
		key: file.storageKey,
		expiresInSeconds: secondsUntil(file.expiresAt, policy.downloadUrlSeconds),
	};
}

/** Media types that no browser runs as a page or a script. */
const INERT =
	/^(?:application\/(?:gzip|json|msword|octet-stream|pdf|rtf|zip|vnd\.[\w.-]+)|image\/(?:avif|bmp|gif|heic|jpeg|png|tiff|webp)|(?:audio|font|video)\/[\w.-]+|text\/(?:csv|plain))$/i;

const UNKNOWN = 'application/octet-stream';

/** Returns the content type of a download: the file's own if it is inert, because a browser may ignore that the download is an attachment. */
export function downloadType(mimeType: string): string {
	const [essence = ''] = mimeType.split(';');
	return INERT.test(essence.trim()) ? mimeType : UNKNOWN;
}
