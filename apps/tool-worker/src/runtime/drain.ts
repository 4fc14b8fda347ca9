import type { Attempts } from './attempts.ts';
import type { BackgroundJobs } from './background-jobs.ts';
import type { PriorityQueue } from './priority-queue.ts';

/** How long outputs that are made may still be stored after the grace. */
const STORE_MS = 2_000;
/** How long returning jobs and clearing up takes at most. */
const CLEAN_UP_MS = 5_000;

/** Returns how long a worker may take to stop, in milliseconds, before its process gives up. */
export function stopWithinMs(graceSeconds: number): number {
	return 1_000 * graceSeconds + STORE_MS + CLEAN_UP_MS;
}

interface CapacityOptions {
	tools: readonly string[];
	slotsPerTool: number;
	/** Of all tools together. */
	backgroundSlots: number;
	attempts: Attempts;
	backgroundJobs: BackgroundJobs;
}

/** What a worker tells jobs that it can run: what it has, and what it would take. */
export interface Capacity {
	slots(): Record<string, number>;
	backgroundSlots(): number;
	/** From now on the worker has slots for the jobs that it has and for no others: jobs must not dispatch for it. */
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

interface DrainOptions {
	graceSeconds: number;
	capacity: Capacity;
	consumers: readonly { stop(): Promise<void> }[];
	priorityQueue: PriorityQueue;
	attempts: Attempts;
	backgroundJobs: BackgroundJobs;
}

/**
 * Takes no more jobs and resolves when none is left. Messages that wait for a permit go back to their queue at once. Jobs may end
 * within the grace; then those whose tool still runs are returned, and {@link STORE_MS} later the others.
 */
export async function drain(options: DrainOptions): Promise<void> {
	const { graceSeconds, attempts, backgroundJobs } = options;
	options.capacity.close();
	options.priorityQueue.close();
	const graceMs = 1_000 * graceSeconds;
	const timers = [
		setTimeout(() => attempts.stopTools(), graceMs),
		setTimeout(() => attempts.stopAll(), graceMs + STORE_MS),
	];
	await Promise.all(options.consumers.map((consumer) => consumer.stop()));
	await backgroundJobs.settled();
	for (const timer of timers) clearTimeout(timer);
}
