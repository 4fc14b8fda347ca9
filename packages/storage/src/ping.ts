import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { StorageUnavailable } from './errors.ts';

/** A health check that waits longer than this is itself unhealthy. */
const PING_TIMEOUT_MS = 2_000;

/** Resolves when the store answers for our bucket; throws StorageUnavailable within 2 s when it does not. */
export async function ping(connection: StorageConnection): Promise<void> {
	try {
		await callStore(
			connection,
			(client, options) => client.send(new HeadBucketCommand({ Bucket: connection.bucket }), options),
			{ attemptMs: PING_TIMEOUT_MS, operationMs: PING_TIMEOUT_MS },
		);
	} catch (error) {
		if (isStoreError(error, 'NotFound')) {
			throw new StorageUnavailable(`There is no bucket "${connection.bucket}"`, { cause: error });
		}
		throw error;
	}
}
