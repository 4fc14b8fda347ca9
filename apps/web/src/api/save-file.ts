import { ConnectionError, StoreError } from '@creatorr/client';
import { api } from './client.ts';

/** Has the browser save what an address gives, as a click on a link does. */
export function saveFrom(url: string, name?: string): void {
	const link = document.createElement('a');
	link.href = url;
	if (name !== undefined) link.download = name;
	link.click();
}

/** Has the browser save a file. The URL is asked for now: it works for an hour alone. */
export async function saveFile(id: string): Promise<void> {
	const { download_url: url } = await api.files.get(id);
	if (url === null) throw new Error('the file is not uploaded yet');
	await requireAnswer(url);
	// answered as an attachment, so the page stays
	saveFrom(url);
}

/** Asks for one byte: a store that is away, or answers with an error, would take the place of the page. */
async function requireAnswer(url: string): Promise<void> {
	const asked = { headers: { Range: 'bytes=0-0' }, cache: 'no-store' } as const;
	const answer = await fetch(url, asked).catch((cause: unknown) => {
		throw new ConnectionError('the store did not answer', { cause });
	});
	await answer.body?.cancel();
	if (!answer.ok) throw new StoreError('the store did not give the file', { status: answer.status });
}
