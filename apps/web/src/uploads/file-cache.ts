import type { Source } from './upload.ts';
import type { UploadDatabase } from './upload-database.ts';

/** The bytes of sources: in the page's memory, and on the device while an upload may need them after a reload. */
export interface FileCache {
	put(sourceId: string, file: File): Promise<void>;
	get(sourceId: string): Promise<File | undefined>;
	/** Frees the device's copy once the store has the file. The page can still show it. */
	deleteStoredCopy(sourceId: string): Promise<void>;
	delete(sourceId: string): Promise<void>;
}

export function createFileCache(database: UploadDatabase): FileCache {
	const inMemory = new Map<string, File>();
	return {
		async put(sourceId, file) {
			inMemory.set(sourceId, file);
			await database.putFile(sourceId, file);
		},
		async get(sourceId) {
			const cached = inMemory.get(sourceId);
			if (cached) return cached;
			const stored = await database.getFile(sourceId);
			if (stored) inMemory.set(sourceId, stored);
			return stored;
		},
		deleteStoredCopy: (sourceId) => database.deleteFile(sourceId),
		async delete(sourceId) {
			inMemory.delete(sourceId);
			await database.deleteFile(sourceId);
		},
	};
}

/** Whether a file that was chosen again is the source. */
export function isSameFile(source: Source, file: File): boolean {
	return (
		source.name === file.name && source.sizeBytes === file.size && source.lastModified === file.lastModified
	);
}
