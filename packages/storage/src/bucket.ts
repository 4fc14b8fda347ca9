import {
	type BucketLocationConstraint,
	CreateBucketCommand,
	DeleteBucketCorsCommand,
	HeadBucketCommand,
	PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { StorageAccessDeniedError, StorageUnavailableError, UnusableBucketError } from './errors.ts';

/** Regions whose buckets are created without a location constraint: AWS's first region, and stores with one region. */
const REGIONS_WITHOUT_CONSTRAINT = ['us-east-1', 'auto', ''];

/**
 * Creates the bucket unless it exists. Several processes may call this at once. Throws UnusableBucketError, which says what to do, and
 * StorageUnavailableError.
 */
export async function ensureBucket(connection: StorageConnection): Promise<void> {
	if (await bucketExists(connection)) {
		return;
	}
	try {
		await createBucket(connection);
	} catch (error) {
		// Another process may have created it.
		const raced = isStoreError(error, 'BucketAlreadyExists', 'BucketAlreadyOwnedByYou');
		if (raced && (await bucketExists(connection))) {
			return;
		}
		if (raced || error instanceof StorageAccessDeniedError || isStoreError(error, 'InvalidBucketName')) {
			throw new UnusableBucketError(
				`There is no bucket "${connection.bucket}", and these credentials can’t create it. Create it, or set another one.`,
				{ cause: error },
			);
		}
		throw error;
	}
}

async function bucketExists(connection: StorageConnection): Promise<boolean> {
	try {
		await callStore(connection, (client, options) =>
			client.send(new HeadBucketCommand({ Bucket: connection.bucket }), options),
		);
		return true;
	} catch (error) {
		if (isStoreError(error, 'NotFound')) {
			return false;
		}
		if (error instanceof StorageAccessDeniedError) {
			throw new UnusableBucketError(
				`The store rejects these credentials for the bucket "${connection.bucket}". Correct them, or set a bucket they can use.`,
				{ cause: error },
			);
		}
		throw error;
	}
}

async function createBucket(connection: StorageConnection): Promise<void> {
	const region = connection.region as BucketLocationConstraint;
	const command = new CreateBucketCommand({
		Bucket: connection.bucket,
		...(!REGIONS_WITHOUT_CONSTRAINT.includes(region) && {
			CreateBucketConfiguration: { LocationConstraint: region },
		}),
	});
	await callStore(connection, (client, options) => client.send(command, options));
}

/** How long a browser may cache a preflight response. */
const PREFLIGHT_MAX_AGE_SECONDS = 3_600;

/**
 * Replaces the bucket's CORS rules: pages of exactly these web origins may use presigned URLs and read ETags, which completing an upload
 * needs. Throws StorageAccessDeniedError if the credentials may not change the bucket's settings, and StorageUnavailableError.
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
		// The signature of each URL limits what may be sent.
		AllowedHeaders: ['*'],
		ExposeHeaders: ['ETag'],
		MaxAgeSeconds: PREFLIGHT_MAX_AGE_SECONDS,
	};
	const command = new PutBucketCorsCommand({ ...bucket, CORSConfiguration: { CORSRules: [rule] } });
	await callStore(connection, (client, options) => client.send(command, options));
}

const PING_TIMEOUT_MS = 2_000;

/** Resolves if the store responds for the bucket. Throws StorageUnavailableError within 2 s otherwise. */
export async function ping(connection: StorageConnection): Promise<void> {
	try {
		await callStore(
			connection,
			(client, options) => client.send(new HeadBucketCommand({ Bucket: connection.bucket }), options),
			{ attemptMs: PING_TIMEOUT_MS, operationMs: PING_TIMEOUT_MS },
		);
	} catch (error) {
		if (isStoreError(error, 'NotFound')) {
			throw new StorageUnavailableError(`There is no bucket "${connection.bucket}"`, { cause: error });
		}
		throw error;
	}
}
