import type { GetObjectCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Audience, StorageConnection } from './connection.ts';

/** A secret until `expiresAt`: whoever holds the URL may do what it says. Never log it. */
export type PresignedUrl = { readonly url: string; readonly expiresAt: Date };

export type Presigning = {
	readonly audience: Audience;
	/** At most 7 days, the limit of signature version 4. */
	readonly expiresInSeconds: number;
};

/** Signs without asking the store. `signedHeaders` must then be sent exactly as the command has them. */
export async function signUrl(
	connection: StorageConnection,
	command: GetObjectCommand | PutObjectCommand | UploadPartCommand,
	{ audience, expiresInSeconds }: Presigning,
	signedHeaders: readonly string[],
): Promise<PresignedUrl> {
	// The signature counts whole seconds; so does the time we promise.
	const signingDate = new Date(Math.floor(Date.now() / 1_000) * 1_000);
	// The cast is for the compiler alone: getSignedUrl's types take one kind of command at a time.
	const url = await getSignedUrl(connection.signers[audience], command as PutObjectCommand, {
		expiresIn: expiresInSeconds,
		signingDate,
		signableHeaders: new Set(['host', ...signedHeaders]),
	});
	return { url, expiresAt: new Date(signingDate.getTime() + expiresInSeconds * 1_000) };
}
