import { CompleteMultipartUploadCommand } from '@aws-sdk/client-s3';
import { callStore, isStoreError } from './call-store.ts';
import type { StorageConnection } from './connection.ts';
import {
	InvalidPartsError,
	type PartProblem,
	StorageUnavailableError,
	UploadNotFoundError,
} from './errors.ts';
import {
	isUnknownUpload,
	listParts,
	type MultipartUpload,
	type StoredPart,
	uploadNotFound,
} from './multipart.ts';
import { canonicalEtag, headObject, type StoredObject } from './objects.ts';

export type CompleteMultipartInput = MultipartUpload & {
	readonly parts: readonly CompletedPart[];
	/** Sum of the parts' sizes. */
	readonly sizeBytes: number;
};

/**
 * Joins the parts into the object and returns it. Idempotent, also for concurrent calls. Throws InvalidPartsError and leaves the upload open if
 * the parts are not those in the store; UploadNotFoundError if the upload was aborted; StorageUnavailableError, after which a retry is safe.
 */
export async function completeMultipart(
	connection: StorageConnection,
	input: CompleteMultipartInput,
): Promise<StoredObject> {
	try {
		const problems = checkParts(input.parts, await listParts(connection, input), input.sizeBytes);
		if (problems.length > 0) {
			throw new InvalidPartsError(problems);
		}
		await completeInStore(connection, input);
	} catch (error) {
		// Parts disappear while a concurrent completion ends, so a list that was read then may lack some.
		if (error instanceof UploadNotFoundError || error instanceof InvalidPartsError) {
			return findCompleted(connection, input, error);
		}
		throw error;
	}
	const object = await headObject(connection, input.key);
	if (object === null || object.sizeBytes !== input.sizeBytes) {
		throw new StorageUnavailableError('The store does not show the completed object yet');
	}
	return object;
}

async function completeInStore(connection: StorageConnection, input: CompleteMultipartInput): Promise<void> {
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
			throw new InvalidPartsError([{ message: `the store refused the parts (${error.name})` }], {
				cause: error,
			});
		}
		throw error;
	}
}

/** Returns the object of an upload that a concurrent call completed. Throws `reason` without one. */
async function findCompleted(
	connection: StorageConnection,
	input: CompleteMultipartInput,
	reason: UploadNotFoundError | InvalidPartsError,
): Promise<StoredObject> {
	const object = await headObject(connection, input.key);
	if (object === null || object.sizeBytes !== input.sizeBytes) {
		throw reason;
	}
	return object;
}

export type CompletedPart = { readonly partNumber: number; readonly etag: string };

/**
 * Returns what is wrong with completing an upload of `sizeBytes` from the `listed` parts; empty if nothing is. The store itself would join
 * any subset: a missing part would leave a truncated file.
 */
export function checkParts(
	listed: readonly CompletedPart[],
	stored: readonly StoredPart[],
	sizeBytes: number,
): PartProblem[] {
	const storedByNumber = new Map(stored.map((part) => [part.partNumber, part]));
	const problems = listed.flatMap((part, index) => {
		const problem = checkPart(part, listed[index - 1], storedByNumber.get(part.partNumber));
		return problem === null ? [] : [{ partNumber: part.partNumber, message: problem }];
	});
	if (problems.length > 0) {
		return problems;
	}
	const listedBytes = listed.reduce(
		(sum, part) => sum + (storedByNumber.get(part.partNumber)?.sizeBytes ?? 0),
		0,
	);
	return listedBytes === sizeBytes
		? []
		: [{ message: `the parts add up to ${listedBytes} bytes instead of ${sizeBytes}` }];
}

function checkPart(
	part: CompletedPart,
	previous: CompletedPart | undefined,
	stored: StoredPart | undefined,
): string | null {
	if (previous !== undefined && previous.partNumber >= part.partNumber) {
		return `part ${part.partNumber} is not in ascending order`;
	}
	if (stored === undefined) {
		return `part ${part.partNumber} has not been uploaded`;
	}
	if (stored.etag !== canonicalEtag(part.etag)) {
		return `part ${part.partNumber} was uploaded with another etag`;
	}
	return null;
}
