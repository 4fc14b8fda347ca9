import { gauge } from '@creatorr/service/metrics';

/** A broker that has confirmed nothing for this long while publishes wait counts as down. */
export const STALLED_AFTER_MS = 60_000;
/** Publishes are retried more often than this. Without a newer failure, no publish waits any more. */
const FAILURE_IS_OLD_MS = 30_000;

/**
 * Notices a broker that accepts messages and confirms none: a node whose write-ahead log died on a full disk keeps its
 * connections open until it restarts. One watch serves the whole process, as there is one broker.
 */
export function createConfirmWatch(nowMs: () => number = () => performance.now()) {
	let waitingSinceMs: number | undefined;
	let lastFailureMs = 0;

	return {
		confirmed(): void {
			waitingSinceMs = undefined;
		},
		/** A publish that began at `startedAtMs` was not confirmed in time, or was refused. */
		failed(startedAtMs: number): void {
			if (nowMs() - lastFailureMs > FAILURE_IS_OLD_MS) waitingSinceMs = undefined;
			waitingSinceMs ??= startedAtMs;
			lastFailureMs = nowMs();
		},
		/** Returns for how long publishes have waited without any confirm; 0 while the broker confirms or nothing is published. */
		stalledMs(): number {
			if (waitingSinceMs === undefined || nowMs() - lastFailureMs > FAILURE_IS_OLD_MS) return 0;
			return nowMs() - waitingSinceMs;
		},
	};
}

export const confirmWatch = createConfirmWatch();

gauge({
	name: 'creatorr_broker_unconfirmed_seconds',
	help: 'How long publishes of this process have waited for a confirm from RabbitMQ; 0 if none waits',
	read: () => confirmWatch.stalledMs() / 1_000,
});
