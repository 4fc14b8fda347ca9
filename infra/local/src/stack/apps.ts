import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { checkHttp } from '../backing/checks.ts';
import { publicIdentityKeys } from '../backing/make-secrets.ts';
import { choosePorts } from '../backing/ports.ts';
import { CALLERS, type Caller, loadSecrets, type Secrets } from '../backing/secrets.ts';
import {
	type DatabaseVariables,
	gatewayUrl,
	REPOSITORY,
	type S3Variables,
	type Settings,
	type StripeVariables,
} from '../settings/settings.ts';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { WEB_DIR } from './run-program.ts';
import { replicaNames, type Scale } from './scale.ts';

export type AppContext = {
	settings: Pick<Settings, 'environment' | 'gatewayPort' | 'corsOrigins'>;
	home: Home;
	databases: DatabaseVariables;
	amqpUrl: string;
	s3: S3Variables;
	stripe: StripeVariables;
	scale: Scale;
};

/** `index` counts replicas from 0; `controlPort` is auth's control port. */
type Replica = { name: string; index: number; port: number; controlPort: number };
type Service = (typeof SERVICES)[number];

type App = {
	name: Caller;
	dependsOn: string[];
	/** The services that it calls, such as `auth` at `AUTH_URL`. */
	calls: Service[];
	/** Returns further variables. All apps get their database's URL, the URLs of the services that they call, and AMQP_URL if they use it. */
	env: (context: AppContext & { secrets: Secrets }, replica: Replica) => Record<string, string>;
};

/**
 * jemalloc returns what a burst took; glibc's allocator keeps fragments, also with one arena and a low trim threshold. After a minute of
 * large bodies and a collection a gateway stays 41 MiB above its start with glibc and 5 MiB with jemalloc. Every service starts 5 to
 * 20 MiB smaller. Tools don't inherit it: the sandbox has an environment of its own.
 */
const ALLOCATOR = {
	LD_PRELOAD: 'libjemalloc.so.2',
	MALLOC_CONF: 'background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000',
};

/**
 * The services that apps call. Auth's control port belongs to the process of auth. Gateways and
 * workers are not listed: each gateway has its own address for clients, and workers consume queues.
 */
const SERVICES = ['auth', 'auth-control', 'files', 'jobs', 'billing', 'webhooks'] as const;

const controlPortName = (replica: string) => `${replica}-control`;

/** Every app of the product, as it runs on one machine. */
const APPS: App[] = [
	{
		name: 'auth',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'auth-database'],
		calls: [],
		env: ({ settings, secrets, home }, { controlPort }) => ({
			CONTROL_PORT: String(controlPort),
			AUTH_KEY_ENCRYPTION_KEY: secrets.authKeyEncryptionKey,
			...registrationLimit(settings),
			// without an SMTP server, mails are written to files
			...(settings.environment.SMTP_URL
				? { SMTP_URL: settings.environment.SMTP_URL }
				: { MAIL_DIR: join(home.root, 'mail') }),
			...withoutMail(settings, 'API_KEYS_REQUIRE_VERIFIED_EMAIL', 'false'),
		}),
	},
	{
		name: 'files',
		dependsOn: ['postgres', 'rabbitmq', 's3', 'generated-code', 'files-database'],
		calls: [],
		env: ({ settings, s3, scale }) => ({
			...withoutMail(settings, 'UNVERIFIED_STORED_BYTES', '0'),
			...s3,
			// pages that the gateways serve upload to the store, too
			CORS_ORIGINS: [settings.corsOrigins, ...webOrigins(settings, scale)].filter(Boolean).join(','),
		}),
	},
	{
		name: 'jobs',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'jobs-database'],
		calls: ['files'],
		env: ({ settings, secrets }) => ({
			...withoutMail(settings, 'UNVERIFIED_ACTIVE_JOBS', '0'),
			PARAM_KEYS: secrets.paramKey,
		}),
	},
	{
		name: 'billing',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'billing-database'],
		calls: ['auth', 'files', 'jobs'],
		env: ({ stripe }) => stripe,
	},
	{
		name: 'webhooks',
		dependsOn: ['postgres', 'rabbitmq', 'generated-code', 'webhooks-database'],
		calls: ['auth'],
		env: ({ settings, secrets }) => ({
			WEBHOOK_SECRET_KEYS: secrets.webhookSecretKey,
			// endpoints under development listen on this machine
			OUTBOUND_ALLOWED_NETWORKS: settings.environment.OUTBOUND_ALLOWED_NETWORKS || '127.0.0.0/8,::1',
			OUTBOUND_ALLOW_HTTP: settings.environment.OUTBOUND_ALLOW_HTTP || 'true',
			...withoutMail(settings, 'WEBHOOKS_REQUIRE_VERIFIED_EMAIL', 'false'),
		}),
	},
	{
		name: 'tool-worker',
		dependsOn: ['rabbitmq', 's3', 'jobs', 'files', 'scratch'],
		calls: ['jobs', 'files'],
		env: ({ home, secrets }, { name }) => ({
			PARAM_KEYS: secrets.paramKey,
			SCRATCH_DIR: join(home.data, 'scratch', name),
			WORKER_NAME: name,
		}),
	},
	{
		name: 'gateway',
		dependsOn: ['auth', 'auth-control', 'files', 'jobs', 'billing', 'webhooks', 'web'],
		calls: ['auth', 'auth-control', 'files', 'jobs', 'billing', 'webhooks'],
		env: ({ settings, s3 }, { index, port }) => ({
			PUBLIC_HOST: '127.0.0.1',
			PUBLIC_PORT: String(settings.gatewayPort + index),
			PRIVATE_URL: `http://127.0.0.1:${port}`,
			CORS_ORIGINS: settings.corsOrigins,
			WEB_DIR,
			STORE_ORIGINS: storeOrigin(s3),
		}),
	},
];

