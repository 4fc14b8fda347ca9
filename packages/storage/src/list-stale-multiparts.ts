import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import type { MultipartUpload } from './list-parts.ts';

export type StaleMultipart = MultipartUpload & { readonly startedAt: Date };

export type ListStaleInput = { readonly prefix: string; readonly startedBefore: Date };

/** S3's limit. */
const MAX_PAGE_SIZE = 1_000;

/**
 * The uploads under `prefix` that were begun before a time and neither completed nor aborted: their parts cost
 * storage and show up in no listing of objects. Aborting them while iterating is fine. Throws StorageUnavailable.
 */
export async function* listStaleMultiparts(
	connection: StorageConnection,
	{ prefix, startedBefore }: ListStaleInput,
	pageSize = MAX_PAGE_SIZE,
): AsyncGenerator<StaleMultipart, void, undefined> {
	let keyMarker: string | undefined;
	let uploadIdMarker: string | undefined;
	do {
		const command = new ListMultipartUploadsCommand({
			Bucket: connection.bucket,
			Prefix: prefix,
			KeyMarker: keyMarker,
			UploadIdMarker: uploadIdMarker,
			MaxUploads: pageSize,
		});
		const page = await callStore(connection, (client, options) => client.send(command, options));
		for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
			if (
				Key !== undefined &&
				UploadId !== undefined &&
				Initiated !== undefined &&
				Initiated < startedBefore
			) {
				yield { key: Key, uploadId: UploadId, startedAt: Initiated };
			}
		}
		keyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
		uploadIdMarker = page.IsTruncated ? page.NextUploadIdMarker : undefined;
	} while (keyMarker !== undefined);
}
