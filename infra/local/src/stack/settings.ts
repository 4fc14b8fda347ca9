import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { RabbitSettings } from '../backing/rabbitmq.ts';
import { StartError } from '../supervisor/start-error.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../../../..');
const DEFAULT_HOME = join(REPOSITORY, '.local');

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
		.default(DEFAULT_HOME)
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
		description: '`true` (default) puts the bucket into the path of a URL instead of the hostname.',
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

const DATABASE_NAMES = [
	...(['AUTH_DATABASE_URL', 'FILES_DATABASE_URL'] as const),
	...(['JOBS_DATABASE_URL', 'BILLING_DATABASE_URL'] as const),
];
const S3_NAMES = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
const STRIPE_NAMES = [
	...(['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const),
	...(['STRIPE_PRICE_MONTHLY', 'STRIPE_PRICE_YEARLY'] as const),
];

/** The variables of an object store, as the files service reads them. */
export type S3Variables = Record<
	(typeof S3_NAMES)[number] | 'S3_PUBLIC_ENDPOINT' | 'S3_REGION' | 'S3_FORCE_PATH_STYLE',
	string
>;

/** The variables of a Stripe account, as the billing service reads them. */
export type StripeVariables = Record<(typeof STRIPE_NAMES)[number] | 'STRIPE_API_BASE', string>;

/** The variables of all databases, such as `AUTH_DATABASE_URL` and `AUTH_DATABASE_DIRECT_URL`. */
export type DatabaseVariables = Record<string, string>;

export type Settings = {
	/** Everything that was set, for the tunables that each app reads by itself. */
	environment: NodeJS.ProcessEnv;
	gatewayPort: number;
	corsOrigins: string;
	rabbitmq?: RabbitSettings;
	/** Servers of the person, instead of ours. */
	external: {
		databases?: DatabaseVariables | undefined;
		amqpUrl?: string | undefined;
		s3?: S3Variables | undefined;
		stripe?: StripeVariables | undefined;
	};
};

/** Returns the path of the home, which all commands read. */
export function homePath(): string {
	return resolve(process.env.CREATORR_HOME || DEFAULT_HOME);
}

/** Returns the URL of a gateway of this machine: with a certificate it serves HTTPS alone. */
export function gatewayUrl(environment: NodeJS.ProcessEnv, port: number): string {
	return `${environment.TLS_CERT_FILE ? 'https' : 'http'}://127.0.0.1:${port}`;
}

/**
 * Reads the settings of the local product.
 * @throws StartError that names every wrong or missing variable at once
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
	// an empty variable counts as not set
	const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
	const parsed = environmentSchema.safeParse(given);
	if (!parsed.success) {
		const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
		throw new StartError(`Invalid settings: ${problems.join('; ')}.`);
	}
	const { data } = parsed;
	return {
		environment,
		gatewayPort: data.GATEWAY_PORT,
		corsOrigins: data.CORS_ORIGINS,
		rabbitmq: {
			diskFreeLimitBytes: data.RABBITMQ_DISK_FREE_LIMIT_BYTES,
			unconfirmedMs: data.RABBITMQ_UNCONFIRMED_SECONDS * 1_000,
		},
		external: {
			databases: externalDatabases(data),
			amqpUrl: data.AMQP_URL,
			s3: externalS3(data),
			stripe: externalStripe(data),
		},
	};
}

function externalDatabases(environment: Environment): DatabaseVariables | undefined {
	if (!readAll(environment, 'your own PostgreSQL', /_DATABASE_URL$/, DATABASE_NAMES)) return undefined;
	const urls = Object.entries(environment).filter(([name, url]) => name.includes('_DATABASE_') && url);
	return Object.fromEntries(urls) as DatabaseVariables;
}

function externalS3(environment: Environment): S3Variables | undefined {
	const store = readAll(environment, 'your own object store', /^S3_/, S3_NAMES);
	return (
		store && {
			...store,
			S3_PUBLIC_ENDPOINT: environment.S3_PUBLIC_ENDPOINT ?? store.S3_ENDPOINT,
			S3_REGION: environment.S3_REGION ?? 'us-east-1',
			S3_FORCE_PATH_STYLE: environment.S3_FORCE_PATH_STYLE ?? 'true',
		}
	);
}

function externalStripe(environment: Environment): StripeVariables | undefined {
	const account = readAll(environment, 'your own Stripe account', /^STRIPE_/, STRIPE_NAMES);
	return account && { ...account, STRIPE_API_BASE: environment.STRIPE_API_BASE ?? 'https://api.stripe.com' };
}

/**
 * Returns the values of these variables; undefined when no variable that matches is set.
 * @throws StartError that names the missing ones when some are set
 */
function readAll<Name extends keyof Environment>(
	environment: Environment,
	what: string,
	matching: RegExp,
	names: readonly Name[],
): Record<Name, string> | undefined {
	const isSet = ([name, value]: [string, unknown]) => matching.test(name) && value !== undefined;
	if (!Object.entries(environment).some(isSet)) return undefined;
	const missing = names.filter((name) => environment[name] === undefined);
	if (missing.length > 0) throw new StartError(`To use ${what}, also set ${missing.join(', ')}.`);
	return Object.fromEntries(names.map((name) => [name, String(environment[name])])) as Record<Name, string>;
}
