import type { RequestListener } from 'node:http';
import { createPrisma } from '@creatorr/database/client';
import { createNotificationListener, type NotificationListener } from '@creatorr/database/notifications';
import { OUTBOX_CHANNEL, publishBatch, readOutboxLag } from '@creatorr/database/outbox';
import { connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { type Relay, startRelay } from '@creatorr/messaging/relay';
import { createService } from '@creatorr/service/create-service';
import { createIdentitySigner, createIdentityVerifier } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import { createParamSealer } from '@creatorr/tool-kit/params/secret-params';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { createJobWatch, type JobWatch } from './background/job-watch.ts';
import { startScheduler } from './background/scheduler.ts';
import { startBackground } from './background.ts';
import { showBacklog } from './backlog-metrics.ts';
import type { Config } from './config.ts';
import { JOB_CHANGED_CHANNEL } from './data/notify-changed.ts';
import { bindOperations } from './data/operations.ts';
import { createFingerprint } from './domain/fingerprint.ts';
import { createFilesClient, type FilesClient } from './files-client.ts';
import { PrismaClient } from './generated/client.ts';
import { showQueues } from './queue-metrics.ts';
import { allRoutes } from './routes/all.ts';
import { showWorkers } from './worker-metrics.ts';

const OUTBOX_BATCH_SIZE = 100;
const FILES_TIMEOUT_MS = 10_000;

export interface Jobs {
	app: RequestListener;
	/** Ends streams, waits and what runs in the background; other requests go on. */
	drain(): Promise<void>;
	/** Ends every connection. */
	close(): Promise<void>;
}

/** Builds the service and starts all of it but the listening. Returns also while database and broker are away. */
export async function startJobs(config: Config, logger: Logger): Promise<Jobs> {
	const prisma = connectDatabase(config);
	const catalogue = await loadCatalogue();
	const tools = [...catalogue.keys()];
	const broker = await connectBroker({ url: config.AMQP_URL, name: 'jobs', logger, tools });
	const publish = createPublisher(broker);
	const publishSome = () => publishBatch(prisma, OUTBOX_BATCH_SIZE, publish);
	const relay = startRelay({ publishBatch: publishSome, readLag: () => readOutboxLag(prisma), logger });
	const watch = createJobWatch();
	const listener = listen(config, logger, { relay, watch });
	const operations = bindOperations(prisma, config, tools);
	const scheduler = startScheduler({
		release: operations.releaseJobs,
		onReleased: relay.wake,
		logger,
	});
	const shown = [
		showBacklog(tools, operations.readBacklog),
		showWorkers(tools, operations.readWorkers),
		showQueues(tools, broker),
	];
	const files = createFiles(config);
	const background = startBackground({ config, logger, broker, operations, scheduler, files });
	const app = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: allRoutes({
			...operations,
			catalogue,
			plans: config.PLANS,
			checkInput: files.checkInput,
			sealer: createParamSealer(config.PARAM_KEYS),
			fingerprint: createFingerprint(config.INTERNAL_PRIVATE_KEY),
			watch: watch.watch,
			wakeScheduler: scheduler.wake,
			beatMs: config.WORKER_BEAT_MS,
		}),
		checks: { postgres: operations.ping, rabbitmq: () => broker.ping() },
		reports: { jobs: operations.readReport },
	});
	return {
		app,
		async drain() {
			watch.close();
			await Promise.all([background.stop(), scheduler.stop()]);
		},
		async close() {
			for (const part of shown) part.stop();
			await listener.close();
			await relay.stop();
			await broker.close();
			await prisma.$disconnect();
		},
	};
}

function connectDatabase(config: Config): PrismaClient {
	return createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl: config.JOBS_DATABASE_URL,
		directUrl: config.JOBS_DATABASE_DIRECT_URL,
		poolSize: config.JOBS_DATABASE_POOL_SIZE,
		applicationName: 'creatorr-jobs',
	});
}

function createFiles(config: Config): FilesClient {
	const sign = createIdentitySigner('jobs', config.INTERNAL_PRIVATE_KEY);
	const call = createInternalClient({
		name: 'files',
		baseUrl: config.FILES_URL,
		sign,
		timeoutMs: FILES_TIMEOUT_MS,
	});
	return createFilesClient(call);
}

function listen(
	config: Config,
	logger: Logger,
	{ relay, watch }: { relay: Relay; watch: JobWatch },
): NotificationListener {
	return createNotificationListener({
		databaseUrl: config.JOBS_DATABASE_DIRECT_URL ?? config.JOBS_DATABASE_URL,
		channels: [OUTBOX_CHANNEL, JOB_CHANGED_CHANNEL],
		onNotification: (channel, payload) => (channel === OUTBOX_CHANNEL ? relay.wake() : watch.tell(payload)),
		onReconnect: () => {
			relay.wake();
			watch.tellAll();
		},
		onLost: (error) => logger.warn('database.listener_lost', { error }),
	});
}
