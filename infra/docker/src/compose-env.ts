import {
	CALLERS,
	DATABASE_OWNERS,
	type makeSecrets,
	publicIdentityKeys,
} from '../../local/src/backing/make-secrets.ts';

/** Public URLs of the product and the store without the profile `front`. */
const ADDRESSES = { APP_URL: 'http://127.0.0.1:8080', STORE_URL: 'http://127.0.0.1:7070' };

/** Returns `TOOL_WORKER` for `tool-worker`. */
export function variableName(name: string): string {
	return name.toUpperCase().replaceAll('-', '_');
}

/** Returns the variables that docker-compose.yml requires, with these secrets. */
export function composeVariables(secrets: ReturnType<typeof makeSecrets>): Record<string, string> {
	const passwords = DATABASE_OWNERS.map((owner) => [
		`${variableName(owner)}_DATABASE_PASSWORD`,
		secrets.databasePasswords[owner],
	]);
	const identities = CALLERS.map((caller) => [
		`${variableName(caller)}_INTERNAL_PRIVATE_KEY`,
		secrets.identityKeys[caller],
	]);
	return {
		COMPOSE_PROFILES: 'mail',
		...ADDRESSES,
		SMTP_URL: 'smtp://mail:1025',
		POSTGRES_PASSWORD: secrets.postgresPassword,
		...Object.fromEntries(passwords),
		RABBITMQ_PASSWORD: secrets.rabbitmqPassword,
		S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
		S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
		AUTH_KEY_ENCRYPTION_KEY: secrets.authKeyEncryptionKey,
		PARAM_KEYS: secrets.paramKey,
		WEBHOOK_SECRET_KEYS: secrets.webhookSecretKey,
		INTERNAL_KEYS: publicIdentityKeys(secrets),
		...Object.fromEntries(identities),
	};
}

/** Returns the lines of an .env file. Values are in single quotes, so Compose doesn't interpret them. Throws for a value with a quote. */
export function envFile(variables: Record<string, string>): string {
	return Object.entries(variables)
		.map(([name, value]) => {
			if (value.includes("'")) throw new Error(`${name} can't be written: it contains a quote`);
			return `${name}='${value}'\n`;
		})
		.join('');
}
