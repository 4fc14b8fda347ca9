import { PutObjectCommand } from '@aws-sdk/client-s3';
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
	const command = new PutObjectCommand({
		Bucket: connection.bucket,
		Key: input.key,
		ContentType: input.contentType,
		ContentLength: input.sizeBytes,
	});
	return signUrl(connection, command, input, ['content-type', 'content-length']);
}
