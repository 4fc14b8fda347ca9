import type { Logger } from './logging/logger.ts';
import { type RunningTask, startTask } from './skeleton/task.ts';

export type Repeater = RunningTask;

/** Deprecated: services declare tasks. */
export function repeat({
	name,
	intervalMs,
	run,
	logger,
}: {
	name: string;
	intervalMs: number | (() => number);
	run(stopping: AbortSignal): Promise<unknown>;
	logger: Pick<Logger, 'warn'>;
}): Repeater {
	const everyMs = intervalMs;
	return startTask({ name, everyMs, run: (_deps, stopping) => run(stopping) }, { deps: undefined, logger });
}
