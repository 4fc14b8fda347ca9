import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';

interface JanitorOptions {
	/** Resolves to how many of what it removed. */
	prune(): Promise<Record<string, number>>;
	/** Ends jobs whose tool is gone; resolves to their ids. */
	failOrphans(): Promise<string[]>;
	onFailed(jobIds: string[]): void;
	logger: Logger;
}

const EVERY_MS = 10 * 60_000;

/** Removes what has been kept for long enough, and ends what would wait for ever. */
export function startJanitor({ prune, failOrphans, onFailed, logger }: JanitorOptions): Repeater {
	const work = async () => {
		const failed = await failOrphans();
		if (failed.length > 0) {
			logger.warn('jobs.tool_gone', { failed: failed.length });
			onFailed(failed);
		}
		const removed = await prune();
		if (Object.values(removed).some((count) => count > 0)) logger.info('jobs.pruned', removed);
	};
	return repeat({ name: 'janitor', intervalMs: EVERY_MS, run: work, logger });
}
