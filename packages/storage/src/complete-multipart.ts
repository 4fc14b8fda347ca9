import { CompleteMultipartUploadCommand } from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import { type ClaimedPart, checkParts } from './check-parts.ts';
import type { StorageConnection } from './connection.ts';
import { InvalidParts, StorageUnavailable, UploadNotFound } from './errors.ts';
import { canonicalEtag } from './etag.ts';
import { headObject, type StoredObject } from './head-object.ts';
import { listParts, type MultipartUpload } from './list-parts.ts';
import { isUnknownUpload, uploadNotFound } from './unknown-upload.ts';

export type CompleteMultipartInput = MultipartUpload & {
	readonly parts: readonly ClaimedPart[];
	/** What the parts must add up to. */
	readonly sizeBytes: number;
};

/**
 * Joins the parts into the object and says what it is. Doing it again, also at the same time or after an answer that
 * never arrived, gives the same result. Throws InvalidParts and leaves the upload open when the parts are not those
 * in the store; UploadNotFound when the upload is over and the object is not there; StorageUnavailable, after which
 * it is safe to try again.
 */
export async function completeMultipart(
	connection: StorageConnection,
	input: CompleteMultipartInput,
): Promise<StoredObject> {
	try {
		const problems = checkParts(input.parts, await listParts(connection, input), input.sizeBytes);
		if (problems.length > 0) {
			throw new InvalidParts(problems);
		}
		await joinParts(connection, input);
	} catch (error) {
		// Parts vanish while somebody else's completion ends: a list that was read just then lacks some.
		if (error instanceof UploadNotFound || error instanceof InvalidParts) {
			return findCompleted(connection, input, error);
		}
		throw error;
	}
	const object = await headObject(connection, input.key);
	if (object === null || object.sizeBytes !== input.sizeBytes) {
		throw new StorageUnavailable('The store does not show the completed object yet');
	}
	return object;
}

async function joinParts(connection: StorageConnection, input: CompleteMultipartInput): Promise<void> {
	const command = new CompleteMultipartUploadCommand({
		Bucket: connection.bucket,
		Key: input.key,
		UploadId: input.uploadId,
		MultipartUpload: {
			Parts: input.parts.map((part) => ({ PartNumber: part.partNumber, ETag: canonicalEtag(part.etag) })),
		},
	});
	const { completeMs } = connection.timeouts;
	try {
		await callStore(connection, (client, options) => client.send(command, options), {
			attemptMs: completeMs,
			operationMs: completeMs,
		});
	} catch (error) {
		if (isUnknownUpload(error)) {
			throw uploadNotFound(error);
		}
		if (isStoreError(error, 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall')) {
			throw new InvalidParts([{ message: `the store refused the parts (${error.name})` }], { cause: error });
		}
		throw error;
	}
}

/** The upload or its parts are gone: either somebody completed it, and the object is there, or the reason stands. */
async function findCompleted(
	connection: StorageConnection,
	input: CompleteMultipartInput,
	reason: UploadNotFound | InvalidParts,
): Promise<StoredObject> {
	const object = await headObject(connection, input.key);
	if (object === null || object.sizeBytes !== input.sizeBytes) {
		throw reason;
	}
	return object;
}
