import type { Logger } from '@creatorr/service/logger';
import { type Loop, startLoop } from './loop.ts';

interface JanitorOptions {
	/** Resolves to how many jobs it removed. */
	prune(): Promise<number>;
	logger: Logger;
}

const EVERY_MS = 10 * 60_000;

/** Removes what has been kept for long enough. */
export function startJanitor({ prune, logger }: JanitorOptions): Loop {
	const work = async () => {
		const removed = await prune();
		if (removed > 0) logger.info('jobs.pruned', { removed });
	};
	return startLoop(work, { everyMs: EVERY_MS, name: 'janitor', logger });
}
