import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';

/** The services with a database of their own. */
export const DATABASE_OWNERS = ['auth', 'files', 'jobs', 'billing', 'webhooks'] as const;
export type DatabaseOwner = (typeof DATABASE_OWNERS)[number];

/** The apps that call each other; each signs with a key of its own. */
export const CALLERS = ['gateway', 'auth', 'files', 'jobs', 'billing', 'webhooks', 'tool-worker'] as const;
export type Caller = (typeof CALLERS)[number];

/** Returns new random secrets of a product. Imports only modules of Node, because it also runs before dependencies are installed. */
export function makeSecrets() {
	const random = (): string => randomBytes(24).toString('base64url');
	const forEach = <Name extends string>(names: readonly Name[], make: () => string): Record<Name, string> =>
		Object.fromEntries(names.map((name) => [name, make()])) as Record<Name, string>;
	return {
		postgresPassword: random(),
		databasePasswords: forEach(DATABASE_OWNERS, random),
		rabbitmqPassword: random(),
		erlangCookie: random(),
		s3AccessKeyId: randomBytes(10).toString('hex').toUpperCase(),
		s3SecretAccessKey: randomBytes(20).toString('hex'),
		authKeyEncryptionKey: randomBytes(32).toString('base64'),
		paramKey: randomBytes(32).toString('base64'),
		webhookSecretKey: randomBytes(32).toString('base64'),
		stripeSecretKey: `sk_test_${randomBytes(24).toString('hex')}`,
		stripeWebhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
		identityKeys: forEach(CALLERS, makeIdentityKey),
	};
}

function makeIdentityKey(): string {
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Returns the public keys of all callers as a JWKS; `kid` is the caller's name. */
export function publicIdentityKeys({ identityKeys }: { identityKeys: Record<Caller, string> }): string {
	const keys = CALLERS.map((caller) => ({
		kid: caller,
		alg: 'ES256',
		use: 'sig',
		...createPublicKey(identityKeys[caller]).export({ format: 'jwk' }),
	}));
	return JSON.stringify({ keys });
}
