import type { Audience, StorageConnection } from './connection.ts';
import { type ObjectRequest, presign } from './signature-v4.ts';

/** A secret until `expiresAt`: whoever holds the URL may do what it says. Never log it. */
export type PresignedUrl = { readonly url: string; readonly expiresAt: Date };

export type Presigning = {
	readonly audience: Audience;
	/** At most 7 days, the limit of signature version 4. */
	readonly expiresInSeconds: number;
};

const MAX_EXPIRES_SECONDS = 7 * 24 * 3_600;

/** Signs without asking the store. Throws RangeError when the URL would live for longer than 7 days. */
export async function signUrl(
	connection: StorageConnection,
	request: ObjectRequest,
	{ audience, expiresInSeconds }: Presigning,
): Promise<PresignedUrl> {
	if (expiresInSeconds > MAX_EXPIRES_SECONDS) {
		throw new RangeError(`A URL may live for ${MAX_EXPIRES_SECONDS} s at most, not ${expiresInSeconds}`);
	}
	const address = await connection.addresses[audience]();
	// The signature counts whole seconds; so does the expiry that we promise.
	const signedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
	const url = presign(connection.signer, request, { address, signedAt, expiresInSeconds });
	return { url, expiresAt: new Date(signedAt.getTime() + expiresInSeconds * 1_000) };
}
