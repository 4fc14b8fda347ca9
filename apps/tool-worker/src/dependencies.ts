import { jobCanceled, jobRequested } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { createPublisher } from '@creatorr/messaging/publisher';
import { toolQueue } from '@creatorr/messaging/topology';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import { checkSandbox } from '@creatorr/tool-kit/sandbox/check-sandbox';
import { type ScratchHome, claimScratchHome } from '@creatorr/tool-kit/scratch/scratch-home';
import { createParamSealer } from '@creatorr/tool-kit/params/secret-params';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { type Workspaces, createWorkspaces } from '@creatorr/tool-kit/pool/workspaces';
import { loadTools } from '@creatorr/tools/runners';
import type { Config } from './config.ts';
import { handleJobRequested, type JobRequestedDeps } from './consumers/job-requested.ts';
import { createAttempts } from './runtime/attempts.ts';
import { createBackgroundJobs } from './runtime/background-jobs.ts';
import { startBeats } from './runtime/beats.ts';
import { createCapacity, drain } from './runtime/drain.ts';
import { createPriorityQueue } from './runtime/priority-queue.ts';
import { runnableTools } from './runtime/runnable-tools.ts';
import { showScratch, showStandbys } from './worker-metrics.ts';

const CALL_TIMEOUT_MS = 10_000;
/** A few of them fit into a lease. */
const BEAT_TIMEOUT_MS = 3_000;
/** A job that has run for so long goes on behind others. */
const LONG_MS = 10_000;

export interface Worker {
	broker: Broker;
	stop(): Promise<void>;
}

async function prepareMachine(config: Config, logger: Logger): Promise<ScratchHome> {
	const home = await claimScratchHome(config.SCRATCH_DIR);
	if (home.removedJobs > 0) logger.warn('scratch.stale_removed', { count: home.removedJobs });
	const problem = await checkSandbox(home.path);
	if (problem) {
		await home.release();
		throw new Error(`this worker runs no tool outside a sandbox: ${problem}`);
	}
	return home;
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
		beats: client('jobs', config.JOBS_URL, BEAT_TIMEOUT_MS),
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
	const scratchHome = await prepareMachine(config, logger);
	const { tools, capabilities } = await runnableTools((await loadTools()).values(), scratchHome.path, logger);
	const workerId = `${config.WORKER_NAME}-${newId('evt').slice(4)}`;
	const broker = await connectBroker({
		url: config.AMQP_URL,
		name: workerId,
		logger,
		tools: [...tools.keys()],
	});
	const workspaces = openWorkspaces(tools, scratchHome.path, config, logger);
	const readings = [showStandbys(workspaces), showScratch(config.SCRATCH_DIR)];
	const attempts = createAttempts();
	const priorityQueue = createPriorityQueue({ permits: config.WORKER_CONCURRENCY, longMs: LONG_MS });
	const backgroundJobs = createBackgroundJobs({
		most: config.LONG_JOBS,
		slotsPerTool: config.TOOL_CONCURRENCY,
		onError: (error) => logger.error('job.lost', { error }),
	});
	const { jobs, files, beats: beatClient } = createClients(config);
	const deps: JobRequestedDeps = {
		jobs,
		files,
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
	const beats = startBeats({
		...{ workerId, jobs: beatClient, attempts, capacity, capabilities, logger },
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
			await beats.stop();
			await broker.close();
		},
	};
}
