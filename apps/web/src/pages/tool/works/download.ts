import { api } from '../../../api/client.ts';

/** Starts a download as a click on a link does; the store sends files as attachments, so the page stays. */
function follow(url: string, name?: string): void {
	const link = document.createElement('a');
	link.href = url;
	if (name !== undefined) link.download = name;
	link.click();
}

/** A file of the API, by a URL that is fresh. */
export async function download(fileId: string): Promise<void> {
	const { download_url: url } = await api.files.get(fileId);
	if (url !== null) follow(url);
}

/** More than this is not gathered in memory. */
const MAX_ZIP_BYTES = 500_000_000;
/** Browsers drop downloads that come all at once. */
const BETWEEN_MS = 700;

export interface Wanted {
	id: string;
	sizeBytes: number;
}

/** Several files: as one archive, or one by one where they are too large for that. */
export async function downloadAll(files: readonly Wanted[], archiveName: string): Promise<void> {
	const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	if (total <= MAX_ZIP_BYTES) return downloadZip(files, archiveName);
	for (const { id } of files) {
		await download(id);
		await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
	}
}

async function downloadZip(files: readonly Wanted[], archiveName: string): Promise<void> {
	const [{ downloadZip: zip }, { uniqueNames }] = await Promise.all([
		import('client-zip'),
		import('./unique-names.ts'),
	]);
	const known = await Promise.all(files.map(({ id }) => api.files.get(id)));
	const names = uniqueNames(known.map(({ name }) => name));
	async function* entries() {
		for (const [index, { id, size_bytes: size }] of known.entries()) {
			const { stream } = await api.files.download(id);
			yield { name: names[index] ?? id, size, input: stream };
		}
	}
	const blob = await zip(entries()).blob();
	const url = URL.createObjectURL(blob);
	follow(url, archiveName);
	// the browser reads it after the click
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
