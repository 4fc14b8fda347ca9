import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { repeat } from '@creatorr/service/repeat';

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
		crashPoint('jobs.release.committed');
		logger.debug('jobs.released', { released });
		onReleased();
	};
	return repeat({ name: 'scheduler', intervalMs: SAFETY_TICK_MS, run: work, logger });
}
