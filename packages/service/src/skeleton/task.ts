import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '../logging/context.ts';
import type { Logger } from '../logging/logger.ts';
import { type LeasedRun, type LeaseOptions, runWithLease } from './lease.ts';

/** Work that a service repeats in the background. `Deps` is what its `run` takes of the service. */
export interface Task<Deps> {
	/** Unique in its service; prefixes its log events. */
	name: string;
	/**
	 * From the start of one run to the start of the next, shortened by up to 20% so that replicas spread out. `once`: the task ends with
	 * the first run that succeeds.
	 */
	everyMs: number | ((deps: Deps) => number) | 'once';
	/** Postgres channels: a notification on one of them wakes the task. */
	on?: readonly string[];
	/** Stops only after requests, consumers and other tasks have ended, because it finishes what they leave. */
	stopsLast?: boolean;
	/** Without a lease, several processes may run the task at the same time: see {@link LeasedTask}. */
	lease?: undefined;
	/** Never runs twice at once in one process. Must stop soon after `stopping` aborts. */
	run(deps: Deps, stopping: AbortSignal): Promise<unknown>;
}

/** Work that one process at a time repeats. When a process stops or dies during a run, another continues from the last checkpoint. */
export interface LeasedTask<Deps> {
	name: string;
	/** From the end of a completed run to the start of the next, in whichever process. */
	everyMs: number | ((deps: Deps) => number);
	lease: LeaseOptions<Deps>;
	/** Must stop soon after `stopping` aborts or a checkpoint returns false, and return whether the run is complete. */
	run(deps: Deps, leased: LeasedRun, stopping: AbortSignal): Promise<'done' | 'interrupted'>;
}

/** How often each process tries to acquire the lease of a task. */
const ACQUIRE_EVERY_MS = 60_000;

/** Declares a task. Its service runs it: see {@link startTask}. */
export function defineTask<Deps>(task: Task<Deps> | LeasedTask<Deps>): Task<Deps> {
	if (!task.lease) return task;
	const { name, lease } = task;
	return {
		name,
		everyMs: ACQUIRE_EVERY_MS,
		run: (deps, stopping) =>
			runWithLease((leased) => task.run(deps, leased, stopping), {
				...{ task: name, leases: lease.store(deps), leaseMs: lease.leaseMs, retryMs: lease.retryMs },
				everyMs: resolveInterval(task, deps),
			}),
	};
}

function resolveInterval<Deps>({ everyMs }: Pick<Task<Deps>, 'everyMs'>, deps: Deps): number {
	if (everyMs === 'once') return Number.POSITIVE_INFINITY;
	return typeof everyMs === 'number' ? everyMs : everyMs(deps);
}

export interface RunningTask {
	/** Runs the task soon; a wake during a run causes another run. A wake does not shorten the pause after a failure. */
	wake(): void;
	/** Aborts `stopping`, waits for the current run and starts no other. */
	stop(): Promise<void>;
}

const JITTER = 0.2;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/**
 * Runs the task now and then repeatedly, each time under a request id of its own. A failed run is logged as `<name>.failed` and
 * retried after 100 ms, then after twice as long each time, up to 5 s or the task's interval.
 */
export function startTask<Deps>(
	task: Task<Deps>,
	{ deps, logger }: { deps: Deps; logger: Pick<Logger, 'warn'> },
): RunningTask {
	const stopping = new AbortController();
	let interrupt = new AbortController();
	let retryMs = FIRST_RETRY_MS;

	async function runOnce(): Promise<boolean> {
		try {
			await withRequestId(newId('req'), async () => task.run(deps, stopping.signal));
			retryMs = FIRST_RETRY_MS;
			return true;
		} catch (error) {
			logger.warn(`${task.name}.failed`, { error });
			return false;
		}
	}

	async function loop(): Promise<void> {
		while (!stopping.signal.aborted) {
			interrupt = new AbortController();
			const startedAtMs = performance.now();
			const isDone = await runOnce();
			if (isDone && task.everyMs === 'once') return;
			const everyMs = resolveInterval(task, deps);
			const pauseMs = isDone
				? startedAtMs + everyMs - performance.now()
				: Math.min(retryMs, everyMs, MAX_RETRY_MS);
			if (!isDone) retryMs *= 2;
			const signal = isDone ? AbortSignal.any([interrupt.signal, stopping.signal]) : stopping.signal;
			await sleep(Math.max(0, pauseMs * (1 - JITTER * Math.random())), undefined, { signal }).catch(
				() => undefined,
			);
		}
	}

	const running = loop();
	return {
		wake: () => interrupt.abort(),
		async stop() {
			stopping.abort();
			await running;
		},
	};
}
