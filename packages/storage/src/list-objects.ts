import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { canonicalEtag } from './etag.ts';
import type { StoredObject } from './head-object.ts';

export type ListedObject = StoredObject & { readonly key: string; readonly modifiedAt: Date };

/** S3's limit. */
const MAX_PAGE_SIZE = 1_000;

/** Every object whose key begins with `prefix`, a page at a time as it is consumed. Throws StorageUnavailable. */
export async function* listObjects(
	connection: StorageConnection,
	prefix: string,
	pageSize = MAX_PAGE_SIZE,
): AsyncGenerator<ListedObject, void, undefined> {
	let continuation: string | undefined;
	do {
		const command = new ListObjectsV2Command({
			Bucket: connection.bucket,
			Prefix: prefix,
			ContinuationToken: continuation,
			MaxKeys: pageSize,
		});
		const page = await callStore(connection, (client, options) => client.send(command, options));
		for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
			if (Key !== undefined && Size !== undefined && ETag !== undefined && LastModified !== undefined) {
				yield { key: Key, sizeBytes: Size, etag: canonicalEtag(ETag), modifiedAt: LastModified };
			}
		}
		continuation = page.NextContinuationToken;
	} while (continuation !== undefined);
}
