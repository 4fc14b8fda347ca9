import { StoreError } from '@creatorr/client';
import { api } from '../../../api/client.ts';
import { hasCode } from '../../../api/problem.ts';
import { saveFile, saveFrom } from '../../../api/save-file.ts';

/** Whether the file was deleted, or has expired. */
export function isFileGone(error: unknown): boolean {
	return hasCode(error, 'not_found') || (error instanceof StoreError && error.status === 404);
}

/** More than this is not gathered in memory. */
const MAX_ZIP_BYTES = 500_000_000;
/** Browsers drop downloads that come all at once. */
const BETWEEN_MS = 700;

export interface Wanted {
	id: string;
	name: string;
	sizeBytes: number;
}

/**
 * Several files: as one archive, or one by one where they are too large for that. Those that are there are not held up by
 * those that are gone, which it resolves to.
 */
export async function downloadAll<T extends Wanted>(files: readonly T[], archiveName: string): Promise<T[]> {
	const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	if (total <= MAX_ZIP_BYTES) return downloadZip(files, archiveName);
	const gone: T[] = [];
	for (const file of files) {
		await orGone(saveFile(file.id), () => gone.push(file));
		await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
	}
	return gone;
}

/** What was asked for; nothing, and a word, when the file is gone. */
async function orGone<T>(asked: Promise<T>, onGone: () => void): Promise<T | undefined> {
	try {
		return await asked;
	} catch (error) {
		if (!isFileGone(error)) throw error;
		onGone();
		return undefined;
	}
}

async function downloadZip<T extends Wanted>(files: readonly T[], archiveName: string): Promise<T[]> {
	const [{ downloadZip: zip }, { uniqueNames }] = await Promise.all([
		import('client-zip'),
		import('./unique-names.ts'),
	]);
	const names = uniqueNames(files.map(({ name }) => name));
	const gone: T[] = [];
	async function* entries() {
		for (const [index, file] of files.entries()) {
			const found = await orGone(api.files.download(file.id), () => gone.push(file));
			if (found) yield { name: names[index] ?? file.id, size: file.sizeBytes, input: found.stream };
		}
	}
	const blob = await zip(entries()).blob();
	if (gone.length === files.length) return gone;
	const url = URL.createObjectURL(blob);
	saveFrom(url, archiveName);
	// the browser reads it after the click
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
	return gone;
}
