import type { StorageConnection } from './connection.ts';
import { type PresignedUrl, type Presigning, signUrl } from './sign-url.ts';

export type PresignPartInput = Presigning & {
	readonly key: string;
	readonly uploadId: string;
	readonly partNumber: number;
	/** The store admits exactly this many bytes. The content type was settled when the upload began. */
	readonly sizeBytes: number;
};

/** A URL that admits one part of a multipart upload; a later PUT of the same part replaces it. */
export function presignPart(connection: StorageConnection, input: PresignPartInput): Promise<PresignedUrl> {
	const { key, uploadId, partNumber, sizeBytes } = input;
	const query = { partNumber: String(partNumber), uploadId, 'x-id': 'UploadPart' };
	const headers = { 'content-length': String(sizeBytes) };
	return signUrl(connection, { method: 'PUT', key, query, headers }, input);
}
