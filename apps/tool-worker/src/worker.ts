import { jobCanceled, jobRequested } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { createPublisher } from '@creatorr/messaging/publisher';
import { toolQueue } from '@creatorr/messaging/topology';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import { createParamSealer } from '@creatorr/tool-kit/params/secret-params';
import { createWorkspaces, type Workspaces } from '@creatorr/tool-kit/pool/workspaces';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { loadTools } from '@creatorr/tools/runners';
import { createAttempts } from './attempts/attempts.ts';
import { createCapacity, startHeartbeats } from './attempts/heartbeats.ts';
import { handleJobRequested, type JobRequestedDeps } from './attempts/job-requested.ts';
import type { Config } from './config.ts';
import { drain } from './drain.ts';
import { prepareMachine, runnableTools } from './machine/prepare-machine.ts';
import { registerPrewarmedMetrics, registerScratchMetrics } from './metrics.ts';
import { createBackgroundJobs } from './scheduling/background-jobs.ts';
import { createPriorityQueue } from './scheduling/priority-queue.ts';

const CALL_TIMEOUT_MS = 10_000;
/** A fraction of a lease. */
const HEARTBEAT_TIMEOUT_MS = 3_000;
/** A job that runs longer continues at low priority. */
const LONG_MS = 10_000;

export interface Worker {
	broker: Broker;
	stop(): Promise<void>;
}

function openWorkspaces(
	tools: ReadonlyMap<string, Tool>,
	scratchRoot: string,
	config: Config,
	logger: Logger,
): Workspaces {
	return createWorkspaces(tools.values(), {
		scratchRoot,
		prewarmedPerTool: Math.min(config.TOOL_CONCURRENCY, config.WORKER_CONCURRENCY),
		jobsPerProcess: config.JOBS_PER_PROCESS,
		onProblem: (problem, error) => logger.error(problem, { error }),
	});
}

function createClients(config: Config) {
	const sign = createIdentitySigner('tool-worker', config.INTERNAL_PRIVATE_KEY);
	const client = (name: string, baseUrl: string, timeoutMs = CALL_TIMEOUT_MS) =>
		createInternalClient({ name, baseUrl, sign, timeoutMs });
	return {
		jobs: client('jobs', config.JOBS_URL),
		files: client('files', config.FILES_URL),
		heartbeats: client('jobs', config.JOBS_URL, HEARTBEAT_TIMEOUT_MS),
	};
}

function startConsumers(broker: Broker, deps: JobRequestedDeps, slotsPerTool: number): Consumer[] {
	const { logger, attempts } = deps;
	const requests = [...deps.tools.keys()].map((slug) =>
		startConsumer(broker, {
			queue: toolQueue(slug),
			definition: jobRequested,
			prefetch: slotsPerTool,
			logger,
			handle: (event) => handleJobRequested(deps, event),
		}),
	);
	const cancellations = startConsumer(broker, {
		queue: { broadcast: true },
		definition: jobCanceled,
		prefetch: 100,
		logger,
		handle: async (event) => attempts.stop(event.data.job_id),
	});
	return [...requests, cancellations];
}

/** Builds the worker and starts it. Throws where no tool or no sandbox can run. */
export async function startWorker(config: Config, logger: Logger): Promise<Worker> {
	const scratchHome = await prepareMachine(config.SCRATCH_DIR, logger);
	const { tools, capabilities } = await runnableTools((await loadTools()).values(), scratchHome.path, logger);
	const workerId = `${config.WORKER_NAME}-${newId('evt').slice(4)}`;
	const broker = await connectBroker({
		url: config.AMQP_URL,
		name: workerId,
		logger,
		tools: [...tools.keys()],
	});
	const workspaces = openWorkspaces(tools, scratchHome.path, config, logger);
	const readings = [registerPrewarmedMetrics(workspaces), registerScratchMetrics(config.SCRATCH_DIR)];
	const attempts = createAttempts();
	const priorityQueue = createPriorityQueue({ permits: config.WORKER_CONCURRENCY, longMs: LONG_MS });
	const backgroundJobs = createBackgroundJobs({
		slots: config.LONG_JOBS,
		slotsPerTool: config.TOOL_CONCURRENCY,
		onError: (error) => logger.error('job.lost', { error }),
	});
	const clients = createClients(config);
	const deps: JobRequestedDeps = {
		jobs: clients.jobs,
		files: clients.files,
		publish: createPublisher(broker),
		attempts,
		tools,
		workspaces,
		workerId,
		priorityQueue,
		backgroundJobs,
		longMs: LONG_MS,
		sealer: createParamSealer(config.PARAM_KEYS),
		logger,
	};
	const consumers = startConsumers(broker, deps, config.TOOL_CONCURRENCY);
	const capacity = createCapacity({
		...{ tools: [...tools.keys()], slotsPerTool: config.TOOL_CONCURRENCY },
		...{ backgroundSlots: config.LONG_JOBS, attempts, backgroundJobs },
	});
	const heartbeats = startHeartbeats({
		...{ workerId, jobs: clients.heartbeats, attempts, capacity, capabilities, logger },
	});
	logger.info('worker.ready', {
		worker_id: workerId,
		tools: [...tools.keys()],
		concurrency: config.TOOL_CONCURRENCY,
	});
	return {
		broker,
		async stop() {
			const graceSeconds = config.TERMINATION_GRACE_SECONDS;
			await drain({ graceSeconds, capacity, consumers, priorityQueue, attempts, backgroundJobs });
			for (const reading of readings) reading.stop();
			await workspaces.stop();
			await scratchHome.release();
			await heartbeats.stop();
			await broker.close();
		},
	};
}
