import type { Caller, makeSecrets } from '../../local/src/backing/make-secrets.ts';

type GeneratedSecrets = ReturnType<typeof makeSecrets>;

/** Variables that the operator sets, by service, because they can't be generated. */
const REQUIRED = {
	auth: ['AUTH_DATABASE_URL', 'SMTP_URL'],
	files: ['FILES_DATABASE_URL', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
	jobs: ['JOBS_DATABASE_URL'],
	billing: ['BILLING_DATABASE_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'],
	webhooks: ['WEBHOOKS_DATABASE_URL'],
} as const;

/** All required variables. */
export const REQUIRED_VARIABLES: readonly string[] = Object.values(REQUIRED).flat();

/** Variables for databases behind a pooler in transaction mode. */
const OPTIONAL: Record<Service, readonly string[]> = {
	auth: ['AUTH_DATABASE_DIRECT_URL'],
	files: ['FILES_DATABASE_DIRECT_URL'],
	jobs: ['JOBS_DATABASE_DIRECT_URL'],
	billing: ['BILLING_DATABASE_DIRECT_URL'],
	webhooks: ['WEBHOOKS_DATABASE_DIRECT_URL'],
};

/** All optional variables. */
export const OPTIONAL_VARIABLES: readonly string[] = Object.values(OPTIONAL).flat();

type Service = keyof typeof REQUIRED;
export type ProvidedVariables = Record<Service, Record<string, string>> & {
	postgres?: Record<string, string>;
};

export class MissingVariablesError extends Error {
	constructor(names: readonly string[]) {
		super(`Missing variables: ${names.join(', ')}. See --help.`);
		this.name = 'MissingVariablesError';
	}
}

/** Reads the variables from the environment. Throws MissingVariablesError with the names of all missing ones. */
export function readProvidedVariables(env: NodeJS.ProcessEnv): ProvidedVariables {
	const missing = REQUIRED_VARIABLES.filter((name) => !env[name]);
	if (missing.length > 0) throw new MissingVariablesError(missing);
	const entries = Object.entries(REQUIRED).map(([service, names]) => [
		service,
		Object.fromEntries([
			...names.map((name) => [name, env[name] ?? '']),
			...OPTIONAL[service as Service].flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
		]),
	]);
	return Object.fromEntries(entries) as ProvidedVariables;
}

/** Returns the variables of the overlay `local`, whose servers are in the cluster. Billing starts with a Stripe key that Stripe doesn't know. */
export function localVariables(generated: GeneratedSecrets): ProvidedVariables {
	const database = (owner: Service): Record<string, string> => ({
		[`${owner.toUpperCase()}_DATABASE_URL`]: `postgresql://${owner}:${generated.databasePasswords[owner]}@postgres:5432/${owner}`,
	});
	return {
		auth: { ...database('auth'), SMTP_URL: 'smtp://mail:1025' },
		files: {
			...database('files'),
			S3_ACCESS_KEY_ID: generated.s3AccessKeyId,
			S3_SECRET_ACCESS_KEY: generated.s3SecretAccessKey,
		},
		jobs: database('jobs'),
		billing: {
			...database('billing'),
			STRIPE_SECRET_KEY: generated.stripeSecretKey,
			STRIPE_WEBHOOK_SECRET: generated.stripeWebhookSecret,
		},
		webhooks: database('webhooks'),
		postgres: {
			POSTGRES_PASSWORD: generated.postgresPassword,
			AUTH_DATABASE_PASSWORD: generated.databasePasswords.auth,
			FILES_DATABASE_PASSWORD: generated.databasePasswords.files,
			JOBS_DATABASE_PASSWORD: generated.databasePasswords.jobs,
			BILLING_DATABASE_PASSWORD: generated.databasePasswords.billing,
			WEBHOOKS_DATABASE_PASSWORD: generated.databasePasswords.webhooks,
		},
	};
}

function secret(name: string, stringData: Record<string, string>) {
	return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

/** Returns the Secrets and the ConfigMap that the manifests refer to by name. */
export function secretsOf(generated: GeneratedSecrets, publicKeys: string, provided: ProvidedVariables) {
	const identity = (caller: Caller) => ({ INTERNAL_PRIVATE_KEY: generated.identityKeys[caller] });
	return {
		apiVersion: 'v1',
		kind: 'List',
		items: [
			{
				apiVersion: 'v1',
				kind: 'ConfigMap',
				metadata: { name: 'identities' },
				data: { INTERNAL_KEYS: publicKeys },
			},
			secret('auth-secrets', {
				...identity('auth'),
				AUTH_KEY_ENCRYPTION_KEY: generated.authKeyEncryptionKey,
				...provided.auth,
			}),
			secret('files-secrets', { ...identity('files'), ...provided.files }),
			secret('jobs-secrets', { ...identity('jobs'), ...provided.jobs }),
			secret('billing-secrets', { ...identity('billing'), ...provided.billing }),
			secret('webhooks-secrets', {
				...identity('webhooks'),
				WEBHOOK_SECRET_KEYS: generated.webhookSecretKey,
				...provided.webhooks,
			}),
			secret('tool-worker-secrets', identity('tool-worker')),
			secret('gateway-secrets', identity('gateway')),
			// jobs encrypts with it, workers decrypt
			secret('param-keys', { PARAM_KEYS: generated.paramKey }),
			...(provided.postgres ? [secret('postgres', provided.postgres)] : []),
		],
	};
}
