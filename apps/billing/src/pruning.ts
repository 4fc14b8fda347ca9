import type { Logger } from '@creatorr/service/logger';

const INTERVAL_MS = 3_600_000;

/** Removes what is no longer needed, by what it is, now and then. */
export function startPruning(
	prunings: Readonly<Record<string, () => Promise<number>>>,
	logger: Logger,
): { stop(): void } {
	const timer = setInterval(() => {
		for (const [what, prune] of Object.entries(prunings)) {
			prune().then(
				(count) => logger.debug(`${what}.pruned`, { count }),
				(error: unknown) => logger.warn(`${what}.prune_failed`, { error }),
			);
		}
	}, INTERVAL_MS);
	timer.unref();
	return { stop: () => clearInterval(timer) };
}
