import { setTimeout as sleep } from 'node:timers/promises';
import { beat } from '@creatorr/contracts/internal';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import type { Attempts } from './attempts.ts';

interface BeatOptions {
	workerId: string;
	jobs: InternalClient;
	attempts: Attempts;
	/** How many jobs of each tool this worker runs at once. */
	slots: Record<string, number>;
	logger: Logger;
}

/** Until jobs has said how often. */
const FIRST_BEAT_MS = 1_000;

/** Tells jobs again and again that this worker lives and what it runs; ends what jobs says it no longer should. */
export function startBeats(options: BeatOptions): { stop(): Promise<void> } {
	const stopping = new AbortController();
	let beatMs = FIRST_BEAT_MS;

	async function once(): Promise<void> {
		const answer = await options.jobs(beat, {
			params: { id: options.workerId },
			body: { slots: options.slots, running: options.attempts.running() },
		});
		beatMs = answer.data.beat_ms;
		for (const jobId of answer.data.stop) options.attempts.stop(jobId);
	}

	async function run(): Promise<void> {
		while (!stopping.signal.aborted) {
			await once().catch((error: unknown) => options.logger.warn('worker.beat_failed', { error }));
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
