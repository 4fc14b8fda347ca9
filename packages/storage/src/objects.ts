import {
	type _Error as DeleteFailure,
	DeleteObjectsCommand,
	HeadObjectCommand,
	ListObjectsV2Command,
	PutObjectCommand,
} from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { ObjectsNotDeletedError, StorageUnavailableError } from './errors.ts';

/**
 * Returns an ETag in the product's form: a strong entity tag with its quotes (`"9a03…-3"`), as S3 sends it and `If-Match` needs it. Clients
 * return part ETags with or without quotes, and some stores list them without.
 */
export function canonicalEtag(etag: string): string {
	return `"${etag.replaceAll('"', '')}"`;
}

/** rclone adds the modification time, in seconds, to the metadata of each copy. So a restored bucket has it. It is harmless in downloads. */
const COPIED_AT = /^\d{1,12}(\.\d{1,9})?$/;

export type StoredObject = {
	readonly sizeBytes: number;
	/** With its quotes, as `If-Match` needs it. */
	readonly etag: string;
	/** When the object was written, by the store's clock, in whole seconds at most stores. */
	readonly modifiedAt: Date;
	/**
	 * Whether the upload added metadata or a redirect, which the store would send with every download. S3 refuses unsigned `x-amz-` headers;
	 * Ceph stores them. The time that rclone adds to a copy does not count.
	 */
	readonly hasUnsignedHeaders: boolean;
};

/** Returns the object under `key`, or null. Throws StorageUnavailableError. */
export async function headObject(connection: StorageConnection, key: string): Promise<StoredObject | null> {
	try {
		const { ContentLength, ETag, LastModified, Metadata, WebsiteRedirectLocation } = await callStore(
			connection,
			(client, options) =>
				client.send(new HeadObjectCommand({ Bucket: connection.bucket, Key: key }), options),
		);
		if (ContentLength === undefined || ETag === undefined || LastModified === undefined) {
			throw new StorageUnavailableError('The endpoint is not an S3 store');
		}
		const hasUnsignedHeaders =
			Object.entries(Metadata ?? {}).some(([name, value]) => name !== 'mtime' || !COPIED_AT.test(value)) ||
			WebsiteRedirectLocation !== undefined;
		return {
			sizeBytes: ContentLength,
			etag: canonicalEtag(ETag),
			modifiedAt: LastModified,
			hasUnsignedHeaders,
		};
	} catch (error) {
		// HEAD has no body with an error code, so the SDK reports every 404 as NotFound.
		if (isStoreError(error, 'NotFound', 'NoSuchKey')) {
			return null;
		}
		throw error;
	}
}

export type ListedObject = Pick<StoredObject, 'sizeBytes' | 'etag' | 'modifiedAt'> & { readonly key: string };

export type ListObjectsInput = {
	readonly prefix: string;
	/** Returns only keys after this one, which need not exist. */
	readonly startAfter?: string;
	/** At least 2, at most S3's limit of 1,000. */
	readonly limit?: number;
};

export type ObjectPage = { readonly objects: readonly ListedObject[]; readonly isLast: boolean };

/**
 * Returns a page of objects whose keys start with `prefix`, in the byte order of keys. A page starts after a key instead of the store's
 * continuation token, so that another process can continue a listing after a restart. Throws StorageUnavailableError.
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
		// Some stores include the key after which the page starts.
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

/** Stores a short text under `key`, never a user's file. Throws StorageUnavailableError. */
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

/** S3's limit for one request. */
const MAX_KEYS_PER_CALL = 1_000;

/**
 * Deletes the objects of these keys; missing ones count as deleted. Throws ObjectsNotDeletedError, which names those that the store kept, or
 * StorageUnavailableError if any may remain. A retry is safe.
 */
export async function deleteObjects(connection: StorageConnection, keys: readonly string[]): Promise<void> {
	const failures: DeleteFailure[] = [];
	for (let start = 0; start < keys.length; start += MAX_KEYS_PER_CALL) {
		failures.push(...(await deleteBatch(connection, keys.slice(start, start + MAX_KEYS_PER_CALL))));
	}
	if (failures.length === 0) return;
	const kept = failures.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
	const options = { cause: failures[0] };
	if (kept.length < failures.length)
		throw new StorageUnavailableError('The store did not delete all objects', options);
	throw new ObjectsNotDeletedError(kept, options);
}

async function deleteBatch(connection: StorageConnection, keys: readonly string[]): Promise<DeleteFailure[]> {
	const command = new DeleteObjectsCommand({
		Bucket: connection.bucket,
		Delete: { Objects: keys.map((key) => ({ Key: key })), Quiet: true },
	});
	const response = await callStore(connection, (client, options) => client.send(command, options));
	return (response.Errors ?? []).filter(({ Code }) => Code !== 'NoSuchKey');
}
