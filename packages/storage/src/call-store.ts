import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { StorageConnection } from './connection.ts';
import { StorageAccessDeniedError, StorageUnavailableError } from './errors.ts';

/** Error codes with a status below 500 for which a retry helps. */
const TRANSIENT = ['RequestTimeout', 'OperationAborted'];

export type CallOptions = { readonly abortSignal: AbortSignal; readonly requestTimeout: number };

export type CallTimeouts = { readonly attemptMs: number; readonly operationMs: number };

/**
 * Runs `call` within its time limit. Every request to the store passes through it. Throws StorageUnavailableError or StorageAccessDeniedError for faults
 * of the store. Rethrows its other errors, which the operation translates.
 */
export async function callStore<Result>(
	connection: StorageConnection,
	call: (client: S3Client, options: CallOptions) => Promise<Result>,
	timeouts: CallTimeouts = connection.timeouts,
): Promise<Result> {
	const abortSignal = AbortSignal.timeout(timeouts.operationMs);
	try {
		return await call(connection.client, { abortSignal, requestTimeout: timeouts.attemptMs });
	} catch (error) {
		if (abortSignal.aborted) {
			const message = `The store did not respond within ${timeouts.operationMs} ms`;
			throw new StorageUnavailableError(message, { cause: error });
		}
		throw translate(error);
	}
}

/** Whether the store responded with one of these error codes. */
export function isStoreError(error: unknown, ...codes: string[]): error is S3ServiceException {
	return error instanceof S3ServiceException && codes.includes(error.name);
}

function translate(error: unknown): unknown {
	if (!(error instanceof Error)) {
		return error;
	}
	if (error instanceof S3ServiceException) {
		return toStorageError(error);
	}
	if (isNetworkFailure(error) || isUnreadableResponse(error)) {
		return new StorageUnavailableError('The store is unreachable', { cause: error });
	}
	return error;
}

function toStorageError(error: S3ServiceException): Error {
	const status = error.$metadata.httpStatusCode ?? 0;
	if (status === 401 || status === 403) {
		return new StorageAccessDeniedError('The store refuses the credentials', { cause: error });
	}
	if (status >= 500 || status === 429 || TRANSIENT.includes(error.name) || error.name === 'NoSuchBucket') {
		return new StorageUnavailableError(`The store responded with ${status} ${error.name}`, { cause: error });
	}
	return error;
}

function isNetworkFailure(error: Error): boolean {
	if (error.name === 'TimeoutError') {
		return true;
	}
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	// Node's ERR_* codes are wrong arguments, which are bugs, except those of TLS.
	return code !== '' && (!code.startsWith('ERR_') || /^ERR_(TLS|SSL)_/.test(code));
}

/** Whether the body is unreadable, such as a proxy's HTML page or a truncated one: the SDK attaches the response to the parser's error. */
function isUnreadableResponse(error: Error): boolean {
	return '$response' in error || '$metadata' in error;
}
