import { setTimeout as sleep } from 'node:timers/promises';
import { beat } from '@creatorr/contracts/internal';
import type { Capabilities } from '@creatorr/contracts/jobs';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import type { BackgroundJobs } from '../scheduling/background-jobs.ts';
import type { Attempts } from './attempts.ts';

interface HeartbeatOptions {
	workerId: string;
	/** Its timeout must be a fraction of a lease. */
	jobs: InternalClient;
	attempts: Attempts;
	capacity: Pick<Capacity, 'slots' | 'backgroundSlots'>;
	/** What each tool offers on this machine. */
	capabilities: Record<string, Capabilities>;
	logger: Logger;
}

/** Used until jobs has answered with the interval. */
const FIRST_INTERVAL_MS = 1_000;

/** Sends heartbeats to jobs, which renew the leases of this worker's attempts; ends the attempts that jobs answers with. */
export function startHeartbeats(options: HeartbeatOptions): { stop(): Promise<void> } {
	const stopping = new AbortController();
	let intervalMs = FIRST_INTERVAL_MS;

	async function sendHeartbeat(): Promise<void> {
		const running = options.attempts.leased();
		const { workerId, capacity, capabilities } = options;
		const answer = await options.jobs(beat, {
			params: { id: workerId },
			body: {
				...{ slots: capacity.slots(), background_slots: capacity.backgroundSlots() },
				...{ capabilities, running },
			},
		});
		intervalMs = answer.data.beat_ms;
		const stop = new Set(answer.data.stop);
		for (const { job_id, attempt } of running) if (stop.has(job_id)) options.attempts.stop(job_id, attempt);
	}

	async function run(): Promise<void> {
		while (!stopping.signal.aborted) {
			// Not awaited: a hanging request must not delay the next, or all leases expire.
			sendHeartbeat().catch((error: unknown) => options.logger.warn('worker.beat_failed', { error }));
			await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
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

interface CapacityOptions {
	tools: readonly string[];
	slotsPerTool: number;
	/** For all tools together. */
	backgroundSlots: number;
	attempts: Attempts;
	backgroundJobs: BackgroundJobs;
}

/** The slots that a worker reports to jobs: those that its jobs use, and those that are free. */
export interface Capacity {
	slots(): Record<string, number>;
	backgroundSlots(): number;
	/** From now on the worker reports slots for the jobs that it has and no free ones, so that jobs dispatches none to it. */
	close(): void;
}

export function createCapacity(options: CapacityOptions): Capacity {
	const { tools, slotsPerTool, attempts, backgroundJobs } = options;
	let isClosed = false;
	return {
		slots() {
			const leased = attempts.leasedByTool();
			const slotsOf = (tool: string) =>
				isClosed ? (leased.get(tool) ?? 0) : slotsPerTool + backgroundJobs.count(tool);
			return Object.fromEntries(tools.map((tool) => [tool, slotsOf(tool)]));
		},
		backgroundSlots: () =>
			isClosed ? attempts.leased().filter(({ background }) => background).length : options.backgroundSlots,
		close() {
			isClosed = true;
		},
	};
}
