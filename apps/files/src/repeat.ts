import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '@creatorr/service/context';
import type { Logger } from '@creatorr/service/logger';

interface Repeated {
	/** Named in the log when a run fails. */
	name: string;
	intervalMs: number;
	run(stopping: AbortSignal): Promise<void>;
	logger: Logger;
}

export interface Repeater {
	/** Lets the run that is going on come to its end, and begins no other. */
	stop(): Promise<void>;
}

/**
 * Runs now and again after each pause, never twice at once; a run that fails is logged and does not end it. Pauses vary by a
 * fifth, so that replicas that were started together part.
 */
export function repeat({ name, intervalMs, run, logger }: Repeated): Repeater {
	const stopping = new AbortController();
	const { signal } = stopping;

	async function loop(): Promise<void> {
		while (!signal.aborted) {
			await withRequestId(newId('req'), () => run(signal)).catch((error: unknown) => {
				logger.error(`${name}.failed`, { error });
			});
			const pauseMs = intervalMs * (0.9 + 0.2 * Math.random());
			await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
		}
	}

	const running = loop();
	return {
		async stop() {
			stopping.abort();
			await running;
		},
	};
}
