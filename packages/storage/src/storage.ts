import { abortMultipart } from './abort-multipart.ts';
import { type CompleteMultipartInput, completeMultipart } from './complete-multipart.ts';
import { connect, disconnect, type StorageConfig } from './connection.ts';
import { type CreateMultipartInput, createMultipart } from './create-multipart.ts';
import { deleteObjects } from './delete-objects.ts';
import { ensureBucket } from './ensure-bucket.ts';
import { headObject } from './head-object.ts';
import { type ListObjectsInput, listObjects } from './list-objects.ts';
import { listParts, type MultipartUpload } from './list-parts.ts';
import { type ListStaleInput, listStaleMultiparts } from './list-stale-multiparts.ts';
import { ping } from './ping.ts';
import { type PresignGetInput, presignGet } from './presign-get.ts';
import { type PresignPartInput, presignPart } from './presign-part.ts';
import { type PresignPutInput, presignPut } from './presign-put.ts';
import { putCors } from './put-cors.ts';
import { putText } from './put-text.ts';

export type Storage = ReturnType<typeof createStorage>;

/**
 * One bucket of an S3 store. No bytes of files pass through: clients and workers carry them, with presigned URLs.
 * What each operation promises stands at the function of that name.
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
