import type { BackgroundJobs } from '../scheduling/background-jobs.ts';
import type { FullPrioritySemaphore } from '../scheduling/full-priority-semaphore.ts';
import type { Attempts } from './attempts.ts';
import type { Capacity } from './heartbeats.ts';

/** Time to store finished outputs after the grace period. */
const STORE_MS = 2_000;
/** Time limit for returning jobs. */
const RETURN_MS = 3_000;

/** Returns how long a drain may take, in milliseconds, before the process closes anyway. */
export function drainMs(graceSeconds: number): number {
	return 1_000 * graceSeconds + STORE_MS + RETURN_MS;
}

interface DrainOptions {
	graceSeconds: number;
	capacity: Pick<Capacity, 'close'>;
	consumers: readonly { stop(): Promise<void> }[];
	fullPrioritySemaphore: FullPrioritySemaphore;
	attempts: Attempts;
	backgroundJobs: BackgroundJobs;
}

/**
 * Stops consuming, and resolves when no job is left. Messages that wait for a permit return to their queue at once. Jobs may finish
 * within the grace period; then jobs whose tool still runs are returned, and {@link STORE_MS} later the others.
 */
export async function drain(options: DrainOptions): Promise<void> {
	const { graceSeconds, attempts, backgroundJobs } = options;
	options.capacity.close();
	options.fullPrioritySemaphore.close();
	const graceMs = 1_000 * graceSeconds;
	const timers = [
		setTimeout(() => attempts.abortAll({ includeStoring: false }), graceMs),
		setTimeout(() => attempts.abortAll({ includeStoring: true }), graceMs + STORE_MS),
	];
	await Promise.all(options.consumers.map((consumer) => consumer.stop()));
	await backgroundJobs.waitForAll();
	for (const timer of timers) clearTimeout(timer);
}
