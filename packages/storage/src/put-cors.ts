import { DeleteBucketCorsCommand, PutBucketCorsCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';

/** How long a browser may remember the answer to a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 3_600;

/**
 * Lets pages of exactly these web origins use presigned URLs, and read the ETag of what they sent, which completing an
 * upload needs. Replaces the bucket's CORS rules; no origins, no rules. Throws StorageRefused when the credentials may
 * not change the bucket's settings, StorageUnavailable.
 */
export async function putCors(connection: StorageConnection, origins: readonly string[]): Promise<void> {
	const bucket = { Bucket: connection.bucket };
	if (origins.length === 0) {
		await callStore(connection, (client, options) =>
			client.send(new DeleteBucketCorsCommand(bucket), options),
		);
		return;
	}
	const rule = {
		AllowedOrigins: [...origins],
		AllowedMethods: ['PUT', 'GET', 'HEAD'],
		// What may be sent is in each URL's signature already.
		AllowedHeaders: ['*'],
		ExposeHeaders: ['ETag'],
		MaxAgeSeconds: PREFLIGHT_MAX_AGE_SECONDS,
	};
	const command = new PutBucketCorsCommand({ ...bucket, CORSConfiguration: { CORSRules: [rule] } });
	await callStore(connection, (client, options) => client.send(command, options));
}
