import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@creatorr/service/logger';

interface Task {
	/** Named in the log. */
	name: string;
	intervalMs: number;
	run(): Promise<unknown>;
}

export interface Repeating {
	/** Waits for what is running. */
	stop(): Promise<void>;
}

/** Runs each task now and again that long after it has ended; one that fails is logged and comes again like the others. */
export function repeat(tasks: readonly Task[], logger: Logger): Repeating {
	const stopping = new AbortController();
	async function keepRunning({ name, intervalMs, run }: Task): Promise<void> {
		while (!stopping.signal.aborted) {
			await run().catch((error: unknown) => logger.warn('housekeeping.failed', { task: name, error }));
			await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
		}
	}
	const running = Promise.all(tasks.map(keepRunning));
	return {
		async stop() {
			stopping.abort();
			await running;
		},
	};
}
