import { randomBytes } from 'node:crypto';
import { startService } from '@creatorr/service/define-service';
import { silent } from '@creatorr/testing/silent';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { waitFor } from '@creatorr/testing/wait-for';
import { jobs } from '../service.ts';
import { startBus } from './bus.ts';
import { startDatabase } from './database.ts';
import { startFakeFiles } from './fake-files.ts';
import { type Identities, makeIdentities } from './identities.ts';
import { createUser } from './user.ts';
import { createWorker } from './worker.ts';

/** The keys that the service seals secret params with. */
export const PARAM_KEYS = randomBytes(32).toString('base64');

/** Settings for tests in which one user has more active jobs than a plan allows. */
export const MANY_ACTIVE = { PLANS: JSON.stringify({ free: { maxActiveJobs: 1000 } }) };

export type World = Awaited<ReturnType<typeof startWorld>>;

async function startReplica(env: Record<string, string>) {
	const { deps, port, stop } = await startService(jobs, { config: jobs.readConfig(env), logger: silent });
	const url = `http://127.0.0.1:${port}`;
	const assertReady = async () => {
		const ready = await fetch(`${url}/health/ready`);
		if (!ready.ok) throw new Error(await ready.text());
	};
	// RabbitMQ is slow while other suites use the machine.
	await waitFor(assertReady, 25_000);
	return { deps, url, stop };
}

/**
 * Starts replicas of the service on a database and a virtual host of their own, with a fake files service. `overrides` are
 * environment variables.
 */
export async function startWorld(options: { replicas?: number; overrides?: Record<string, string> } = {}) {
	const identities = makeIdentities();
	const [database, host, files] = await Promise.all([
		startDatabase(),
		createVirtualHost(),
		startFakeFiles(identities.keySet),
	]);
	const { prisma } = database;
	const env = {
		...environment(identities, {
			JOBS_DATABASE_URL: database.url,
			AMQP_URL: host.url,
			FILES_URL: files.url,
		}),
		...options.overrides,
	};
	const start = () => startReplica(env);
	const replicas = await Promise.all(Array.from({ length: options.replicas ?? 1 }, start));
	const bus = await startBus(host.url);
	const urlOf = (replica: number) => replicas[replica]?.url ?? '';
	return {
		files,
		/** The database of the service. */
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
		/** The settings of the replicas, for processes that tests start. */
		env,
		async stop() {
			await Promise.all(replicas.map((replica) => replica.stop()));
			await Promise.all([bus.stop(), files.stop()]);
			await Promise.all([database.stop(), host.drop()]);
		},
	};
}

function environment(identities: Identities, urls: Record<string, string>): Record<string, string> {
	return {
		NODE_ENV: 'test',
		HOST: '127.0.0.1',
		PORT: '0',
		INTERNAL_PRIVATE_KEY: identities.privateKey,
		INTERNAL_KEYS: identities.keySet,
		PARAM_KEYS,
		DATABASE_POOL_SIZE: '8',
		// Tests don't send heartbeats all the time.
		WORKER_LEASE_MS: '60000',
		// No test verifies emails, and some have several active jobs of one user.
		UNVERIFIED_ACTIVE_JOBS: '0',
		...urls,
	};
}
