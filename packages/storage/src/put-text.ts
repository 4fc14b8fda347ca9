import { PutObjectCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';

/** Stores a few words of the product's own under `key`. Files of users never come this way. Throws StorageUnavailable. */
export async function putText(
	connection: StorageConnection,
	{ key, text }: { key: string; text: string },
): Promise<void> {
	const command = new PutObjectCommand({
		Bucket: connection.bucket,
		Key: key,
		ContentType: 'text/plain; charset=utf-8',
		Body: text,
	});
	await callStore(connection, (client, options) => client.send(command, options));
}
