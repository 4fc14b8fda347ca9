import { attachmentDisposition } from './attachment-disposition.ts';
import type { StorageConnection } from './connection.ts';
import { type PresignedUrl, type Presigning, signUrl } from './sign-url.ts';

export type PresignGetInput = Presigning & {
	readonly key: string;
	/** For people: the download arrives as an attachment under this name (at most 255 characters). */
	readonly attachment?: { readonly fileName: string; readonly contentType: string };
};

/**
 * Clients can send unsigned headers with a PUT. The store returns them with every download; these parameters override them:
 * nothing is decoded on the way, cached, or kept after the file is gone.
 */
const NEUTRAL_HEADERS = {
	'response-cache-control': 'private, no-store',
	'response-content-encoding': 'identity',
	'response-content-language': 'und',
	'response-expires': new Date(0).toUTCString(),
};

/** A URL that reads `key`; `Range` and `If-Match` may be sent with it. Says nothing about whether `key` exists. */
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
