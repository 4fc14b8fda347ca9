import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPrisma } from '@creatorr/database/client';
import { migrateDeploy } from '@creatorr/database/migrate';
import { type RunningService, startService } from '@creatorr/service/define-service';
import type { Logger } from '@creatorr/service/logger';
import { createDatabase } from '@creatorr/testing/database';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { readConfig } from '../../src/config.ts';
import { PrismaClient } from '../../src/generated/client.ts';
import { auth as service } from '../../src/service.ts';
import { internalKeys, privateKeyOf } from './callers.ts';

export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

export interface LogLine {
	event: string;
	fields: Record<string, unknown>;
}

export interface AuthService {
	/** The private port of the first process. */
	app: string;
	/** Looks at the tables, and changes them, past the service. */
	prisma: PrismaClient;
	/** Everything logged so far, by all replicas. */
	log: LogLine[];
	/** AUTH_KEY_ENCRYPTION_KEY */
	encryptionKey: string;
	/** Where mails go, unless a replica has an SMTP server. */
	mailDirectory: string;
	databaseUrl: string;
	amqpUrl: string;
	/** Another process, so to speak, on the same database and broker; resolves to its private port's URL. */
	startReplica(env?: NodeJS.ProcessEnv): Promise<string>;
	/** Where the control service of the first process listens. */
	controlUrl: string;
	/** Ends the first process, so that others are alone. */
	stopFirst(): Promise<void>;
	/** Ends all replicas and removes database and virtual host. */
	close(): Promise<void>;
}

function recordInto(log: LogLine[]): Logger {
	const write = (event: string, fields = {}) => {
		log.push({ event, fields });
	};
	return { debug: write, info: write, warn: write, error: write };
}

/** The real service, as main.ts runs it, on a database and a virtual host of its own. */
export async function startAuth(env: NodeJS.ProcessEnv = {}): Promise<AuthService> {
	const [database, virtualHost] = await Promise.all([createDatabase(), createVirtualHost()]);
	await migrateDeploy({ databaseUrl: database.url, directory: PRISMA_DIRECTORY });
	const mailDirectory = await mkdtemp(join(tmpdir(), 'creatorr-mail-'));
	const encryptionKey = randomBytes(32).toString('base64');
	const log: LogLine[] = [];
	const replicas: RunningService<{ control: { port: number } }>[] = [];
	async function startReplica(overrides: NodeJS.ProcessEnv = {}) {
		const config = readConfig({
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
			...env,
			...overrides,
		});
		const replica = await startService(service, { config, logger: recordInto(log) });
		replicas.push(replica);
		return `http://127.0.0.1:${replica.port}`;
	}
	const app = await startReplica();
	const prisma = createPrisma(PrismaClient, {
		databaseUrl: database.url,
		poolSize: 5,
		applicationName: 'test',
	});
	return {
		app,
		controlUrl: `http://127.0.0.1:${replicas[0]?.deps.control.port}`,
		prisma,
		log,
		encryptionKey,
		mailDirectory,
		databaseUrl: database.url,
		amqpUrl: virtualHost.url,
		startReplica,
		async stopFirst() {
			await replicas.shift()?.stop();
		},
		async close() {
			await Promise.all(replicas.map((replica) => replica.stop()));
			await prisma.$disconnect();
			await Promise.all([database.drop(), virtualHost.drop(), rm(mailDirectory, { recursive: true })]);
		},
	};
}
