import { ensureBucket, ping, putCors } from './bucket.ts';
import { type CompleteMultipartInput, completeMultipart } from './complete-multipart.ts';
import { connect, disconnect, type StorageConfig } from './connection.ts';
import {
	abortMultipart,
	type CreateMultipartInput,
	createMultipart,
	type ListStaleInput,
	listParts,
	listStaleMultiparts,
	type MultipartUpload,
} from './multipart.ts';
import { deleteObjects, headObject, type ListObjectsInput, listObjects, putText } from './objects.ts';
import {
	type PresignGetInput,
	type PresignPartInput,
	type PresignPutInput,
	presignGet,
	presignPart,
	presignPut,
} from './presign.ts';

export type Storage = ReturnType<typeof createStorage>;

/**
 * Returns the operations on one bucket of an S3 store. Clients and workers transfer bytes themselves, with presigned URLs. Each operation
 * is documented at its function.
 */
export function createStorage(config: StorageConfig) {
	const connection = connect(config);
	return {
		presignPut: (input: PresignPutInput) => presignPut(connection, input),
		presignPart: (input: PresignPartInput) => presignPart(connection, input),
		presignGet: (input: PresignGetInput) => presignGet(connection, input),
		createMultipart: (input: CreateMultipartInput) => createMultipart(connection, input),
		listParts: (upload: MultipartUpload) => listParts(connection, upload),
		completeMultipart: (input: CompleteMultipartInput) => completeMultipart(connection, input),
		abortMultipart: (upload: MultipartUpload) => abortMultipart(connection, upload),
		listStaleMultiparts: (input: ListStaleInput) => listStaleMultiparts(connection, input),
		headObject: (key: string) => headObject(connection, key),
		deleteObjects: (keys: readonly string[]) => deleteObjects(connection, keys),
		listObjects: (input: ListObjectsInput) => listObjects(connection, input),
		putText: (input: { key: string; text: string }) => putText(connection, input),
		ensureBucket: () => ensureBucket(connection),
		putCors: (origins: readonly string[]) => putCors(connection, origins),
		ping: () => ping(connection),
		close: () => disconnect(connection),
	};
}
