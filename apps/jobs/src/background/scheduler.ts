import type { Logger } from '@creatorr/service/logger';
import { startLoop } from './loop.ts';

export interface Scheduler {
	/** A job was queued or has ended, a worker has come, or a plan has changed: jobs may be released. */
	wake(): void;
	stop(): Promise<void>;
}

interface SchedulerOptions {
	/** Resolves to how many were released. */
	release(): Promise<number>;
	/** Requests for workers stand in the outbox. */
	onReleased(): void;
	logger: Logger;
}

/** Finds what a process left behind that ended between its commit and its wake. */
const SAFETY_TICK_MS = 2_000;

/**
 * Releases waiting jobs. Each process wakes its own scheduler after each of its own commits: telling all replicas of every
 * commit would make them all do the same work, one after the other.
 */
export function startScheduler({ release, onReleased, logger }: SchedulerOptions): Scheduler {
	const work = async () => {
		const released = await release();
		if (released === 0) return;
		logger.debug('jobs.released', { released });
		onReleased();
	};
	return startLoop(work, { everyMs: SAFETY_TICK_MS, name: 'scheduler', logger });
}
