import { withToolLimits } from '@creatorr/contracts/plans';
import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { outboxMetrics, relayOutbox } from '@creatorr/messaging/outbox';
import { loadConfig } from '@creatorr/service/config';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { createSealer } from '@creatorr/tool-kit/params/secret-params';
import { loadCatalog } from '@creatorr/tools/catalog';
import { onAccountDeleted, onAccountVerified, onPlanChanged } from './accounts/account-events.ts';
import { eraseAccounts } from './accounts/erase-accounts.ts';
import { enforceComputeQuota } from './accounts/fail-jobs-over-quota.ts';
import { getJobUseRoute } from './accounts/get-job-use.ts';
import { expireLeases } from './attempts/expire-leases.ts';
import { onDeadLetteredOutcome, onJobFinished } from './attempts/finish.ts';
import { createLeaseGrace, MAX_GAP_MS } from './attempts/lease-grace.ts';
import { claimJobRoute, heartbeatRoute, onJobProgressed, returnJobRoute } from './attempts/worker-api.ts';
import { cancelJobRoute } from './cancel/cancel-job.ts';
import { type Config, configSchema } from './config.ts';
import { createJobRoute } from './create/create-job.ts';
import { createFingerprint } from './create/fingerprint.ts';
import { openJobsDatabase } from './database.sql.ts';
import { deleteJobRoute } from './delete/delete-job.ts';
import type { Deps } from './deps.ts';
import { dispatchJobs, preemptJobs } from './dispatch/dispatch-jobs.ts';
import { backlogMetrics, queueMetrics } from './dispatch/queue-metrics.ts';
import { failOrphanedJobs, onDeadLetteredRequest } from './dispatch/undispatchable.ts';
import { openFilesClient } from './files-client.ts';
import { JOB_CHANGED_CHANNEL } from './lifecycle/job.sql.ts';
import { readReport } from './operators/report.sql.ts';
import { getJobRoute } from './read/get-job.ts';
import { createJobNotifications } from './read/job-notifications.ts';
import { listJobsRoute } from './read/list-jobs.ts';
import { pollWatchedJobs } from './read/poll-watched-jobs.ts';
import { streamJobRoute } from './read/stream-job.ts';
import { pruneJobs } from './retention/prune.ts';
import { listToolsRoute } from './tools/list-tools.ts';
import { workerMetrics } from './workers/worker-metrics.ts';

async function connect(context: ServiceContext<Config>): Promise<Deps> {
	const catalog = await loadCatalog();
	const config = {
		...context.config,
		PLANS: withToolLimits(context.config.PLANS, catalog.values()),
	};
	const prisma = await openJobsDatabase(context);
	const messaging = await openBroker(context, { url: config.AMQP_URL, tools: [...catalog.keys()] });
	const notifications = createJobNotifications();
	context.onDrain(notifications.close);
	return {
		...messaging,
		config,
		prisma,
		catalog,
		files: openFilesClient(config),
		sealer: createSealer(config.PARAM_KEYS),
		fingerprint: createFingerprint(config.INTERNAL_PRIVATE_KEY),
		insertMutex: createKeyedMutex(),
		notifications,
		mayExpireLeases: createLeaseGrace({
			leaseMs: config.WORKER_LEASE_MS,
			maxGapMs: MAX_GAP_MS,
			startMs: performance.now(),
		}),
		wakeDispatch: () => context.wake(dispatchJobs),
		wakeEraseAccounts: () => context.wake(eraseAccounts),
		wakePoll: () => context.wake(pollWatchedJobs),
	};
}

export const jobs = defineService<Config, Deps>({
	name: 'jobs',
	readConfig: (environment, onDeprecated) => loadConfig(configSchema, environment, onDeprecated),
	connect,
	checks: ({ prisma, broker }) => ({ postgres: () => ping(prisma), rabbitmq: () => broker.ping() }),
	reports: ({ prisma, config }) => ({ jobs: () => readReport(prisma, config.WORKER_LEASE_MS) }),
	routes: [
		createJobRoute,
		listJobsRoute,
		getJobRoute,
		streamJobRoute,
		cancelJobRoute,
		deleteJobRoute,
		listToolsRoute,
		claimJobRoute,
		returnJobRoute,
		heartbeatRoute,
		getJobUseRoute,
	],
	metrics: [backlogMetrics, workerMetrics, queueMetrics, outboxMetrics],
	consumers: [
		onJobFinished,
		onJobProgressed,
		onDeadLetteredRequest,
		onDeadLetteredOutcome,
		onAccountDeleted,
		onAccountVerified,
		onPlanChanged,
	],
	tasks: [
		relayOutbox,
		dispatchJobs,
		preemptJobs,
		expireLeases,
		enforceComputeQuota,
		pollWatchedJobs,
		failOrphanedJobs,
		eraseAccounts,
		pruneJobs,
	],
	subscriptions: [
		{
			channel: JOB_CHANGED_CHANNEL,
			onNotification: ({ notifications }, jobId) => notifications.notify(jobId),
			onReconnect: ({ wakePoll }) => wakePoll(),
		},
	],
});
