import { StoreError } from '@creatorr/client';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { failureMessage, hasCode } from '../../api/failure-message.ts';
import { downloadUrl, saveFile } from '../../api/save-file.ts';
import { toast } from '../../ui/toasts.ts';

/** Whether the file was deleted or has expired. */
export function isFileGone(error: unknown): boolean {
	return hasCode(error, 'not_found') || (error instanceof StoreError && error.status === 404);
}

/** The zip is built in memory. */
const MAX_ZIP_BYTES = 500_000_000;
/** Browsers block downloads that start at the same time. */
const PAUSE_MS = 700;

export interface DownloadableFile {
	id: string;
	name: string;
	sizeBytes: number;
}

/**
 * Downloads files as one zip, or one by one if they are too large for that. Returns the files that no longer exist. They don't prevent the
 * download of the others.
 */
export async function downloadAll<T extends DownloadableFile>(
	files: readonly T[],
	archiveName: string,
): Promise<T[]> {
	const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	if (total <= MAX_ZIP_BYTES) return downloadZip(files, archiveName);
	const missing: T[] = [];
	for (const file of files) {
		await orGone(saveFile(file.id), () => missing.push(file));
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
	}
	return missing;
}

/** Returns the result, or calls `onGone` when the file no longer exists. */
async function orGone<T>(request: Promise<T>, onGone: () => void): Promise<T | undefined> {
	try {
		return await request;
	} catch (error) {
		if (!isFileGone(error)) throw error;
		onGone();
		return undefined;
	}
}

async function downloadZip<T extends DownloadableFile>(
	files: readonly T[],
	archiveName: string,
): Promise<T[]> {
	const [{ downloadZip: zip }, { uniqueNames }] = await Promise.all([
		import('client-zip'),
		import('./unique-names.ts'),
	]);
	const names = uniqueNames(files.map(({ name }) => name));
	const missing: T[] = [];
	async function* entries() {
		for (const [index, file] of files.entries()) {
			const found = await orGone(api.files.download(file.id), () => missing.push(file));
			if (found) yield { name: names[index] ?? file.id, size: file.sizeBytes, input: found.stream };
		}
	}
	const blob = await zip(entries()).blob();
	if (missing.length === files.length) return missing;
	const url = URL.createObjectURL(blob);
	downloadUrl(url, archiveName);
	// the browser reads it after the click
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
	return missing;
}

/** Runs an action once at a time. Failures are shown as toasts. */
export function useBusyAction(run: () => Promise<void>): { isBusy: boolean; start: () => void } {
	const [isBusy, setBusy] = useState(false);
	return {
		isBusy,
		start() {
			if (isBusy) return;
			setBusy(true);
			run()
				.catch((error: unknown) => toast({ text: failureMessage(error) }))
				.finally(() => setBusy(false));
		},
	};
}
