import { attachmentDisposition } from './attachment-disposition.ts';
import type { Audience, StorageConnection } from './connection.ts';
import { type ObjectRequest, presign } from './signature-v4.ts';

/** A secret until `expiresAt`: anyone with the URL can use it. Never log it. */
export type PresignedUrl = { readonly url: string; readonly expiresAt: Date };

export type Presigning = {
	readonly audience: Audience;
	/** At most 7 days, the limit of signature version 4. */
	readonly expiresInSeconds: number;
};

const MAX_EXPIRES_SECONDS = 7 * 24 * 3_600;

/** Signs without a request to the store. Throws RangeError for more than 7 days. */
async function signUrl(
	connection: StorageConnection,
	request: ObjectRequest,
	{ audience, expiresInSeconds }: Presigning,
): Promise<PresignedUrl> {
	if (expiresInSeconds > MAX_EXPIRES_SECONDS) {
		throw new RangeError(`A URL may be valid for ${MAX_EXPIRES_SECONDS} s at most, not ${expiresInSeconds}`);
	}
	const address = await connection.addresses[audience]();
	// The signature counts whole seconds, and `expiresAt` must not be later.
	const signedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
	const url = presign(connection.signer, request, { address, signedAt, expiresInSeconds });
	return { url, expiresAt: new Date(signedAt.getTime() + expiresInSeconds * 1_000) };
}

export type PresignPutInput = Presigning & {
	readonly key: string;
	/** The store accepts only this Content-Type and Content-Length: both are in the signature. */
	readonly contentType: string;
	readonly sizeBytes: number;
};

/** Returns a URL for any number of PUTs to `key` until it expires. */
export function presignPut(connection: StorageConnection, input: PresignPutInput): Promise<PresignedUrl> {
	const { key, contentType, sizeBytes } = input;
	const headers = { 'content-type': contentType, 'content-length': String(sizeBytes) };
	return signUrl(connection, { method: 'PUT', key, query: { 'x-id': 'PutObject' }, headers }, input);
}

export type PresignPartInput = Presigning & {
	readonly key: string;
	readonly uploadId: string;
	readonly partNumber: number;
	/** The store accepts only this length. The content type was set when the multipart upload was created. */
	readonly sizeBytes: number;
};

/** Returns a URL for a PUT of one part of a multipart upload. A later PUT replaces the part. */
export function presignPart(connection: StorageConnection, input: PresignPartInput): Promise<PresignedUrl> {
	const { key, uploadId, partNumber, sizeBytes } = input;
	const query = { partNumber: String(partNumber), uploadId, 'x-id': 'UploadPart' };
	const headers = { 'content-length': String(sizeBytes) };
	return signUrl(connection, { method: 'PUT', key, query, headers }, input);
}

export type PresignGetInput = Presigning & {
	readonly key: string;
	/** Makes the download an attachment with this name of at most 255 characters. */
	readonly attachment?: { readonly fileName: string; readonly contentType: string };
};

/**
 * Clients can send unsigned headers with a PUT, and the store returns them with every download. These parameters override them, so that
 * nothing decodes or caches the download.
 */
const NEUTRAL_HEADERS = {
	'response-cache-control': 'private, no-store',
	'response-content-encoding': 'identity',
	'response-content-language': 'und',
	'response-expires': new Date(0).toUTCString(),
};

/** Returns a URL that reads `key`, whether or not the object exists. Clients may send `Range` and `If-Match`. */
export function presignGet(connection: StorageConnection, input: PresignGetInput): Promise<PresignedUrl> {
	const { attachment } = input;
	const query = {
		...NEUTRAL_HEADERS,
		...(attachment && {
			'response-content-disposition': attachmentDisposition(attachment.fileName),
			'response-content-type': attachment.contentType,
		}),
		'x-id': 'GetObject',
	};
	return signUrl(connection, { method: 'GET', key: input.key, query }, input);
}
