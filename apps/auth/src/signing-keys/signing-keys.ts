import { getJwks } from '@creatorr/contracts/internal/auth';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { defineRoute, type Route } from '@creatorr/service/route';
import { defineTask } from '@creatorr/service/task';
import type { Database } from '../database.sql.ts';
import { makeSigningKey, openSigningKey, type SigningKey, type StoredSigningKey } from './signing-key.ts';
import { addNextKey, listPublicKeys, type NextKey } from './signing-keys.sql.ts';

const DAY_SECONDS = 24 * 3600;
const ROTATION_INTERVAL_MS = 60_000;
/** Gateways fetch a new key within seconds. The rest is for a gateway that couldn't reach auth for a while. */
export const PUBLISHED_BEFORE_SIGNING_SECONDS = 180;

/**
 * Returns a function that resolves to the key that signs now; the first boot creates one. It calls `load` each time, so that all
 * replicas change to the next key at the same moment and none signs with a retired one. It decrypts each key once.
 */
export function createSigningKeySource(
	load: (make: () => StoredSigningKey) => Promise<StoredSigningKey>,
	encryptionKey: Buffer,
): () => Promise<SigningKey> {
	let opened: SigningKey | undefined;
	return async () => {
		const stored = await load(() => makeSigningKey(encryptionKey));
		if (opened?.kid !== stored.kid) opened = openSigningKey(stored, encryptionKey);
		return opened;
	};
}

/** Settings of new keys. */
export interface SigningKeyRules {
	encryptionKey: Buffer;
	tokenTtlSeconds: number;
}

export function nextKey(
	{ encryptionKey, tokenTtlSeconds }: SigningKeyRules,
	signsInSeconds = PUBLISHED_BEFORE_SIGNING_SECONDS,
): NextKey {
	return { make: () => makeSigningKey(encryptionKey), signsInSeconds, tokenTtlSeconds };
}

interface RotationDeps {
	prisma: Database;
	signingKeyRules: SigningKeyRules;
	/** How long a key signs. */
	rotationDays: number;
	logger: Logger;
}

/** Adds the next key once the last one has signed for `rotationDays`. Only one of several replicas adds it. */
export const rotateSigningKey = defineTask<RotationDeps>({
	name: 'rotate_signing_key',
	everyMs: ROTATION_INTERVAL_MS,
	async run({ prisma, signingKeyRules, rotationDays, logger }) {
		const kid = await addNextKey(prisma, nextKey(signingKeyRules), rotationDays * DAY_SECONDS);
		if (!kid) return;
		crashPoint('auth.rotate.committed');
		logger.info('security.signing_key_rotated', { kid });
	},
});

/** Returns the signing keys to gateways, as a JWK set. */
export function getJwksRoute({ prisma }: { prisma: Database }): Route {
	return defineRoute(getJwks, async () => ({ keys: await listPublicKeys(prisma) }));
}
