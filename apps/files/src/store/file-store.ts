import { unavailable } from '@creatorr/contracts/errors';
import { InvalidParts, UploadNotFound } from '@creatorr/storage/errors';
import { planParts } from '@creatorr/storage/plan-parts';
import type { Storage } from '@creatorr/storage/storage';
import { KEY_PREFIX, MARK_PREFIX } from '../domain/file.ts';
import type { FileStore, JoinOutcome, Part, StoredPart, Upload } from '../domain/ports.ts';
import { type ConfirmDeps, confirmBucket, WrongBucket } from '../domain/sweep/confirm-bucket.ts';
import { fromStore } from './translate-errors.ts';

/** Read by whoever looks into the bucket. */
const MARK_TEXT = 'The objects beside this one belong to the database that knows the token in its name.';

/** The S3 store as the domain sees it. */
export function createFileStore(storage: Storage, records: ConfirmDeps['records']): FileStore {
	const store: FileStore = {
		head: (key) => fromStore(storage.headObject(key)),
		async confirm() {
			await fromStore(storage.ping());
			await confirmBucket({ records, store }).catch((error: unknown) => {
				throw error instanceof WrongBucket ? unavailable('the file store', error) : error;
			});
		},
		partSizeFor: (sizeBytes) => planParts(sizeBytes).partSizeBytes,
		signPut: (input) => storage.presignPut(input),
		signPart: (input) => storage.presignPart(input),
		signGet: (input) => storage.presignGet(input),
		beginMultipart: (input) => fromStore(storage.createMultipart(input)),
		listParts: (upload) => fromStore(listParts(storage, upload)),
		joinParts: (input) => fromStore(joinParts(storage, input)),
		abortMultipart: (upload) => fromStore(storage.abortMultipart(upload)),
		remove: (keys) => fromStore(storage.deleteObjects(keys)),
		list: (startAfter, limit) => fromStore(storage.listObjects({ prefix: KEY_PREFIX, startAfter, limit })),
		listMarks: () => fromStore(listMarks(storage)),
		putMark: (token) => fromStore(storage.putText({ key: MARK_PREFIX + token, text: MARK_TEXT })),
		listStaleMultiparts: (startedBefore) => listStaleMultiparts(storage, startedBefore),
	};
	return store;
}

async function listParts(storage: Storage, upload: Upload): Promise<StoredPart[] | null> {
	try {
		return await storage.listParts(upload);
	} catch (error) {
		if (error instanceof UploadNotFound) return null;
		throw error;
	}
}

async function joinParts(
	storage: Storage,
	input: Upload & { parts: readonly Part[]; sizeBytes: number },
): Promise<JoinOutcome> {
	try {
		await storage.completeMultipart(input);
		return { outcome: 'joined' };
	} catch (error) {
		if (error instanceof UploadNotFound) return { outcome: 'gone' };
		if (error instanceof InvalidParts) return { outcome: 'invalid', problems: error.problems };
		throw error;
	}
}

async function listMarks(storage: Storage): Promise<string[]> {
	const { objects } = await storage.listObjects({ prefix: MARK_PREFIX });
	return objects.map(({ key }) => key.slice(MARK_PREFIX.length));
}

async function* listStaleMultiparts(storage: Storage, startedBefore: Date): AsyncGenerator<Upload> {
	const uploads = storage.listStaleMultiparts({ prefix: KEY_PREFIX, startedBefore });
	for (;;) {
		const next = await fromStore(uploads.next());
		if (next.done) return;
		yield next.value;
	}
}
