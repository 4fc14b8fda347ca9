import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DATABASE_OWNERS, type DatabaseOwner } from '../backing/secrets.ts';
import { StartError } from '../supervisor/start-error.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../../../..');

const text = z.string().min(1).optional();
const WITHOUT_POOLER = 'The same database without a connection pooler in transaction mode.';

const ownServer = (meaning: string) => text.meta({ description: meaning });

/** What `npm start` itself reads; it passes all other variables on to the services. */
export const environmentSchema = z.object({
	GATEWAY_PORT: z.coerce.number().int().min(1).max(65_535).default(8080).meta({
		description: 'Port of the first gateway. Further gateways use the ports after it.',
	}),
	CREATORR_HOME: z
		.string()
		.min(1)
		.default(join(REPOSITORY, '.local'))
		.meta({ description: 'Directory for data, logs, secrets and pid files.' }),
	CORS_ORIGINS: z.string().default('').meta({
		description: 'Web origins that may call the API and the store from a browser, separated by commas.',
	}),
	AUTH_DATABASE_URL: ownServer('Your PostgreSQL database for auth. Set all four URLs or none.'),
	FILES_DATABASE_URL: ownServer('Your PostgreSQL database for files.'),
	JOBS_DATABASE_URL: ownServer('Your PostgreSQL database for jobs.'),
	BILLING_DATABASE_URL: ownServer('Your PostgreSQL database for billing.'),
	AUTH_DATABASE_DIRECT_URL: ownServer(WITHOUT_POOLER),
	FILES_DATABASE_DIRECT_URL: ownServer(WITHOUT_POOLER),
	JOBS_DATABASE_DIRECT_URL: ownServer(WITHOUT_POOLER),
	BILLING_DATABASE_DIRECT_URL: ownServer(WITHOUT_POOLER),
	AMQP_URL: ownServer('Your RabbitMQ, with user, password and virtual host.'),
	RABBITMQ_DISK_FREE_LIMIT_BYTES: z.coerce.number().int().min(1).optional().meta({
		description: 'Free disk space below which the local RabbitMQ accepts no publishes.',
	}),
	RABBITMQ_UNCONFIRMED_SECONDS: z.coerce.number().int().min(1).default(60).meta({
		description: 'The local RabbitMQ is restarted after it has confirmed no publish for this long.',
	}),
	S3_ENDPOINT: ownServer('Your object store, for services and workers.'),
	S3_PUBLIC_ENDPOINT: ownServer('URL of your store for clients. Defaults to `S3_ENDPOINT`.'),
	S3_REGION: ownServer('Region of your bucket. Defaults to `us-east-1`.'),
	S3_BUCKET: ownServer('Your bucket.'),
	S3_ACCESS_KEY_ID: ownServer('Access key of your store.'),
	S3_SECRET_ACCESS_KEY: ownServer('Secret key of your store.'),
	S3_FORCE_PATH_STYLE: z.enum(['true', 'false']).optional().meta({
		description: '`true` (default) puts the bucket into the path of a URL instead of the host name.',
	}),
	STRIPE_SECRET_KEY: ownServer(
		'Secret key of your Stripe account. Without it, a local stand-in for Stripe runs.',
	),
	STRIPE_WEBHOOK_SECRET: ownServer('Signing secret of your webhook endpoint at Stripe.'),
	STRIPE_PRICE_MONTHLY: ownServer('Price id of the monthly subscription.'),
	STRIPE_PRICE_YEARLY: ownServer('Price id of the yearly subscription.'),
	STRIPE_API_BASE: z.url().optional().meta({ description: 'Base URL of the Stripe API.' }),
	SMTP_URL: ownServer(
		'Your SMTP server. Without it, mails are written to `.local/mail/`, one `.eml` file each.',
	),
});

type Environment = z.infer<typeof environmentSchema>;

/** An object store as clients (public endpoint) and services (endpoint) reach it. */
export type S3Settings = {
	endpoint: string;
	publicEndpoint: string;
	region: string;
	bucket: string;
	accessKeyId: string;
	secretAccessKey: string;
	forcePathStyle: 'true' | 'false';
};

/** A Stripe account as the billing service uses it. */
export type StripeSettings = {
	apiBase: string;
	secretKey: string;
	webhookSecret: string;
	priceMonthly: string;
	priceYearly: string;
};

/** `directUrl` leads past a pooler in transaction mode. */
export type Databases = Partial<Record<DatabaseOwner, { url: string; directUrl?: string }>>;

