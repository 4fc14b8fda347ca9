import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { watchOutbox } from './outbox-metrics.ts';

export interface Relay {
	/** Call it when rows were committed: on the notification, and after a local commit. */
	wake(): void;
	stop(): Promise<void>;
}

interface RelayOptions {
	/** Publishes some rows of the outbox and removes those that were confirmed; resolves to how many. Rejects when none could be. */
	publishBatch: () => Promise<number>;
	/** How far it is behind, for whoever scrapes metrics. */
	readLag: Parameters<typeof watchOutbox>[0];
	logger: Logger;
}

/** Finds what a lost notification left behind. */
const SAFETY_POLL_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

/** Empties the outbox whenever it is woken, tries again with growing pauses while the broker or the database is away. */
export function startRelay(options: RelayOptions): Relay {
	let awake = false;
	let stopped = false;
	let interrupt: () => void = () => undefined;
	let idle = false;

	function pause(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			interrupt = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	async function drain(): Promise<void> {
		let retryMs = FIRST_RETRY_MS;
		while (!stopped) {
			try {
				if ((await options.publishBatch()) === 0) return;
				crashPoint('relay.committed');
				retryMs = FIRST_RETRY_MS;
			} catch (error) {
				options.logger.warn('outbox.publish_failed', { error, retry_ms: retryMs });
				await pause(retryMs);
				retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
			}
		}
	}

	async function run(): Promise<void> {
		while (!stopped) {
			awake = false;
			await drain();
			idle = !awake && !stopped;
			if (idle) await pause(SAFETY_POLL_MS);
			idle = false;
		}
	}

	const watch = watchOutbox(options.readLag);
	const running = run();
	return {
		wake() {
			awake = true;
			// Not out of a pause between tries: a busy service would hammer a broker that is away.
			if (idle) interrupt();
		},
		async stop() {
			stopped = true;
			interrupt();
			watch.stop();
			await running;
		},
	};
}
