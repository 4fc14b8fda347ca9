import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../supervisor/command-error.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../../../..');
const DEFAULT_HOME = join(REPOSITORY, '.local');

const text = (description: string) => z.string().min(1).meta({ description });

/** The description of `AUTH_DATABASE_DIRECT_URL`, and so on. */
const directUrl = (service: string) =>
	text(
		`URL of the database of ${service} that bypasses PgBouncer or another pooler. Required if \`${service.toUpperCase()}_DATABASE_URL\` goes through a pooler in transaction mode.`,
	).exactOptional();

const productSchema = z.object({
	GATEWAY_PORT: z.coerce.number().int().min(1).max(65_535).default(8080).meta({
		description: 'Port of the first gateway. Further gateways use the ports after it.',
	}),
	CREATORR_HOME: text('Directory for data, logs, secrets and pid files.').default(DEFAULT_HOME),
	CORS_ORIGINS: z.string().default('').meta({
		description: 'Web origins that may call the API and the store from a browser, separated by commas.',
	}),
	AMQP_URL: text('Your RabbitMQ, with user, password and virtual host.').optional(),
	RABBITMQ_DISK_FREE_LIMIT_BYTES: z.coerce.number().int().min(1).optional().meta({
		description: 'Free disk space below which the local RabbitMQ accepts no publishes.',
	}),
	RABBITMQ_UNCONFIRMED_SECONDS: z.coerce.number().int().min(1).default(60).meta({
		description: 'The local RabbitMQ is restarted after it has confirmed no publish for this long.',
	}),
	SMTP_URL: text(
		'Your SMTP server. Without it, mails are written to `.local/mail/`, one `.eml` file each.',
	).optional(),
});

const databasesSchema = z.object({
	AUTH_DATABASE_URL: text('Your PostgreSQL database for auth. Set all five URLs or none.'),
	FILES_DATABASE_URL: text('Your PostgreSQL database for files.'),
	JOBS_DATABASE_URL: text('Your PostgreSQL database for jobs.'),
	BILLING_DATABASE_URL: text('Your PostgreSQL database for billing.'),
	WEBHOOKS_DATABASE_URL: text('Your PostgreSQL database for webhooks.'),
	AUTH_DATABASE_DIRECT_URL: directUrl('auth'),
	FILES_DATABASE_DIRECT_URL: directUrl('files'),
	JOBS_DATABASE_DIRECT_URL: directUrl('jobs'),
	BILLING_DATABASE_DIRECT_URL: directUrl('billing'),
	WEBHOOKS_DATABASE_DIRECT_URL: directUrl('webhooks'),
});

const s3Schema = z.object({
	S3_ENDPOINT: text('Your object store, for services and workers.'),
	S3_PUBLIC_ENDPOINT: text('URL of your store for clients. Defaults to `S3_ENDPOINT`.').exactOptional(),
	S3_REGION: text('Region of your bucket.').default('us-east-1'),
	S3_BUCKET: text('Your bucket.'),
	S3_ACCESS_KEY_ID: text('Access key of your store.'),
	S3_SECRET_ACCESS_KEY: text('Secret key of your store.'),
	S3_FORCE_PATH_STYLE: z.enum(['true', 'false']).default('true').meta({
		description: '`true` puts the bucket into the path of a URL instead of the hostname.',
	}),
});

const stripeSchema = z.object({
	STRIPE_SECRET_KEY: text('Secret key of your Stripe account. Without it, a local stand-in for Stripe runs.'),
	STRIPE_WEBHOOK_SECRET: text('Signing secret of your webhook endpoint in Stripe.'),
	STRIPE_PRICE_MONTHLY: text('Price id of the monthly subscription.'),
	STRIPE_PRICE_YEARLY: text('Price id of the yearly subscription.'),
	STRIPE_API_BASE: z
		.url()
		.default('https://api.stripe.com')
		.meta({ description: 'Base URL of the Stripe API.' }),
});

/** Variables that `npm start` itself reads. It passes all others on to the services. */
export const environmentSchema = z.object({
	...productSchema.shape,
	...databasesSchema.partial().shape,
	...s3Schema.partial().shape,
	...stripeSchema.partial().shape,
});

/** The variables of all databases, such as `AUTH_DATABASE_URL` and `AUTH_DATABASE_DIRECT_URL`. */
export type DatabaseVariables = Record<string, string>;
export type S3Variables = Required<z.infer<typeof s3Schema>>;
export type StripeVariables = z.infer<typeof stripeSchema>;

export type Settings = ReturnType<typeof readSettings>;

/** Returns the path of the home, which all commands read. */
export function homePath(): string {
	return resolve(process.env.CREATORR_HOME || DEFAULT_HOME);
}

/** Returns the URL of a gateway on this machine. With a certificate, it serves only HTTPS. */
export function gatewayUrl(environment: NodeJS.ProcessEnv, port: number): string {
	return `${environment.TLS_CERT_FILE ? 'https' : 'http'}://127.0.0.1:${port}`;
}

/**
 * Reads the settings of the local product.
 * @throws CommandError that names every wrong variable at once, or every missing one of a server
 */
export function readSettings(environment: NodeJS.ProcessEnv) {
	// an empty variable counts as not set
	const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
	const parsed = environmentSchema.safeParse(given);
	if (!parsed.success) {
		const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
		throw new CommandError(`Invalid settings: ${problems.join('; ')}.`);
	}
	const { data } = parsed;
	const s3 = readServer('your own object store', s3Schema, given);
	return {
		/** All variables, for the settings that each app reads itself. */
		environment,
		gatewayPort: data.GATEWAY_PORT,
		corsOrigins: data.CORS_ORIGINS,
		rabbitmq: {
			diskFreeLimitBytes: data.RABBITMQ_DISK_FREE_LIMIT_BYTES,
			unconfirmedMs: data.RABBITMQ_UNCONFIRMED_SECONDS * 1_000,
		},
		/** External servers that replace the local ones. */
		external: {
			databases: readServer('your own PostgreSQL', databasesSchema, given),
			amqpUrl: data.AMQP_URL,
			s3: s3 && { ...s3, S3_PUBLIC_ENDPOINT: s3.S3_PUBLIC_ENDPOINT ?? s3.S3_ENDPOINT },
			stripe: readServer('your own Stripe account', stripeSchema, given),
		},
	};
}

/**
 * Returns the variables of an external server; undefined when none of them is set.
 * @throws CommandError that names the missing ones when some are set
 */
function readServer<Schema extends z.ZodObject>(
	what: string,
	schema: Schema,
	given: NodeJS.ProcessEnv,
): z.infer<Schema> | undefined {
	if (!Object.keys(schema.shape).some((name) => given[name] !== undefined)) return undefined;
	const parsed = schema.safeParse(given);
	if (parsed.success) return parsed.data;
	const missing = parsed.error.issues.map(({ path }) => path.join('.'));
	throw new CommandError(`To use ${what}, also set ${missing.join(', ')}.`);
}
