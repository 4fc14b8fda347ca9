import { UploadPartCommand } from '@aws-sdk/client-s3';
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
	const command = new UploadPartCommand({
		Bucket: connection.bucket,
		Key: input.key,
		UploadId: input.uploadId,
		PartNumber: input.partNumber,
		ContentLength: input.sizeBytes,
	});
	return signUrl(connection, command, input, ['content-length']);
}