/** The name of a port of a replica, a control port or a load balancer. Runbooks ask each process in ports.json. */
const APP_PORT = new RegExp(`^(?:${CALLERS.join('|')})(?:-\\d+)?(?:-control)?(?:-balancer)?$`);

/** Raises the limit of registrations unless it is set: without a proxy whose clients auth can tell apart, all have the address of this machine. */
function registrationLimit({ environment }: AppContext['settings']): Record<string, string> {
	if (environment.REGISTRATIONS_PER_NETWORK || environment.TRUSTED_PROXIES) return {};
	return { REGISTRATIONS_PER_NETWORK: '100000' };
}

/** Turns off a limit of unverified accounts unless it is set: without a mail server, users can't verify their email. */
function withoutMail(
	{ environment }: AppContext['settings'],
	setting: string,
	off: 'false' | '0',
): Record<string, string> {
	return environment.SMTP_URL || environment[setting] ? {} : { [setting]: off };
}

/** Returns the URL of the web app, for links in errors and mails and for redirects from Stripe. */
function appUrl({ environment, gatewayPort }: AppContext['settings']): string {
	return environment.APP_URL || gatewayUrl(environment, gatewayPort);
}

function publicPorts({ gatewayPort }: AppContext['settings'], scale: Scale): number[] {
	return Array.from({ length: scale.gateway }, (_, index) => gatewayPort + index);
}

/** Returns the origins of the web app: every gateway by its address and its name, and the app's URL. */
function webOrigins(settings: AppContext['settings'], scale: Scale): string[] {
	const local = publicPorts(settings, scale).flatMap((port) => {
		const url = gatewayUrl(settings.environment, port);
		return [url, url.replace('127.0.0.1', 'localhost')];
	});
	return [...new Set([...local, new URL(appUrl(settings)).origin])];
}

/** Returns the origin of presigned URLs. They have the bucket in the path or in the host name. */
function storeOrigin({ S3_PUBLIC_ENDPOINT, S3_BUCKET, S3_FORCE_PATH_STYLE }: S3Variables): string {
	const { protocol, host } = new URL(S3_PUBLIC_ENDPOINT);
	return S3_FORCE_PATH_STYLE === 'true' ? `${protocol}//${host}` : `${protocol}//${S3_BUCKET}.${host}`;
}

