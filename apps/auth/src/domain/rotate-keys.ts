import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import {
	makeSigningKey,
	type NextKey,
	PUBLISHED_BEFORE_SIGNING_SECONDS,
	type SigningKeyStore,
} from './signing-key.ts';

const DAY_SECONDS = 24 * 3600;

export interface RotateKeysDeps {
	signingKeys: SigningKeyStore;
	encryptionKey: Buffer;
	tokenTtlSeconds: number;
	/** How long a key signs. */
	keyDays: number;
	logger: Logger;
}

export function nextKey(
	{ encryptionKey, tokenTtlSeconds }: Pick<RotateKeysDeps, 'encryptionKey' | 'tokenTtlSeconds'>,
	signsInSeconds = PUBLISHED_BEFORE_SIGNING_SECONDS,
): NextKey {
	return { make: () => makeSigningKey(encryptionKey), signsInSeconds, tokenTtlSeconds };
}

/** Adds the next key when the last one has signed for long enough; of replicas that find that at once, one does. */
export async function rotateOldKey(deps: RotateKeysDeps): Promise<void> {
	const kid = await deps.signingKeys.rotate(nextKey(deps), deps.keyDays * DAY_SECONDS);
	if (!kid) return;
	crashPoint('auth.rotate.committed');
	deps.logger.info('security.signing_key_rotated', { kid });
}
