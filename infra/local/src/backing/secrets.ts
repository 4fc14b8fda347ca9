import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';
import { CALLERS, DATABASE_OWNERS, makeSecrets } from './make-secrets.ts';

export { CALLERS, type Caller, DATABASE_OWNERS, type DatabaseOwner } from './make-secrets.ts';

export type Secrets = ReturnType<typeof makeSecrets>;

const secret = z.string().min(1);

/** What a home has. An older one lacks the optional secrets; they are made when it starts. */
const savedSecrets = z.object({
	postgresPassword: secret,
	databasePasswords: z.record(z.enum(DATABASE_OWNERS), secret),
	rabbitmqPassword: secret,
	erlangCookie: secret,
	s3AccessKeyId: secret,
	s3SecretAccessKey: secret,
	authKeyEncryptionKey: secret,
	paramKey: secret.exactOptional(),
	stripeSecretKey: secret.exactOptional(),
	stripeWebhookSecret: secret.exactOptional(),
	/** PKCS8 PEM, EC P-256. */
	identityKeys: z.record(z.enum(CALLERS), secret),
});

/**
 * Returns the secrets of this home, made at random the first time and kept in secrets.json, which only its owner can read.
 * @throws CommandError when the file is damaged: new secrets would make the data unreadable
 */
export function loadSecrets(home: Home): Secrets {
	const path = join(home.root, 'secrets.json');
	const saved = existsSync(path) ? readSaved(path) : {};
	const secrets = { ...makeSecrets(), ...saved };
	if (!isDeepStrictEqual(secrets, saved)) {
		// under another name first, so that a full disk never leaves half a file
		writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
		renameSync(`${path}.new`, path);
	}
	return secrets;
}

function readSaved(path: string): z.infer<typeof savedSecrets> {
	const text = readFileSync(path, 'utf8');
	try {
		return savedSecrets.parse(JSON.parse(text));
	} catch {
		throw new CommandError(
			`${path} is damaged. Restore a copy, or start over with \`npm run reset\` (deletes all data).`,
		);
	}
}
