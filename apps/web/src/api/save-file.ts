import { ConnectionError, StoreError } from '@creatorr/client';
import { api } from './client.ts';

/** Downloads a URL as a click on a link does. */
export function downloadUrl(url: string, name?: string): void {
	const link = document.createElement('a');
	link.href = url;
	if (name !== undefined) link.download = name;
	link.click();
}

/** Downloads a file. Requests its URL first, which is valid for an hour. */
export async function saveFile(id: string): Promise<void> {
	const { download_url: url } = await api.files.get(id);
	if (url === null) throw new Error('The file isn’t uploaded yet.');
	await checkAvailable(url);
	// the store sends it as an attachment, so the page stays
	downloadUrl(url);
}

/** Requests one byte first: the error page of an unavailable store would replace this page. */
async function checkAvailable(url: string): Promise<void> {
	const options = { headers: { Range: 'bytes=0-0' }, cache: 'no-store' } as const;
	const response = await fetch(url, options).catch((cause: unknown) => {
		throw new ConnectionError('File storage didn’t respond.', { cause });
	});
	await response.body?.cancel();
	if (!response.ok) throw new StoreError('File storage didn’t return the file.', { status: response.status });
}
