import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import {
	CALLERS,
	DATABASE_OWNERS,
	makeKey,
	makeSecrets,
	makeStripeSecretKey,
	makeStripeWebhookSecret,
} from './make-secrets.ts';

export { CALLERS, type Caller, DATABASE_OWNERS, type DatabaseOwner } from './make-secrets.ts';

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
		if (parsed.success) return isDeepStrictEqual(parsed.data, saved) ? parsed.data : save(path, parsed.data);
		throw new StartError(
			`${path} is damaged. Restore a copy, or start over with \`npm run reset\` (deletes all data).`,
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
