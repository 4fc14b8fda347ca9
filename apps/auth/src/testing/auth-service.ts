import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startService } from '@creatorr/service/define-service';
import type { Logger } from '@creatorr/service/logger';
import { silent } from '@creatorr/testing/silent';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { readConfig } from '../config.ts';
import { control, controlConfigOf } from '../control/control-service.ts';
import type { startControlThread } from '../control/start-control-thread.ts';
import { type Database, openConnections } from '../database.sql.ts';
import { connect, auth as service } from '../service.ts';
import { internalKeys, privateKeyOf } from './callers.ts';
import { createTestDatabase } from './database.ts';

export interface LogLine {
	event: string;
	fields: Record<string, unknown>;
}

export interface AuthService {
	/** The URL of the first replica's private port. */
	app: string;
	/** Reads and changes the tables directly. */
	prisma: Database;
	/** Everything logged so far, by all replicas. */
	log: LogLine[];
	/** The variables of the first replica, for commands of operators and for parts that a test starts separately. */
	environment: NodeJS.ProcessEnv;
	/** AUTH_KEY_ENCRYPTION_KEY */
	encryptionKey: string;
	/** Where mails go, unless a replica has an SMTP server. */
	mailDirectory: string;
	databaseUrl: string;
	amqpUrl: string;
	/** Starts another replica on the same database and broker; resolves to the URL of its private port. */
	startReplica(env?: NodeJS.ProcessEnv): Promise<string>;
	/** The URL of the first replica's control port. */
	controlUrl: string;
	/** The URL of the control port of a replica. */
	controlUrlOf(app: string): string;
	/** Stops one replica, by default the first. */
	stopReplica(url?: string): Promise<void>;
	/** Stops all replicas and removes database and virtual host. */
	close(): Promise<void>;
}

function recordInto(log: LogLine[]): Logger {
	const write = (event: string, fields = {}) => {
		log.push({ event, fields });
	};
	return { debug: write, info: write, warn: write, error: write };
}

/** Starts the control service in this thread: one of its own would load the code once more for each start. */
const startControl: typeof startControlThread = async ({ config }) => {
	// Each start of a service in this thread sets the URL for links in errors.
	const controlConfig = Object.assign(controlConfigOf(config), { APP_URL: config.APP_URL });
	const running = await startService(control, { config: controlConfig, logger: silent });
	return {
		port: running.port,
		ping: async () => undefined,
		readMetrics: async () => [],
		propagate: running.deps.propagate,
		close: running.stop,
	};
};

const withoutControlThread: typeof service = {
	...service,
	connect: (context) => connect(context, startControl),
};

/** Starts the real service with its own database and virtual host; with `hasControlThread` exactly as main.ts does. */
export async function startAuth(
	env: NodeJS.ProcessEnv = {},
	{ hasControlThread = false } = {},
): Promise<AuthService> {
	const [database, virtualHost] = await Promise.all([createTestDatabase(), createVirtualHost()]);
	const mailDirectory = await mkdtemp(join(tmpdir(), 'creatorr-mail-'));
	const encryptionKey = randomBytes(32).toString('base64');
	const log: LogLine[] = [];
	const replicas = new Map<string, RunningService<{ control: { port: number } }>>();
	const environment = {
		NODE_ENV: 'test',
		PORT: '0',
		CONTROL_PORT: '0',
		// The control thread writes its own lines to standard output.
		LOG_LEVEL: 'error',
		INTERNAL_PRIVATE_KEY: privateKeyOf('auth'),
		INTERNAL_KEYS: JSON.stringify(internalKeys),
		AUTH_DATABASE_URL: database.url,
		AMQP_URL: virtualHost.url,
		AUTH_KEY_ENCRYPTION_KEY: encryptionKey,
		BCRYPT_COST: '4',
		APP_URL: 'https://app.example.com',
		MAIL_DIR: mailDirectory,
		REGISTRATIONS_PER_NETWORK: '100000',
		API_KEYS_REQUIRE_VERIFIED_EMAIL: 'false',
		...env,
	};
	async function startReplica(overrides: NodeJS.ProcessEnv = {}) {
		const config = readConfig({ ...environment, ...overrides });
		const definition = hasControlThread ? service : withoutControlThread;
		const replica = await startService(definition, { config, logger: recordInto(log) });
		const url = `http://127.0.0.1:${replica.port}`;
		replicas.set(url, replica);
		return url;
	}
	const controlUrlOf = (url: string) => `http://127.0.0.1:${replicas.get(url)?.deps.control.port}`;
	const app = await startReplica();
	const prisma = openConnections({
		databaseUrl: database.url,
		poolSize: 5,
		applicationName: 'test',
	});
	return {
		app,
		controlUrl: controlUrlOf(app),
		controlUrlOf,
		prisma,
		log,
		environment,
		encryptionKey,
		mailDirectory,
		databaseUrl: database.url,
		amqpUrl: virtualHost.url,
		startReplica,
		async stopReplica(url = app) {
			await replicas.get(url)?.stop();
			replicas.delete(url);
		},
		async close() {
			await Promise.all([...replicas.values()].map((replica) => replica.stop()));
			await prisma.$disconnect();
			await Promise.all([database.drop(), virtualHost.drop(), rm(mailDirectory, { recursive: true })]);
		},
	};
}
