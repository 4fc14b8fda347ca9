import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { StorageUnavailable } from './errors.ts';

/** S3's limit for one request. */
const MAX_KEYS_PER_CALL = 1_000;

/**
 * Removes every key; one that is absent counts as removed. Throws StorageUnavailable when any may remain, after
 * which it is safe to call again with the same keys.
 */
export async function deleteObjects(connection: StorageConnection, keys: readonly string[]): Promise<void> {
	for (let start = 0; start < keys.length; start += MAX_KEYS_PER_CALL) {
		await deleteBatch(connection, keys.slice(start, start + MAX_KEYS_PER_CALL));
	}
}

async function deleteBatch(connection: StorageConnection, keys: readonly string[]): Promise<void> {
	const command = new DeleteObjectsCommand({
		Bucket: connection.bucket,
		Delete: { Objects: keys.map((key) => ({ Key: key })), Quiet: true },
	});
	const answer = await callStore(connection, (client, options) => client.send(command, options));
	const failed = (answer.Errors ?? []).filter((error) => error.Code !== 'NoSuchKey');
	if (failed.length > 0) {
		throw new StorageUnavailable(`The store kept ${failed.length} of ${keys.length} objects`, {
			cause: failed[0],
		});
	}
}
