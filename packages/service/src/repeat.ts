import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from './context.ts';
import type { Logger } from './logger.ts';

interface Repeated {
	/** Named in the log when a run fails. */
	name: string;
	/** From the begin of one run to that of the next; where it varies, it is asked for after each run. */
	intervalMs: number | (() => number);
	run(stopping: AbortSignal): Promise<unknown>;
	logger: Pick<Logger, 'warn'>;
}

export interface Repeater {
	/** Has it run soon; a wake during a run makes it run again afterwards. */
	wake(): void;
	/** Tells the run that is going on, waits for its end, and begins no other. */
	stop(): Promise<void>;
}

/** Replicas that were started together part, as no pause is quite as long as another. */
const SHORTENED_BY_AT_MOST = 0.2;

/**
 * Runs now and then again and again, never twice at once, each time under a request id of its own. A run that fails is logged
 * and does not end it; one that takes longer than the interval is followed at once by the next.
 */
export function repeat({ name, intervalMs, run, logger }: Repeated): Repeater {
	const stopping = new AbortController();
	let interrupt = new AbortController();

	async function loop(): Promise<void> {
		while (!stopping.signal.aborted) {
			interrupt = new AbortController();
			const startedAtMs = performance.now();
			await withRequestId(newId('req'), async () => run(stopping.signal)).catch((error: unknown) => {
				logger.warn(`${name}.failed`, { error });
			});
			if (stopping.signal.aborted) return;
			const everyMs = typeof intervalMs === 'number' ? intervalMs : intervalMs();
			const dueAtMs = startedAtMs + everyMs * (1 - SHORTENED_BY_AT_MOST * Math.random());
			const leftMs = Math.max(0, dueAtMs - performance.now());
			await sleep(leftMs, undefined, { signal: interrupt.signal }).catch(() => undefined);
		}
	}

	const running = loop();
	return {
		wake: () => interrupt.abort(),
		async stop() {
			stopping.abort();
			interrupt.abort();
			await running;
		},
	};
}
