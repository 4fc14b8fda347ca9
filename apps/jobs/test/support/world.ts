import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createPrisma } from '@creatorr/database/client';
import { migrateDeploy } from '@creatorr/database/migrate';
import { loadConfig } from '@creatorr/service/config';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { createDatabase } from '@creatorr/testing/database';
import { silent } from '@creatorr/testing/silent';
import { until } from '@creatorr/testing/until';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { configSchema } from '../../src/config.ts';
import { startJobs } from '../../src/dependencies.ts';
import { PrismaClient } from '../../src/generated/client.ts';
import { startBus } from './bus.ts';
import { startFakeFiles } from './fake-files.ts';
import { type Identities, makeIdentities } from './identities.ts';
import { createUser } from './user.ts';
import { createWorker } from './worker.ts';

/** What the service seals secret params with. */
export const PARAM_KEYS = randomBytes(32).toString('base64');

/** Settings for tests that keep more jobs of one user active than a plan would. */
export const MANY_ACTIVE = { PLANS: JSON.stringify({ free: { maxActiveJobs: 1000 } }) };

export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

export type World = Awaited<ReturnType<typeof startWorld>>;

/** One replica of the service as main.ts composes it, listening. */
async function startReplica(env: Record<string, string>) {
	const jobs = await startJobs(loadConfig(configSchema, env), silent);
	const server = await listen(jobs.app, { host: '127.0.0.1', port: 0 });
	const url = `http://127.0.0.1:${portOf(server)}`;
	await until(async () => {
		const ready = await fetch(`${url}/health/ready`);
		if (!ready.ok) throw new Error(await ready.text());
	});
	let stopped: Promise<void> | undefined;
	async function stop(): Promise<void> {
		await Promise.all([jobs.drain(), closeServer(server)]);
		await jobs.close();
	}
	return {
		url,
		stop: () => {
			stopped ??= stop();
			return stopped;
		},
	};
}

/**
 * Replicas of the service on a database and a virtual host of their own, with a stand-in for files; `overrides` are
 * environment variables.
 */
export async function startWorld(options: { replicas?: number; overrides?: Record<string, string> } = {}) {
	const identities = makeIdentities();
	const [database, host, files] = await Promise.all([
		createDatabase(),
		createVirtualHost(),
		startFakeFiles(identities.keySet),
	]);
	await migrateDeploy({ databaseUrl: database.url, directory: PRISMA_DIRECTORY });
	const env = environment(identities, {
		JOBS_DATABASE_URL: database.url,
		AMQP_URL: host.url,
		FILES_URL: files.url,
	});
	const start = () => startReplica({ ...env, ...options.overrides });
	const replicas = await Promise.all(Array.from({ length: options.replicas ?? 1 }, start));
	const prisma = createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl: database.url,
		poolSize: 10,
		applicationName: 'test',
	});
	const bus = await startBus(host.url);
	const urlOf = (replica: number) => replicas[replica]?.url ?? '';
	return {
		files,
		/** What the service knows, past the service. */
		prisma,
		bus,
		host,
		identities,
		replicas,
		url: urlOf(0),
		user: (replica = 0) => createUser(urlOf(replica), identities.sign.gateway),
		worker: (id: string, replica = 0) => createWorker(id, urlOf(replica), identities.sign['tool-worker']),
		workerAt: (id: string, url: string) => createWorker(id, url, identities.sign['tool-worker']),
		startReplica: start,
		/** The settings of its replicas, for what is a process of its own. */
		env: { ...env, ...options.overrides },
		async stop() {
			await Promise.all(replicas.map((replica) => replica.stop()));
			await Promise.all([bus.stop(), files.stop(), prisma.$disconnect()]);
			await Promise.all([database.drop(), host.drop()]);
		},
	};
}

function environment(identities: Identities, urls: Record<string, string>): Record<string, string> {
	return {
		NODE_ENV: 'test',
		PORT: '0',
		INTERNAL_PRIVATE_KEY: identities.privateKey,
		INTERNAL_KEYS: identities.keySet,
		PARAM_KEYS,
		JOBS_DATABASE_POOL_SIZE: '8',
		// Tests do not send heartbeats all the time.
		WORKER_LEASE_MS: '60000',
		// Nobody verifies emails here, and tests have several jobs of one user active.
		UNVERIFIED_ACTIVE_JOBS: '0',
		...urls,
	};
}
