import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import type { MultipartUpload } from './list-parts.ts';
import { isUnknownUpload } from './unknown-upload.ts';

/** Throws the parts away. An upload that is already over stays as it is. Throws StorageUnavailable. */
export async function abortMultipart(connection: StorageConnection, upload: MultipartUpload): Promise<void> {
	const command = new AbortMultipartUploadCommand({
		Bucket: connection.bucket,
		Key: upload.key,
		UploadId: upload.uploadId,
	});
	try {
		await callStore(connection, (client, options) => client.send(command, options));
	} catch (error) {
		if (!isUnknownUpload(error)) {
			throw error;
		}
	}
}
