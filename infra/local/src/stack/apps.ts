import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { checkHttp } from '../backing/check-http.ts';
import { publicIdentityKeys } from '../backing/identity-keys.ts';
import { choosePorts } from '../backing/ports.ts';
import { type Caller, DATABASE_OWNERS, type DatabaseOwner, type Secrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { balancedApps, balancerName, balancerProcess } from './balancers.ts';
import { gatewayUrl } from './gateway-url.ts';
import { WEB_DIR } from './generate-code.ts';
import { countOf, replicaNames, type Scale } from './scale.ts';
import { type Databases, REPOSITORY, type S3Settings, type StripeSettings } from './settings.ts';

type AppContext = {
	/** Holds the tunables that each app reads by itself. */
	environment: NodeJS.ProcessEnv;
	home: Home;
	secrets: Secrets;
	/** Of the services that are started; each knows only its own. */
	databases: Databases;
	amqpUrl: string;
	s3: S3Settings;
	stripe: StripeSettings;
	corsOrigins: string;
	gatewayPort: number;
	scale: Scale;
};

type App = {
	name: Caller;
	dependsOn: string[];
	/** What this app needs beyond what all have. `name` is the replica's, `index` counts replicas from 0. */
	env: (
		context: AppContext,
		replica: { name: string; index: number; port: number; controlPort: number; url: UrlOf },
	) => Record<string, string>;
};

type UrlOf = (app: Caller | typeof AUTH_CONTROL) => string;

/** The control service of auth, which listens on a port of its own in the same process. */
const AUTH_CONTROL = 'auth-control';

function controlPortName(replica: string): string {
	return `${replica}-control`;
}

/**
 * jemalloc returns what a burst took; glibc's allocator keeps fragments, also with one arena and a low trim threshold. After a minute of
 * large bodies and a collection a gateway stays 41 MiB above its start with glibc and 5 MiB with jemalloc. Every service starts 5 to
 * 20 MiB smaller. Tools don't inherit it: the sandbox has an environment of its own.
 */
const ALLOCATOR = {
	LD_PRELOAD: 'libjemalloc.so.2',
	MALLOC_CONF: 'background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000',
};

/** Every app of the product, as it runs on one machine. */
const APPS: App[] = [
	{
		name: 'auth',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'auth-database'],
		env: ({ databases, amqpUrl, secrets, home, ...context }, { controlPort }) => ({
			CONTROL_PORT: String(controlPort),
			...databaseSettings('auth', databases),
			AMQP_URL: amqpUrl,
			AUTH_KEY_ENCRYPTION_KEY: secrets.authKeyEncryptionKey,
			APP_URL: appUrl(context),
			// everybody comes from this machine
			REGISTRATIONS_PER_NETWORK: context.environment.REGISTRATIONS_PER_NETWORK || '100000',
			// without a server mails are written to where their reader finds them
			...(context.environment.SMTP_URL
				? { SMTP_URL: context.environment.SMTP_URL }
				: { MAIL_DIR: join(home.root, 'mail') }),
		}),
	},
	{
		name: 'files',
		dependsOn: ['postgres', 'rabbitmq', 's3', 'generated-code', 'files-database'],
		env: ({ databases, amqpUrl, s3, ...context }) => ({
			...databaseSettings('files', databases),
			...unlimitedWithoutMail('UNVERIFIED_STORED_BYTES', context),
			AMQP_URL: amqpUrl,
			S3_ENDPOINT: s3.endpoint,
			S3_PUBLIC_ENDPOINT: s3.publicEndpoint,
			S3_REGION: s3.region,
			S3_BUCKET: s3.bucket,
			S3_ACCESS_KEY_ID: s3.accessKeyId,
			S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
			S3_FORCE_PATH_STYLE: s3.forcePathStyle,
			// the pages that the gateways serve send to the store, too
			CORS_ORIGINS: [context.corsOrigins, ...webOrigins(context)].filter(Boolean).join(','),
		}),
	},
	{
		name: 'jobs',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'jobs-database'],
		env: ({ databases, amqpUrl, secrets, ...context }, { url }) => ({
			...databaseSettings('jobs', databases),
			...unlimitedWithoutMail('UNVERIFIED_ACTIVE_JOBS', context),
			PARAM_KEYS: secrets.paramKey,
			AMQP_URL: amqpUrl,
			FILES_URL: url('files'),
		}),
	},
	{
		name: 'billing',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'billing-database'],
		env: ({ databases, amqpUrl, stripe, ...context }, { url }) => ({
			...databaseSettings('billing', databases),
			AMQP_URL: amqpUrl,
			AUTH_URL: url('auth'),
			FILES_URL: url('files'),
			JOBS_URL: url('jobs'),
			APP_URL: appUrl(context),
			STRIPE_SECRET_KEY: stripe.secretKey,
			STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
			STRIPE_PRICE_MONTHLY: stripe.priceMonthly,
			STRIPE_PRICE_YEARLY: stripe.priceYearly,
			STRIPE_API_BASE: stripe.apiBase,
		}),
	},
	{
		name: 'tool-worker',
		dependsOn: ['rabbitmq', 's3', 'jobs', 'files', 'scratch'],
		env: ({ amqpUrl, home, secrets }, { name, url }) => ({
			AMQP_URL: amqpUrl,
			PARAM_KEYS: secrets.paramKey,
			JOBS_URL: url('jobs'),
			FILES_URL: url('files'),
			SCRATCH_DIR: join(home.data, 'scratch', name),
			WORKER_NAME: name,
		}),
	},
	{
		name: 'gateway',
		dependsOn: ['auth', AUTH_CONTROL, 'files', 'jobs', 'billing', 'web'],
		env: ({ gatewayPort, corsOrigins, s3 }, { index, port, url }) => ({
			PUBLIC_HOST: '127.0.0.1',
			PUBLIC_PORT: String(gatewayPort + index),
			PRIVATE_URL: `http://127.0.0.1:${port}`,
			AUTH_URL: url('auth'),
			AUTH_CONTROL_URL: url(AUTH_CONTROL),
			FILES_URL: url('files'),
			JOBS_URL: url('jobs'),
			BILLING_URL: url('billing'),
			CORS_ORIGINS: corsOrigins,
			WEB_DIR,
			STORE_ORIGINS: storeOrigin(s3),
		}),
	},
];

