import { ListPartsCommand } from '@aws-sdk/client-s3';
import { callStore } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { canonicalEtag } from './etag.ts';
import { isUnknownUpload, uploadNotFound } from './unknown-upload.ts';

export type MultipartUpload = { readonly key: string; readonly uploadId: string };

export type StoredPart = {
	readonly partNumber: number;
	readonly sizeBytes: number;
	readonly etag: string;
};

/** S3's limit. */
const MAX_PAGE_SIZE = 1_000;

/** The parts that have arrived, in order. Throws UploadNotFound when the upload is over, StorageUnavailable. */
export async function listParts(
	connection: StorageConnection,
	upload: MultipartUpload,
	pageSize = MAX_PAGE_SIZE,
): Promise<StoredPart[]> {
	const parts: StoredPart[] = [];
	let marker: string | undefined;
	do {
		const page = await listPage(connection, upload, { marker, pageSize });
		for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
			if (PartNumber !== undefined && Size !== undefined && ETag !== undefined) {
				parts.push({ partNumber: PartNumber, sizeBytes: Size, etag: canonicalEtag(ETag) });
			}
		}
		marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
	} while (marker !== undefined);
	return parts;
}

async function listPage(
	connection: StorageConnection,
	upload: MultipartUpload,
	{ marker, pageSize }: { marker: string | undefined; pageSize: number },
) {
	const command = new ListPartsCommand({
		Bucket: connection.bucket,
		Key: upload.key,
		UploadId: upload.uploadId,
		PartNumberMarker: marker,
		MaxParts: pageSize,
	});
	try {
		return await callStore(connection, (client, options) => client.send(command, options));
	} catch (error) {
		throw isUnknownUpload(error) ? uploadNotFound(error) : error;
	}
}
