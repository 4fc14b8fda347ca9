import type { Broker } from '@creatorr/messaging/connection';
import type { Consumer } from '@creatorr/messaging/consumer';
import type { Logger } from '@creatorr/service/logger';
import type { Repeater } from '@creatorr/service/repeat';
import { startJanitor } from './background/janitor.ts';
import type { Scheduler } from './background/scheduler.ts';
import { startWatchdog } from './background/watchdog.ts';
import type { Config } from './config.ts';
import { consumeAccountDeleted } from './consumers/account-deleted.ts';
import { consumeAccountVerified } from './consumers/account-verified.ts';
import { consumeDeadLetters } from './consumers/dead-letters.ts';
import { consumeJobFinished } from './consumers/job-finished.ts';
import { consumeJobProgressed } from './consumers/job-progressed.ts';
import { consumePlanChanged } from './consumers/plan-changed.ts';
import type { Operations } from './data/operations.ts';
import type { FilesClient } from './files-client.ts';

interface Parts {
	config: Config;
	logger: Logger;
	broker: Broker;
	operations: Operations;
	scheduler: Scheduler;
	files: FilesClient;
}

/** Starts everything that runs without being asked over HTTP, besides the scheduler. */
export function startBackground(parts: Parts): { stop(): Promise<void> } {
	const running = [...startConsumers(parts), ...startLoops(parts)];
	return {
		async stop() {
			await Promise.all(running.map((part) => part.stop()));
		},
	};
}

function startConsumers({ config, broker, logger, operations, scheduler, files }: Parts): Consumer[] {
	const deps = { ...operations, plans: config.PLANS, wakeScheduler: scheduler.wake };
	const finishDeps: Parameters<typeof consumeJobFinished>[2] = {
		...operations,
		publishOutput: files.publishOutput,
		discardOutputs: files.discardOutputs,
		async settleAttempt(finished) {
			const settled = await operations.settleAttempt(finished);
			scheduler.wake();
			return settled;
		},
	};
	return [
		consumeJobFinished(broker, logger, finishDeps),
		consumeJobProgressed(broker, logger, deps),
		consumeAccountDeleted(broker, logger, deps),
		consumeAccountVerified(broker, logger, deps),
		consumeDeadLetters(broker, logger, deps),
		consumePlanChanged(broker, logger, deps),
	];
}

function startLoops({ config, logger, operations, scheduler, files }: Parts): Repeater[] {
	/** One may have been published by a process that died before it could say so. */
	const discardOutputs = (jobId: string) => {
		files
			.discardOutputs(jobId)
			.catch((error: unknown) => logger.warn('outputs.not_discarded', { jobId, error }));
	};
	const watchdog = startWatchdog({
		leaseMs: config.WORKER_LEASE_MS,
		ping: operations.ping,
		expireLeases: operations.expireLeases,
		onLost: (lost) => {
			scheduler.wake();
			for (const { jobId, failed } of lost) if (failed) discardOutputs(jobId);
		},
		logger,
	});
	const janitor = startJanitor({
		prune: operations.prune,
		failOrphans: operations.failOrphans,
		onFailed: (jobIds) => {
			scheduler.wake();
			for (const jobId of jobIds) discardOutputs(jobId);
		},
		logger,
	});
	return [watchdog, janitor];
}
