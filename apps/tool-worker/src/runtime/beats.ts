import { setTimeout as sleep } from 'node:timers/promises';
import { beat } from '@creatorr/contracts/internal';
import type { Capabilities } from '@creatorr/contracts/jobs';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import type { Attempts } from './attempts.ts';
import type { Capacity } from './drain.ts';

interface BeatOptions {
	workerId: string;
	/** Must give up on an answer well before a lease runs out. */
	jobs: InternalClient;
	attempts: Attempts;
	capacity: Pick<Capacity, 'slots' | 'backgroundSlots'>;
	/** What each tool can choose from on this machine. */
	capabilities: Record<string, Capabilities>;
	logger: Logger;
}

/** Until jobs has said how often. */
const FIRST_BEAT_MS = 1_000;

/** Tells jobs again and again that this worker lives and what it runs; ends what jobs says it no longer should. */
export function startBeats(options: BeatOptions): { stop(): Promise<void> } {
	const stopping = new AbortController();
	let beatMs = FIRST_BEAT_MS;

	async function once(): Promise<void> {
		const running = options.attempts.leased();
		const { workerId, capacity, capabilities } = options;
		const answer = await options.jobs(beat, {
			params: { id: workerId },
			body: {
				...{ slots: capacity.slots(), background_slots: capacity.backgroundSlots() },
				...{ capabilities, running },
			},
		});
		beatMs = answer.data.beat_ms;
		const stop = new Set(answer.data.stop);
		for (const { job_id, attempt } of running) if (stop.has(job_id)) options.attempts.stop(job_id, attempt);
	}

	async function run(): Promise<void> {
		while (!stopping.signal.aborted) {
			// Not waited for: one that hangs must not hold up the next, or every lease runs out.
			once().catch((error: unknown) => options.logger.warn('worker.beat_failed', { error }));
			await sleep(beatMs, undefined, { signal: stopping.signal }).catch(() => undefined);
		}
	}

	const running = run();
	return {
		async stop() {
			stopping.abort();
			await running;
		},
	};
}
