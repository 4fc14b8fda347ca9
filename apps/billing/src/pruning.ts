import type { Logger } from '@creatorr/service/logger';

const INTERVAL_MS = 3_600_000;

/** Removes what is no longer needed, now and then. */
export function startPruning(prune: () => Promise<number>, logger: Logger): { stop(): void } {
	const timer = setInterval(() => {
		prune().then(
			(count) => logger.debug('stripe_events.pruned', { count }),
			(error: unknown) => logger.warn('stripe_events.prune_failed', { error }),
		);
	}, INTERVAL_MS);
	timer.unref();
	return { stop: () => clearInterval(timer) };
}