export type Settings = {
	/** Everything that was set, for the tunables that each app reads by itself. */
	environment: NodeJS.ProcessEnv;
	gatewayPort: number;
	homePath: string;
	corsOrigins: string;
	/** Of our own RabbitMQ. */
	rabbitmq?: { diskFreeLimitBytes?: number | undefined; unconfirmedMs: number };
	/** Given by the person, instead of servers of ours. */
	external: {
		databases: Databases | undefined;
		amqpUrl: string | undefined;
		s3: S3Settings | undefined;
		stripe: StripeSettings | undefined;
	};
};

/**
 * Reads the settings of the local product.
 * @param owners the services that exist and need a database
 * @throws StartError that names every wrong or missing variable at once
 */
export function readSettings(environment: NodeJS.ProcessEnv, owners: DatabaseOwner[]): Settings {
	// a variable set to nothing is one that is not set
	const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
	const parsed = environmentSchema.safeParse(given);
	if (!parsed.success) {
		const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
		throw new StartError(`Invalid settings: ${problems.join('; ')}.`);
	}
	return {
		environment,
		gatewayPort: parsed.data.GATEWAY_PORT,
		homePath: resolve(parsed.data.CREATORR_HOME),
		corsOrigins: parsed.data.CORS_ORIGINS,
		rabbitmq: {
			diskFreeLimitBytes: parsed.data.RABBITMQ_DISK_FREE_LIMIT_BYTES,
			unconfirmedMs: parsed.data.RABBITMQ_UNCONFIRMED_SECONDS * 1_000,
		},
		external: {
			databases: externalDatabases(parsed.data, owners),
			amqpUrl: parsed.data.AMQP_URL,
			s3: externalS3(parsed.data),
			stripe: externalStripe(parsed.data),
		},
	};
}

function externalDatabases(environment: Environment, owners: DatabaseOwner[]): Databases | undefined {
	const variable = (owner: DatabaseOwner, kind: 'URL' | 'DIRECT_URL') =>
		`${owner.toUpperCase()}_DATABASE_${kind}` as keyof Environment;
	const databases: Databases = {};
	for (const owner of DATABASE_OWNERS) {
		const [url, directUrl] = [
			environment[variable(owner, 'URL')],
			environment[variable(owner, 'DIRECT_URL')],
		];
		if (url !== undefined)
			databases[owner] = { url: String(url), ...(directUrl && { directUrl: String(directUrl) }) };
	}
	if (Object.keys(databases).length === 0) return undefined;
	requireAll(
		'your own PostgreSQL',
		owners.filter((owner) => databases[owner] === undefined).map((owner) => variable(owner, 'URL')),
	);
	return databases;
}

function externalS3(environment: Environment): S3Settings | undefined {
	const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = environment;
	const required = { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY };
	if (!isGiven(environment, 'S3_')) return undefined;
	requireAll('your own object store', unset(required));
	return {
		endpoint: S3_ENDPOINT ?? '',
		publicEndpoint: environment.S3_PUBLIC_ENDPOINT ?? S3_ENDPOINT ?? '',
		region: environment.S3_REGION ?? 'us-east-1',
		bucket: S3_BUCKET ?? '',
		accessKeyId: S3_ACCESS_KEY_ID ?? '',
		secretAccessKey: S3_SECRET_ACCESS_KEY ?? '',
		forcePathStyle: environment.S3_FORCE_PATH_STYLE ?? 'true',
	};
}

function externalStripe(environment: Environment): StripeSettings | undefined {
	const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_MONTHLY, STRIPE_PRICE_YEARLY } = environment;
	const required = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_MONTHLY, STRIPE_PRICE_YEARLY };
	if (!isGiven(environment, 'STRIPE_')) return undefined;
	requireAll('your own Stripe account', unset(required));
	return {
		apiBase: environment.STRIPE_API_BASE ?? 'https://api.stripe.com',
		secretKey: STRIPE_SECRET_KEY ?? '',
		webhookSecret: STRIPE_WEBHOOK_SECRET ?? '',
		priceMonthly: STRIPE_PRICE_MONTHLY ?? '',
		priceYearly: STRIPE_PRICE_YEARLY ?? '',
	};
}

/** Whether any variable of a service is set. */
function isGiven(environment: Environment, prefix: string): boolean {
	return Object.entries(environment).some(([name, value]) => name.startsWith(prefix) && value !== undefined);
}

function unset(required: Record<string, string | undefined>): string[] {
	return Object.keys(required).filter((name) => required[name] === undefined);
}

function requireAll(what: string, missing: string[]): void {
	if (missing.length > 0) throw new StartError(`To use ${what}, also set ${missing.join(', ')}.`);
}