/** Returns a process for every replica of every app, and a load balancer for each service that has several. */
export async function appProcesses(context: AppContext): Promise<ManagedProcess[]> {
	const { settings, home, scale } = context;
	const services = SERVICES.map((name) => {
		const app = name === 'auth-control' ? 'auth' : name;
		const portName = (replica: string) => (name === 'auth-control' ? controlPortName(replica) : replica);
		const replicas = replicaNames(app, scale);
		const balancer = replicas.length > 1 ? `${name}-balancer` : undefined;
		// callers wait for `process`, and call the port of this name
		const called = { process: balancer ?? app, port: balancer ?? portName(app) };
		return { name, balancer, replicas, replicaPorts: replicas.map(portName), ...called };
	});
	const names = [
		...APPS.flatMap((app) => replicaNames(app.name, scale)),
		...services.flatMap(({ port, replicaPorts }) => [port, ...replicaPorts]),
	];
	const isApp = (name: string) => APP_PORT.test(name);
	const ports = await choosePorts(home, [...new Set(names)], publicPorts(settings, scale), isApp);
	const portOf = (name: string): number => ports[name] ?? 0;
	const processOf = (name: string) => services.find((service) => service.name === name)?.process ?? name;

	const appProcess = (app: App, name: string, index: number): ManagedProcess => {
		const replica = { name, index, port: portOf(name), controlPort: portOf(controlPortName(name)) };
		const urls = services
			.filter((service) => app.calls.includes(service.name))
			.map((service) => [urlVariable(service.name), `http://127.0.0.1:${portOf(service.port)}`]);
		return {
			kind: 'process',
			name,
			app: app.name,
			dependsOn: [...new Set(app.dependsOn.map(processOf))],
			command: [process.execPath, join(REPOSITORY, 'apps', app.name, 'src', 'main.ts')],
			env: { ...appEnvironment(context, app, replica), ...Object.fromEntries(urls) },
			checkReady: () => checkHttp(`http://127.0.0.1:${replica.port}/health/ready`),
		};
	};
	const apps = APPS.flatMap((app) =>
		replicaNames(app.name, scale).map((name, index) => appProcess(app, name, index)),
	);
	const balancers = services.flatMap(({ balancer, replicas, replicaPorts }) => {
		if (balancer === undefined) return [];
		const proxy = { port: portOf(balancer), targetPorts: replicaPorts.map(portOf) };
		const readyUrl = `http://127.0.0.1:${proxy.port}/health/ready`;
		return proxyProcess(balancer, { [balancer]: proxy }, { readyUrl, dependsOn: replicas });
	});
	return [...apps, ...balancers];
}

function urlVariable(service: string): string {
	return `${service.toUpperCase().replace('-', '_')}_URL`;
}

function appEnvironment(context: AppContext, app: App, replica: Replica): Record<string, string> {
	const { settings, databases, amqpUrl } = context;
	const secrets = loadSecrets(context.home);
	const isOwn = ([name]: [string, string]) => name.startsWith(`${app.name.toUpperCase()}_DATABASE_`);
	return {
		NODE_ENV: 'development',
		...ALLOCATOR,
		...baseEnvironment(settings.environment),
		// the supervisor reads it line by line
		LOG_FORMAT: 'json',
		HOST: '127.0.0.1',
		APP_URL: appUrl(settings),
		PORT: String(replica.port),
		INTERNAL_PRIVATE_KEY: secrets.identityKeys[app.name],
		INTERNAL_KEYS: publicIdentityKeys(secrets),
		...Object.fromEntries(Object.entries(databases).filter(isOwn)),
		...(app.dependsOn.includes('rabbitmq') && { AMQP_URL: amqpUrl }),
		...app.env({ ...context, secrets }, replica),
	};
}

/** Returns a process that opens these proxies, by name: a load balancer, or the links that chaos tests disturb. */
export function proxyProcess(
	name: string,
	proxies: Record<string, { port: number; targetPorts: number[] }>,
	{ readyUrl, dependsOn = [], env }: { readyUrl: string; dependsOn?: string[]; env?: Record<string, string> },
): ManagedProcess {
	return {
		kind: 'process',
		name,
		dependsOn,
		command: [process.execPath, '--no-warnings', join(import.meta.dirname, '..', 'proxy', 'main.ts')],
		env: { ...baseEnvironment(), ...env, PROXIES: JSON.stringify(proxies) },
		checkReady: () => checkHttp(readyUrl),
	};
}