function databaseSettings(owner: DatabaseOwner, databases: Databases): Record<string, string> {
	const { url = '', directUrl } = databases[owner] ?? {};
	const prefix = `${owner.toUpperCase()}_DATABASE`;
	return { [`${prefix}_URL`]: url, ...(directUrl && { [`${prefix}_DIRECT_URL`]: directUrl }) };
}

/** Switches a limit of unverified accounts off, unless somebody set it: without a mail server no mail verifies an email. */
function unlimitedWithoutMail(
	setting: 'UNVERIFIED_ACTIVE_JOBS' | 'UNVERIFIED_STORED_BYTES',
	{ environment }: Pick<AppContext, 'environment'>,
): Record<string, string> {
	return environment.SMTP_URL || environment[setting] !== undefined ? {} : { [setting]: '0' };
}

/** Where people go, and links of mails and of Stripe lead to. */
function appUrl({ environment, gatewayPort }: Pick<AppContext, 'environment' | 'gatewayPort'>): string {
	return environment.APP_URL || gatewayUrl(environment, gatewayPort);
}

/** Of the gateways, in a row. */
function publicPorts({ gatewayPort, scale }: Pick<AppContext, 'gatewayPort' | 'scale'>): number[] {
	return Array.from({ length: scale.gateway }, (_, index) => gatewayPort + index);
}

