import { unavailable } from '@creatorr/contracts/errors';
import { StorageUnavailableError } from '@creatorr/storage/errors';
import type { MultipartUpload } from '@creatorr/storage/multipart';
import type { Storage } from '@creatorr/storage/storage';
import { KEY_PREFIX, MARK_PREFIX } from '../file.ts';

/** Content of the mark, for people who browse the bucket. */
const MARK_TEXT = 'The objects beside this one belong to the database that knows the token in its name.';

export type FileStore = ReturnType<typeof createFileStore>;

/**
 * Returns the store's operations as this service uses them: under its keys, and with `upstream_unavailable` when the store is down,
 * too slow or refuses the credentials.
 */
export function createFileStore(storage: Storage) {
	return {
		headObject: (key: string) => translateErrors(storage.headObject(key)),
		presignPut: storage.presignPut,
		presignPart: storage.presignPart,
		presignGet: storage.presignGet,
		createMultipart: (input: Parameters<Storage['createMultipart']>[0]) =>
			translateErrors(storage.createMultipart(input)),
		listParts: (upload: MultipartUpload) => translateErrors(storage.listParts(upload)),
		completeMultipart: (input: Parameters<Storage['completeMultipart']>[0]) =>
			translateErrors(storage.completeMultipart(input)),
		abortMultipart: (upload: MultipartUpload) => translateErrors(storage.abortMultipart(upload)),
		deleteObjects: (keys: readonly string[]) => translateErrors(storage.deleteObjects(keys)),
		/** Returns up to `limit` objects of this service after a key, in the byte order of keys. */
		listObjects: (startAfter: string, limit: number) =>
			translateErrors(storage.listObjects({ prefix: KEY_PREFIX, startAfter, limit })),
		/** Returns the tokens of all marks in the bucket. */
		async listMarks(): Promise<string[]> {
			const { objects } = await translateErrors(storage.listObjects({ prefix: MARK_PREFIX }));
			return objects.map(({ key }) => key.slice(MARK_PREFIX.length));
		},
		hasMark: async (token: string) =>
			(await translateErrors(storage.headObject(MARK_PREFIX + token))) !== null,
		putMark: (token: string) =>
			translateErrors(storage.putText({ key: MARK_PREFIX + token, text: MARK_TEXT })),
		/** Yields this service's multipart uploads that started before a time and were neither completed nor aborted. */
		async *listStaleMultiparts(startedBefore: Date): AsyncGenerator<MultipartUpload> {
			const uploads = storage.listStaleMultiparts({ prefix: KEY_PREFIX, startedBefore });
			while (true) {
				const next = await translateErrors(uploads.next());
				if (next.done) return;
				yield next.value;
			}
		},
	};
}

async function translateErrors<R>(response: Promise<R>): Promise<R> {
	try {
		return await response;
	} catch (error) {
		throw error instanceof StorageUnavailableError ? unavailable('File storage', error) : error;
	}
}
