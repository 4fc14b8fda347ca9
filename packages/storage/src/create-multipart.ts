import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { StorageUnavailable } from './errors.ts';

export type CreateMultipartInput = { readonly key: string; readonly contentType: string };

/** Begins an upload in parts and gives its id. Nothing is visible under `key` until it is completed. */
export async function createMultipart(
	connection: StorageConnection,
	{ key, contentType }: CreateMultipartInput,
): Promise<string> {
	const command = new CreateMultipartUploadCommand({
		Bucket: connection.bucket,
		Key: key,
		ContentType: contentType,
	});
	const answer = await callStore(connection, (client, options) => client.send(command, options));
	if (!answer.UploadId) {
		throw new StorageUnavailable('The store began an upload without giving its id');
	}
	return answer.UploadId;
}