/** Where the web app may be opened: at any gateway by its address or its name, and where people go. */
function webOrigins(context: Pick<AppContext, 'environment' | 'gatewayPort' | 'scale'>): string[] {
	const local = publicPorts(context).flatMap((port) => {
		const url = gatewayUrl(context.environment, port);
		return [url, url.replace('127.0.0.1', 'localhost')];
	});
	return [...new Set([...local, new URL(appUrl(context)).origin])];
}

/** Where presigned URLs lead: a bucket has a host of its own unless it stands in the path. */
function storeOrigin({ publicEndpoint, bucket, forcePathStyle }: S3Settings): string {
	const { protocol, host } = new URL(publicEndpoint);
	return forcePathStyle === 'true' ? `${protocol}//${host}` : `${protocol}//${bucket}.${host}`;
}

/** The apps that own a database. */
export function databaseOwners(): DatabaseOwner[] {
	return DATABASE_OWNERS.filter((owner) => APPS.some(({ name }) => name === owner));
}

/** A process for every app and every replica of it, and one that spreads connections for each app that has several. */
export async function appProcesses(
	context: AppContext,
): Promise<{ apps: ManagedProcess[]; balancers: ManagedProcess[] }> {
	const { scale } = context;
	const replicas = APPS.flatMap((app) =>
		replicaNames(app.name, countOf(app.name, scale)).map((name, index) => ({ app, name, index })),
	);
	const balanced = balancedApps(scale);
	const authReplicas = replicaNames('auth', countOf('auth', scale));
	const balancedNames: string[] = balanced.includes('auth') ? [...balanced, AUTH_CONTROL] : balanced;
	const ports = await choosePorts(
		context.home,
		[
			...replicas.map(({ name }) => name),
			...authReplicas.map(controlPortName),
			...balancedNames.map(balancerName),
		],
		publicPorts(context),
	);
	const portOf = (name: string): number => ports[name] ?? 0;
	const address = (name: string): string => (balancedNames.includes(name) ? balancerName(name) : name);
	const url: UrlOf = (app) => `http://127.0.0.1:${portOf(address(app))}`;
	const apps = replicas.map(({ app, name, index }): ManagedProcess => {
		const port = portOf(name);
		const controlPort = portOf(controlPortName(name));
		return {
			kind: 'process',
			name,
			// without replicas the control service is up when auth is
			dependsOn: app.dependsOn.map(address).filter((other) => other !== AUTH_CONTROL),
			command: [process.execPath, entryPoint(app.name)],
			env: {
				...commonEnvironment(context, app.name, port),
				...app.env(context, { name, index, port, controlPort, url }),
			},
			checkReady: () => checkHttp(`http://127.0.0.1:${port}/health/ready`),
			readyTimeoutMs: 60_000,
			stopSignal: 'SIGTERM',
			stopTimeoutMs: 11_000,
		};
	});
	const balancers = balanced.map((app) =>
		balancerProcess(balancerName(app), {
			port: portOf(balancerName(app)),
			replicas: replicaNames(app, countOf(app, scale)),
			portOf,
		}),
	);
	if (balancedNames.includes(AUTH_CONTROL)) {
		const name = balancerName(AUTH_CONTROL);
		const controlPortOf = (replica: string): number => portOf(controlPortName(replica));
		balancers.push(
			balancerProcess(name, { port: portOf(name), replicas: authReplicas, portOf: controlPortOf }),
		);
	}
	return { apps, balancers };
}

function commonEnvironment(
	{ secrets, environment }: AppContext,
	app: Caller,
	port: number,
): Record<string, string> {
	return {
		NODE_ENV: 'development',
		...ALLOCATOR,
		...baseEnvironment(environment),
		// it is read line by line, and written to files
		LOG_FORMAT: 'json',
		HOST: '127.0.0.1',
		PORT: String(port),
		INTERNAL_PRIVATE_KEY: secrets.identityKeys[app],
		INTERNAL_KEYS: publicIdentityKeys(secrets),
	};
}

function entryPoint(app: string): string {
	return join(REPOSITORY, 'apps', app, 'src', 'main.ts');
}
