import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Work } from './work.ts';

interface Schema extends DBSchema {
	works: { key: string; value: Work };
	/** By the id of the source. */
	files: { key: string; value: File };
}

const NAME = 'creatorr.works';

/**
 * What this device keeps of works. A browser that keeps nothing, or has no more room, keeps less: works then live as long as
 * the page.
 */
export interface WorkDatabase {
	works(): Promise<Work[]>;
	work(id: string): Promise<Work | undefined>;
	putWork(work: Work): Promise<void>;
	removeWork(id: string): Promise<void>;
	file(sourceId: string): Promise<File | undefined>;
	putFile(sourceId: string, file: File): Promise<void>;
	removeFile(sourceId: string): Promise<void>;
}

export function openWorkDatabase(): WorkDatabase {
	let opened: Promise<IDBPDatabase<Schema>> | undefined;
	const open = () => {
		opened ??= openDB<Schema>(NAME, 1, {
			upgrade(db) {
				db.createObjectStore('works', { keyPath: 'id' });
				db.createObjectStore('files');
			},
			terminated() {
				opened = undefined;
			},
		});
		return opened;
	};

	async function attempt<T>(use: (db: IDBPDatabase<Schema>) => Promise<T>, otherwise: T): Promise<T> {
		try {
			return await use(await open());
		} catch {
			return otherwise;
		}
	}

	return {
		works: () => attempt((db) => db.getAll('works'), []),
		work: (id) => attempt((db) => db.get('works', id), undefined),
		putWork: (work) => attempt(async (db) => void (await db.put('works', work)), undefined),
		removeWork: (id) => attempt((db) => db.delete('works', id), undefined),
		file: (sourceId) => attempt((db) => db.get('files', sourceId), undefined),
		putFile: (sourceId, file) =>
			attempt(async (db) => void (await db.put('files', file, sourceId)), undefined),
		removeFile: (sourceId) => attempt((db) => db.delete('files', sourceId), undefined),
	};
}
