import {
	AbortMultipartUploadCommand,
	CreateMultipartUploadCommand,
	ListMultipartUploadsCommand,
	ListPartsCommand,
} from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import { StorageUnavailableError, UploadNotFoundError } from './errors.ts';
import { canonicalEtag } from './objects.ts';

export type MultipartUpload = { readonly key: string; readonly uploadId: string };

/** S3's limit. */
const MAX_PAGE_SIZE = 1_000;

export type CreateMultipartInput = { readonly key: string; readonly contentType: string };

/** Creates a multipart upload and returns its id. No object exists under `key` until it is completed. */
export async function createMultipart(
	connection: StorageConnection,
	{ key, contentType }: CreateMultipartInput,
): Promise<string> {
	const command = new CreateMultipartUploadCommand({
		Bucket: connection.bucket,
		Key: key,
		ContentType: contentType,
	});
	const response = await callStore(connection, (client, options) => client.send(command, options));
	if (!response.UploadId) {
		throw new StorageUnavailableError('The store created a multipart upload without an id');
	}
	return response.UploadId;
}

export type StoredPart = {
	readonly partNumber: number;
	readonly sizeBytes: number;
	readonly etag: string;
};

/** Returns the stored parts in order. Throws UploadNotFoundError if the upload was completed or aborted, and StorageUnavailableError. */
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

/** Deletes an upload and its parts. Does nothing if it was completed or aborted. Throws StorageUnavailableError. */
export async function abortMultipart(connection: StorageConnection, upload: MultipartUpload): Promise<void> {
	const command = new AbortMultipartUploadCommand({
		Bucket: connection.bucket,
		Key: upload.key,
		UploadId: upload.uploadId,
	});
	try {
		await callStore(connection, (client, options) => client.send(command, options));
	} catch (error) {
		if (!isUnknownUpload(error)) {
			throw error;
		}
	}
}

export type StaleMultipart = MultipartUpload & { readonly startedAt: Date };

export type ListStaleInput = { readonly prefix: string; readonly startedBefore: Date };

/**
 * Yields uploads under `prefix` that started before a time and were neither completed nor aborted. Their parts cost storage and
 * appear in no listing of objects. They may be aborted during the iteration. Throws StorageUnavailableError.
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

/** Whether the error says that the store doesn't know the multipart upload: NoSuchUpload from S3, NoSuchKey from Ceph. */
export function isUnknownUpload(error: unknown): boolean {
	return isStoreError(error, 'NoSuchUpload', 'NoSuchKey');
}

export function uploadNotFound(cause: unknown): UploadNotFoundError {
	return new UploadNotFoundError('The store has no such upload', { cause });
}
