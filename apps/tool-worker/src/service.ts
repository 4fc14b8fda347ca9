import { randomUUID } from 'node:crypto';
import { openBroker } from '@creatorr/messaging/open-broker';
import { loadConfig } from '@creatorr/service/config';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import { createSealer } from '@creatorr/tool-kit/params/secret-params';
import { createWorkspaces } from '@creatorr/tool-kit/pool/workspaces';
import { loadTools } from '@creatorr/tools/runners';
import { createAttempts } from './attempts/attempts.ts';
import { onJobCanceled, onJobRequested } from './attempts/consumers.ts';
import { drainMs } from './attempts/drain.ts';
import { createCapacity, INITIAL_HEARTBEAT_INTERVAL_MS, sendHeartbeats } from './attempts/heartbeats.ts';
import { type Config, configSchema } from './config.ts';
import { prepareMachine, runnableTools } from './machine/prepare-machine.ts';
import { killMetrics, prewarmedMetrics, scratchMetrics } from './metrics.ts';
import { createBackgroundJobs } from './scheduling/background-jobs.ts';
import { createFullPrioritySemaphore } from './scheduling/full-priority-semaphore.ts';

const CALL_TIMEOUT_MS = 10_000;
/** A fraction of a lease. */
const HEARTBEAT_TIMEOUT_MS = 3_000;
/** A job that runs longer continues at low priority. */
const LONG_MS = 10_000;
/** While other users wait. A small file takes less. */
const TIME_SLICE_MS = 2_000;

/** Prepares the machine and connects. Throws if no tool or no sandbox can run. */
async function connect(context: ServiceContext<Config>) {
	const { config, logger } = context;
	const scratchHome = await prepareMachine(config.SCRATCH_DIR, logger);
	context.onClose(scratchHome.release);
	const { tools, capabilities } = await runnableTools((await loadTools()).values(), scratchHome.path, logger);
	const slugs = [...tools.keys()];
	const workerId = `${config.WORKER_NAME}-${randomUUID()}`;
	const messaging = await openBroker({ ...context, name: workerId }, { url: config.AMQP_URL, tools: slugs });
	const workspaces = createWorkspaces(tools.values(), {
		scratchRoot: scratchHome.path,
		prewarmedPerTool: Math.min(config.TOOL_CONCURRENCY, config.WORKER_CONCURRENCY),
		jobsPerProcess: config.JOBS_PER_PROCESS,
		onProblem: (problem, error) => logger.error(problem, { error }),
	});
	context.onClose(workspaces.stop);
	const slotsPerTool = config.TOOL_CONCURRENCY;
	const attempts = createAttempts();
	const backgroundJobs = createBackgroundJobs({
		slots: config.BACKGROUND_SLOTS,
		slotsPerTool,
		onError: (error, jobId) => logger.error('job.background_failed', { job_id: jobId, error }),
	});
	const capacity = createCapacity({
		tools: slugs,
		slotsPerTool,
		backgroundSlots: config.BACKGROUND_SLOTS,
		attempts,
		backgroundJobs,
	});
	logger.info('worker.ready', { worker_id: workerId, tools: slugs, tool_concurrency: slotsPerTool });
	return {
		...messaging,
		...internalClients(config),
		workerId,
		tools,
		capabilities,
		workspaces,
		attempts,
		backgroundJobs,
		capacity,
		slotsPerTool,
		fullPrioritySemaphore: createFullPrioritySemaphore({
			permits: config.WORKER_CONCURRENCY,
			longMs: LONG_MS,
			timeSliceMs: TIME_SLICE_MS,
		}),
		longMs: LONG_MS,
		heartbeat: { intervalMs: INITIAL_HEARTBEAT_INTERVAL_MS },
		graceSeconds: config.TERMINATION_GRACE_SECONDS,
		scratchDir: config.SCRATCH_DIR,
		sealer: createSealer(config.PARAM_KEYS),
	};
}

function internalClients(config: Config) {
	const sign = createIdentitySigner('tool-worker', config.INTERNAL_PRIVATE_KEY);
	const client = (name: string, baseUrl: string, timeoutMs = CALL_TIMEOUT_MS) =>
		createInternalClient({ name, baseUrl, sign, timeoutMs });
	return {
		jobs: client('jobs', config.JOBS_URL),
		files: client('files', config.FILES_URL),
		heartbeatClient: client('jobs', config.JOBS_URL, HEARTBEAT_TIMEOUT_MS),
	};
}

export const toolWorker = defineService({
	name: 'tool-worker',
	readConfig: (environment, onDeprecated) => loadConfig(configSchema, environment, onDeprecated),
	connect,
	checks: ({ broker }) => ({ rabbitmq: () => broker.ping() }),
	metrics: [killMetrics, prewarmedMetrics, scratchMetrics],
	consumers: [onJobRequested, onJobCanceled],
	tasks: [sendHeartbeats],
	// Health and metrics stay available while long jobs drain.
	closesPortLast: true,
	drainMs: ({ TERMINATION_GRACE_SECONDS }) => drainMs(TERMINATION_GRACE_SECONDS),
});
