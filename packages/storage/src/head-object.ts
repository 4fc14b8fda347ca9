import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { StorageUnavailable } from './errors.ts';
import { canonicalEtag } from './etag.ts';

/** rclone gives each copy its modification time, in seconds. A restored bucket has it; a number harms no download. */
const COPIED_AT = /^\d{1,12}(\.\d{1,9})?$/;

export type StoredObject = {
	readonly sizeBytes: number;
	/** With its quotes, as `If-Match` wants it. */
	readonly etag: string;
	/**
	 * Whether whoever sent it gave it metadata or a redirect of their own, which would come with every download. S3 refuses
	 * `x-amz-` headers that are not signed; Ceph stores them. The time that rclone adds to a copy does not count.
	 */
	readonly hasUnsignedHeaders: boolean;
};

/** What the store holds under `key`, null when nothing. Throws StorageUnavailable. */
export async function headObject(connection: StorageConnection, key: string): Promise<StoredObject | null> {
	try {
		const { ContentLength, ETag, Metadata, WebsiteRedirectLocation } = await callStore(
			connection,
			(client, options) =>
				client.send(new HeadObjectCommand({ Bucket: connection.bucket, Key: key }), options),
		);
		if (ContentLength === undefined || ETag === undefined) {
			throw new StorageUnavailable('What answers at the endpoint is not an S3 store');
		}
		const hasUnsignedHeaders =
			Object.entries(Metadata ?? {}).some(([name, value]) => name !== 'mtime' || !COPIED_AT.test(value)) ||
			WebsiteRedirectLocation !== undefined;
		return { sizeBytes: ContentLength, etag: canonicalEtag(ETag), hasUnsignedHeaders };
	} catch (error) {
		// HEAD has no body to name the error in, so the SDK calls every 404 NotFound.
		if (isStoreError(error, 'NotFound', 'NoSuchKey')) {
			return null;
		}
		throw error;
	}
}
