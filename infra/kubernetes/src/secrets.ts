import type { Caller, makeSecrets } from '../../local/src/backing/make-secrets.ts';

type Made = ReturnType<typeof makeSecrets>;

/** Variables that the operator sets, by service, because they can't be generated. */
const GIVEN = {
	auth: ['AUTH_DATABASE_URL', 'SMTP_URL'],
	files: ['FILES_DATABASE_URL', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
	jobs: ['JOBS_DATABASE_URL'],
	billing: ['BILLING_DATABASE_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'],
	webhooks: ['WEBHOOKS_DATABASE_URL'],
} as const;

/** All required variables. */
export const GIVEN_VARIABLES: readonly string[] = Object.values(GIVEN).flat();

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

type Service = keyof typeof GIVEN;
export type Given = Record<Service, Record<string, string>> & { postgres?: Record<string, string> };

export class NotGiven extends Error {
	constructor(names: readonly string[]) {
		super(`Missing variables: ${names.join(', ')}. See --help.`);
		this.name = 'NotGiven';
	}
}

/** Reads the variables from the environment. Throws NotGiven with the names of all missing ones. */
export function givenElsewhere(env: NodeJS.ProcessEnv): Given {
	const missing = GIVEN_VARIABLES.filter((name) => !env[name]);
	if (missing.length > 0) throw new NotGiven(missing);
	const entries = Object.entries(GIVEN).map(([service, names]) => [
		service,
		Object.fromEntries([
			...names.map((name) => [name, env[name] ?? '']),
			...OPTIONAL[service as Service].flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
		]),
	]);
	return Object.fromEntries(entries) as Given;
}

/** Returns the variables of the overlay `local`, whose servers are in the cluster. Billing starts with a Stripe key that Stripe doesn't know. */
export function givenLocally(made: Made): Given {
	const database = (owner: Service): Record<string, string> => ({
		[`${owner.toUpperCase()}_DATABASE_URL`]: `postgresql://${owner}:${made.databasePasswords[owner]}@postgres:5432/${owner}`,
	});
	return {
		auth: { ...database('auth'), SMTP_URL: 'smtp://mail:1025' },
		files: {
			...database('files'),
			S3_ACCESS_KEY_ID: made.s3AccessKeyId,
			S3_SECRET_ACCESS_KEY: made.s3SecretAccessKey,
		},
		jobs: database('jobs'),
		billing: {
			...database('billing'),
			STRIPE_SECRET_KEY: made.stripeSecretKey,
			STRIPE_WEBHOOK_SECRET: made.stripeWebhookSecret,
		},
		webhooks: database('webhooks'),
		postgres: {
			POSTGRES_PASSWORD: made.postgresPassword,
			AUTH_DATABASE_PASSWORD: made.databasePasswords.auth,
			FILES_DATABASE_PASSWORD: made.databasePasswords.files,
			JOBS_DATABASE_PASSWORD: made.databasePasswords.jobs,
			BILLING_DATABASE_PASSWORD: made.databasePasswords.billing,
			WEBHOOKS_DATABASE_PASSWORD: made.databasePasswords.webhooks,
		},
	};
}

function secret(name: string, stringData: Record<string, string>) {
	return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

/** Returns the Secrets and the ConfigMap that the manifests refer to by name. */
export function secretsOf(made: Made, publicKeys: string, given: Given) {
	const identity = (caller: Caller) => ({ INTERNAL_PRIVATE_KEY: made.identityKeys[caller] });
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
				AUTH_KEY_ENCRYPTION_KEY: made.authKeyEncryptionKey,
				...given.auth,
			}),
			secret('files-secrets', { ...identity('files'), ...given.files }),
			secret('jobs-secrets', { ...identity('jobs'), ...given.jobs }),
			secret('billing-secrets', { ...identity('billing'), ...given.billing }),
			secret('webhooks-secrets', {
				...identity('webhooks'),
				WEBHOOK_SECRET_KEYS: made.webhookSecretKey,
				...given.webhooks,
			}),
			secret('tool-worker-secrets', identity('tool-worker')),
			secret('gateway-secrets', identity('gateway')),
			// jobs encrypts with it, workers decrypt
			secret('param-keys', { PARAM_KEYS: made.paramKey }),
			...(given.postgres ? [secret('postgres', given.postgres)] : []),
		],
	};
}
