import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';

/** The services with a database of their own, and of no other's. */
export const DATABASE_OWNERS = ['auth', 'files', 'jobs', 'billing'] as const;
export type DatabaseOwner = (typeof DATABASE_OWNERS)[number];

/** Who calls others inside; each signs with a key of its own. */
export const CALLERS = ['gateway', 'auth', 'files', 'jobs', 'billing', 'tool-worker'] as const;
export type Caller = (typeof CALLERS)[number];

const secret = z.string().min(1);

const secretsSchema = z.object({
	postgresPassword: secret,
	databasePasswords: z.record(z.enum(DATABASE_OWNERS), secret),
	rabbitmqPassword: secret,
	erlangCookie: secret,
	s3AccessKeyId: secret,
	s3SecretAccessKey: secret,
	authKeyEncryptionKey: secret,
	/** Made for homes that are older than it. */
	paramKey: secret.default(makeKey),
	/** Of the local Stripe. */
	stripeSecretKey: secret.default(makeStripeSecretKey),
	stripeWebhookSecret: secret.default(makeStripeWebhookSecret),
	/** PKCS8 PEM, EC P-256. */
	identityKeys: z.record(z.enum(CALLERS), secret),
});

export type Secrets = z.infer<typeof secretsSchema>;

/**
 * The secrets of this home, made at random the first time and kept in secrets.json, which only its owner can read.
 * @throws StartError when the file is there but is not ours; the data behind these secrets would be lost with them
 */
export function loadSecrets(home: Home): Secrets {
	const path = join(home.root, 'secrets.json');
	const saved = readSaved(path);
	if (saved !== undefined) {
		const parsed = secretsSchema.safeParse(saved);
		if (parsed.success) return save(path, parsed.data);
		throw new StartError(
			`${path} is damaged: put back a copy, or start over with \`npm run reset\` (all data is lost).`,
		);
	}
	return save(path, makeSecrets());
}

function save(path: string, secrets: Secrets): Secrets {
	// through a second name, so that a full disk never leaves half a file
	writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
	renameSync(`${path}.new`, path);
	return secrets;
}

function readSaved(path: string): unknown {
	if (!existsSync(path)) return undefined;
	const text = readFileSync(path, 'utf8');
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function makeSecrets(): Secrets {
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

function makeKey(): string {
	return randomBytes(32).toString('base64');
}

function makeStripeSecretKey(): string {
	return `sk_test_${randomBytes(24).toString('hex')}`;
}

function makeStripeWebhookSecret(): string {
	return `whsec_${randomBytes(24).toString('hex')}`;
}

function makeIdentityKey(): string {
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
