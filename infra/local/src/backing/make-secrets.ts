import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** The services with a database of their own, and of no other's. */
export const DATABASE_OWNERS = ['auth', 'files', 'jobs', 'billing'] as const;
export type DatabaseOwner = (typeof DATABASE_OWNERS)[number];

/** Who calls others inside; each signs with a key of its own. */
export const CALLERS = ['gateway', 'auth', 'files', 'jobs', 'billing', 'tool-worker'] as const;
export type Caller = (typeof CALLERS)[number];

/** All secrets of a product, made at random. Nothing but Node is needed for it, as it also runs before anything is installed. */
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
		authKeyEncryptionKey: makeKey(),
		paramKey: makeKey(),
		stripeSecretKey: makeStripeSecretKey(),
		stripeWebhookSecret: makeStripeWebhookSecret(),
		identityKeys: forEach(CALLERS, makeIdentityKey),
	};
}

export function makeKey(): string {
	return randomBytes(32).toString('base64');
}

export function makeStripeSecretKey(): string {
	return `sk_test_${randomBytes(24).toString('hex')}`;
}

export function makeStripeWebhookSecret(): string {
	return `whsec_${randomBytes(24).toString('hex')}`;
}

function makeIdentityKey(): string {
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
