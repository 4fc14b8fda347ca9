import { type BucketLocationConstraint, CreateBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { BucketUnusable, StorageRefused } from './errors.ts';

/** Regions whose buckets are made without naming a place: AWS's first region, and stores that have only one. */
const PLACELESS_REGIONS = ['us-east-1', 'auto', ''];

/**
 * Makes sure that the bucket is there and may be used, creating it when it is absent. Safe to call from several
 * processes at once. Throws BucketUnusable with what to do about it, StorageUnavailable.
 */
export async function ensureBucket(connection: StorageConnection): Promise<void> {
	if (await bucketExists(connection)) {
		return;
	}
	try {
		await createBucket(connection);
	} catch (error) {
		// Somebody else may have created it since, and it may be ours: only looking again can tell.
		const raced = isStoreError(error, 'BucketAlreadyExists', 'BucketAlreadyOwnedByYou');
		if (raced && (await bucketExists(connection))) {
			return;
		}
		if (raced || error instanceof StorageRefused || isStoreError(error, 'InvalidBucketName')) {
			throw new BucketUnusable(
				`There is no bucket "${connection.bucket}" and it cannot be created with these credentials: create it, or name another one`,
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
		if (error instanceof StorageRefused) {
			throw new BucketUnusable(
				`The store refuses these credentials for the bucket "${connection.bucket}": correct them, or name a bucket that they may use`,
				{ cause: error },
			);
		}
		throw error;
	}
}

async function createBucket(connection: StorageConnection): Promise<void> {
	const place = connection.region as BucketLocationConstraint;
	const command = new CreateBucketCommand({
		Bucket: connection.bucket,
		...(!PLACELESS_REGIONS.includes(place) && {
			CreateBucketConfiguration: { LocationConstraint: place },
		}),
	});
	await callStore(connection, (client, options) => client.send(command, options));
}
