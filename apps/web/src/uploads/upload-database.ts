import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Upload } from './upload.ts';

/** An upload as it is stored and sent between tabs. The name of `remoteFile` there is that of older releases. */
export type UploadRecord = Omit<Upload, 'remoteFile'> & { readonly upload: Upload['remoteFile'] };

export function toRecord({ remoteFile, ...rest }: Upload): UploadRecord {
	return { ...rest, upload: remoteFile };
}

export function fromRecord({ upload, ...rest }: UploadRecord): Upload {
	return { ...rest, remoteFile: upload };
}

/** The names in the database, too, are those of older releases. */
interface Schema extends DBSchema {
	works: { key: string; value: UploadRecord };
	/** By the id of the source. */
	files: { key: string; value: File };
}

const DATABASE_NAME = 'creatorr.works';

/** Uploads and their files on this device. When the browser can't store them, they live as long as the page. */
export interface UploadDatabase {
	list(): Promise<Upload[]>;
	get(id: string): Promise<Upload | undefined>;
	put(upload: Upload): Promise<void>;
	delete(id: string): Promise<void>;
	getFile(sourceId: string): Promise<File | undefined>;
	putFile(sourceId: string, file: File): Promise<void>;
	deleteFile(sourceId: string): Promise<void>;
}

export function openUploadDatabase(): UploadDatabase {
	let opened: Promise<IDBPDatabase<Schema>> | undefined;
	const open = () => {
		opened ??= openDB<Schema>(DATABASE_NAME, 1, {
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

	async function attempt<T>(use: (db: IDBPDatabase<Schema>) => Promise<T>, fallback: T): Promise<T> {
		try {
			return await use(await open());
		} catch {
			return fallback;
		}
	}

	return {
		list: () => attempt(async (db) => (await db.getAll('works')).map(fromRecord), []),
		get: (id) =>
			attempt(async (db) => {
				const record = await db.get('works', id);
				return record && fromRecord(record);
			}, undefined),
		put: (upload) => attempt(async (db) => void (await db.put('works', toRecord(upload))), undefined),
		delete: (id) => attempt((db) => db.delete('works', id), undefined),
		getFile: (sourceId) => attempt((db) => db.get('files', sourceId), undefined),
		putFile: (sourceId, file) =>
			attempt(async (db) => void (await db.put('files', file, sourceId)), undefined),
		deleteFile: (sourceId) => attempt((db) => db.delete('files', sourceId), undefined),
	};
}
