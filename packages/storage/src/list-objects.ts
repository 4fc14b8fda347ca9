import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { canonicalEtag } from './etag.ts';
import type { StoredObject } from './head-object.ts';

export type ListedObject = Pick<StoredObject, 'sizeBytes' | 'etag'> & {
	readonly key: string;
	readonly modifiedAt: Date;
};

export type ListObjectsInput = {
	readonly prefix: string;
	/** Only keys after this one; it need not exist. */
	readonly startAfter?: string;
	/** At least 2, at most S3's own limit, which is 1,000. */
	readonly limit?: number;
};

export type ObjectPage = { readonly objects: readonly ListedObject[]; readonly isLast: boolean };

/**
 * The first objects whose keys begin with `prefix`, in the order of the keys' bytes. A page at a time, and by a key instead of
 * the store's own token, so that a listing can go on in another process after a restart. Throws StorageUnavailable.
 */
export async function listObjects(
	connection: StorageConnection,
	{ prefix, startAfter, limit }: ListObjectsInput,
): Promise<ObjectPage> {
	const command = new ListObjectsV2Command({
		Bucket: connection.bucket,
		Prefix: prefix,
		StartAfter: startAfter === '' ? undefined : startAfter,
		MaxKeys: limit,
	});
	const page = await callStore(connection, (client, options) => client.send(command, options));
	const objects = (page.Contents ?? []).flatMap(({ Key, Size, ETag, LastModified }) =>
		// Not every store leaves out the key itself that it was to begin after.
		Key !== undefined &&
		Key !== startAfter &&
		Size !== undefined &&
		ETag !== undefined &&
		LastModified !== undefined
			? [{ key: Key, sizeBytes: Size, etag: canonicalEtag(ETag), modifiedAt: LastModified }]
			: [],
	);
	return { objects, isLast: page.IsTruncated !== true };
}
