import type { WorkDatabase } from './database.ts';
import type { Source } from './work.ts';

/** The bytes of sources: in this page, and on the device as long as an upload may need them after a reload. */
export interface FileKeeper {
	keep(sourceId: string, file: File): Promise<void>;
	find(sourceId: string): Promise<File | undefined>;
	/** It is in the store now: a copy on the device is only in the way. This page still shows it. */
	release(sourceId: string): Promise<void>;
	forget(sourceId: string): Promise<void>;
}

export function createFileKeeper(database: WorkDatabase): FileKeeper {
	const here = new Map<string, File>();
	return {
		async keep(sourceId, file) {
			here.set(sourceId, file);
			await database.putFile(sourceId, file);
		},
		async find(sourceId) {
			const known = here.get(sourceId);
			if (known) return known;
			const kept = await database.file(sourceId);
			if (kept) here.set(sourceId, kept);
			return kept;
		},
		release: (sourceId) => database.removeFile(sourceId),
		async forget(sourceId) {
			here.delete(sourceId);
			await database.removeFile(sourceId);
		},
	};
}

/** Whether a file that was chosen again is the one that was dropped then. */
export function isSameFile(source: Source, file: File): boolean {
	return (
		source.name === file.name && source.sizeBytes === file.size && source.lastModified === file.lastModified
	);
}
