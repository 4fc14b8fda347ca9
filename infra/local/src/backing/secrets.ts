import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';
import { makeSecrets } from './make-secrets.ts';

export { CALLERS, type Caller, DATABASE_OWNERS, type DatabaseOwner } from './make-secrets.ts';

export type Secrets = ReturnType<typeof makeSecrets>;

const secret = z.string().min(1);

const OLDEST_OWNERS = ['auth', 'files', 'jobs', 'billing'] as const;
const OLDEST_CALLERS = ['gateway', ...OLDEST_OWNERS, 'tool-worker'] as const;

/**
 * The file secrets.json. Optional secrets that are missing, as in a home of an older version, are created when it starts. Release 0.3.0
 * rejects unknown names in the two records and ignores unknown fields, so the secrets of webhooks have fields of their own.
 */
const savedSecrets = z.object({
	postgresPassword: secret,
	databasePasswords: z.record(z.enum(OLDEST_OWNERS), secret),
	webhooksDatabasePassword: secret.exactOptional(),
	rabbitmqPassword: secret,
	erlangCookie: secret,
	s3AccessKeyId: secret,
	s3SecretAccessKey: secret,
	authKeyEncryptionKey: secret,
	paramKey: secret.exactOptional(),
	webhookSecretKey: secret.exactOptional(),
	stripeSecretKey: secret.exactOptional(),
	stripeWebhookSecret: secret.exactOptional(),
	/** PKCS8 PEM, EC P-256. An operator removes them to get new ones. */
	identityKeys: z.record(z.enum(OLDEST_CALLERS), secret).exactOptional(),
	webhooksIdentityKey: secret.exactOptional(),
});

/**
 * Returns the secrets of this home. The first call creates them at random in secrets.json, which only its owner can read.
 * @throws CommandError when the file is damaged: new secrets would make the data unreadable
 */
export function loadSecrets(home: Home): Secrets {
	const path = join(home.root, 'secrets.json');
	const saved = existsSync(path) ? readSaved(path) : {};
	const file = { ...toFile(makeSecrets()), ...saved };
	if (!isDeepStrictEqual(file, saved)) {
		// under another name first, so that a full disk never leaves half a file
		writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
		renameSync(`${path}.new`, path);
	}
	return fromFile(file);
}

type SecretsFile = Required<z.infer<typeof savedSecrets>>;

function toFile({ databasePasswords, identityKeys, ...others }: Secrets): SecretsFile {
	const { webhooks: webhooksDatabasePassword, ...passwords } = databasePasswords;
	const { webhooks: webhooksIdentityKey, ...keys } = identityKeys;
	const own = { webhooksDatabasePassword, webhooksIdentityKey };
	return { ...others, ...own, databasePasswords: passwords, identityKeys: keys };
}

function fromFile({ webhooksDatabasePassword, webhooksIdentityKey, ...file }: SecretsFile): Secrets {
	return {
		...file,
		databasePasswords: { ...file.databasePasswords, webhooks: webhooksDatabasePassword },
		identityKeys: { ...file.identityKeys, webhooks: webhooksIdentityKey },
	};
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
