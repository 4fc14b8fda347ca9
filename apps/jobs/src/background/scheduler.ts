import type { Logger } from '@creatorr/service/logger';
import { type Loop, startLoop } from './loop.ts';

export interface Scheduler {
	/** A job of this tool was queued or has ended, or a worker has come: jobs may be released. */
	wake(tool: string): void;
	/** As {@link Scheduler.wake}, for every tool. */
	wakeAll(): void;
	stop(): Promise<void>;
}

interface SchedulerOptions {
	tools: Iterable<string>;
	/** Resolves to how many were released. */
	release(tool: string): Promise<number>;
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
export function startScheduler(options: SchedulerOptions): Scheduler {
	const loops = new Map<string, Loop>();
	for (const tool of options.tools) {
		const work = async () => {
			const released = await options.release(tool);
			if (released === 0) return;
			options.logger.debug('jobs.released', { tool, released });
			options.onReleased();
		};
		loops.set(tool, startLoop(work, { everyMs: SAFETY_TICK_MS, name: 'scheduler', logger: options.logger }));
	}
	return {
		wake: (tool) => loops.get(tool)?.wake(),
		wakeAll() {
			for (const loop of loops.values()) loop.wake();
		},
		async stop() {
			await Promise.all([...loops.values()].map((loop) => loop.stop()));
		},
	};
}
