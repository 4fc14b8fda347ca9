import type { StorageConnection } from './connection.ts';
import { type PresignedUrl, type Presigning, signUrl } from './sign-url.ts';

export type PresignPutInput = Presigning & {
	readonly key: string;
	/** The store admits this very Content-Type and Content-Length and no other: both are in the signature. */
	readonly contentType: string;
	readonly sizeBytes: number;
};

/** A URL that admits one exact PUT to `key`, any number of times until it expires. */
export function presignPut(connection: StorageConnection, input: PresignPutInput): Promise<PresignedUrl> {
	const { key, contentType, sizeBytes } = input;
	const headers = { 'content-type': contentType, 'content-length': String(sizeBytes) };
	return signUrl(connection, { method: 'PUT', key, query: { 'x-id': 'PutObject' }, headers }, input);
}
