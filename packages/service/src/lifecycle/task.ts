import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '../logging/context.ts';
import type { Logger } from '../logging/logger.ts';
import { type LeasedRun, type LeaseOptions, runWithLease } from './lease.ts';

/** Repeated background work of a service. `Deps` is what `run` uses of the service. */
export interface Task<Deps> {
	/** Unique in its service; prefixes its log events. */
	name: string;
	/**
	 * Time from the start of one run to the start of the next, shortened by up to 20% so that replicas spread out. `once`: the task ends with
	 * the first successful run.
	 */
	everyMs: number | ((deps: Deps) => number) | 'once';
	/** Postgres channels: a notification on one of them wakes the task. */
	on?: readonly string[];
	/** Stops only after requests, consumers and other tasks have ended, because it completes their work. */
	stopsLast?: boolean;
	/** Runs once more when the service stops, for work since the last run. After {@link LAST_RUN_MS}, its signal aborts and the stop continues. */
	runsAtStop?: boolean;
	/** Without a lease, several processes may run the task concurrently ({@link LeasedTask}). */
	lease?: undefined;
	/** Never runs concurrently in one process. Must stop soon after `stopping` aborts. */
	run(deps: Deps, stopping: AbortSignal): Promise<unknown>;
}

/** Work that one process at a time repeats. If a process stops or dies during a run, another continues from the last checkpoint. */
export interface LeasedTask<Deps> {
	name: string;
	/** Time from the end of a completed run to the start of the next, in any process. */
	everyMs: number | ((deps: Deps) => number);
	lease: LeaseOptions<Deps>;
	/** Must stop soon after `stopping` aborts or a checkpoint returns false, and return whether the run is complete. */
	run(deps: Deps, leased: LeasedRun, stopping: AbortSignal): Promise<'done' | 'interrupted'>;
}

/** How often each process tries to acquire the lease of a task. */
const ACQUIRE_EVERY_MS = 60_000;

/** Declares a task. Its service runs it ({@link startTask}). */
export function defineTask<Deps>(task: Task<Deps> | LeasedTask<Deps>): Task<Deps> {
	if (!task.lease) return task;
	const { name, lease } = task;
	return {
		name,
		everyMs: ACQUIRE_EVERY_MS,
		run: (deps, stopping) =>
			runWithLease((leased) => task.run(deps, leased, stopping), {
				task: name,
				leases: lease.store(deps),
				leaseMs: lease.leaseMs,
				retryMs: lease.retryMs,
				everyMs: resolveInterval(task, deps),
			}),
	};
}

function resolveInterval<Deps>({ everyMs }: Pick<Task<Deps>, 'everyMs'>, deps: Deps): number {
	if (everyMs === 'once') return Number.POSITIVE_INFINITY;
	return typeof everyMs === 'number' ? everyMs : everyMs(deps);
}

export interface RunningTask {
	/** Runs the task soon. A wake during a run causes another run. A wake does not shorten the delay after a failure. */
	wake(): void;
	/** Aborts `stopping` and waits for the current run, then for the last one if `runsAtStop`. Further calls return the same promise. */
	stop(): Promise<void>;
	/** Aborts `stopping` and starts no further run, not even a last one. Waits for nothing. */
	abort(): void;
}

const JITTER = 0.2;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** Time limit of the last run: most of a drain of 10 s is for requests and consumers. */
const LAST_RUN_MS = 2_000;

interface TaskOptions<Deps> {
	deps: Deps;
	logger: Pick<Logger, 'warn'>;
}

/** Runs a task and computes its intervals. Logs failures as `<name>.failed`. */
function createRuns<Deps>(task: Task<Deps>, { deps, logger }: TaskOptions<Deps>) {
	const logFailure = (error: unknown) => logger.warn(`${task.name}.failed`, { error });
	return {
		/** Runs once under a new request id. Returns whether the run succeeded. */
		async run(stopping: AbortSignal): Promise<boolean> {
			try {
				await withRequestId(newId('req'), async () => task.run(deps, stopping));
				return true;
			} catch (error) {
				logFailure(error);
				return false;
			}
		},
		intervalMs(): number {
			try {
				return resolveInterval(task, deps);
			} catch (error) {
				logFailure(error);
				return MAX_RETRY_MS;
			}
		},
	};
}

/**
 * Runs the task now and then repeatedly, each time under a new request id. A failed run is logged as `<name>.failed` and retried after 100 ms,
 * then with exponential backoff up to 5 s or the task's interval. An interval that can't be computed is logged like a failed run and taken as
 * 5 s.
 */
export function startTask<Deps>(task: Task<Deps>, options: TaskOptions<Deps>): RunningTask {
	const { run, intervalMs } = createRuns(task, options);
	const stopping = new AbortController();
	const aborting = new AbortController();
	/** Ends the delay after a successful run. */
	let interrupt = new AbortController();

	async function loop(): Promise<void> {
		let retryMs = FIRST_RETRY_MS;
		while (!stopping.signal.aborted) {
			interrupt = new AbortController();
			const startedAtMs = performance.now();
			const isDone = await run(stopping.signal);
			if (isDone && task.everyMs === 'once') return;
			const everyMs = intervalMs();
			const pauseMs = isDone
				? startedAtMs + everyMs - performance.now()
				: Math.min(retryMs, everyMs, MAX_RETRY_MS);
			retryMs = isDone ? FIRST_RETRY_MS : 2 * retryMs;
			const { signal } = isDone ? interrupt : stopping;
			await sleep(Math.max(0, pauseMs * (1 - JITTER * Math.random())), undefined, { signal }).catch(
				() => undefined,
			);
		}
	}

	async function runLast(): Promise<void> {
		if (!task.runsAtStop || aborting.signal.aborted) return;
		const signal = AbortSignal.any([AbortSignal.timeout(LAST_RUN_MS), aborting.signal]);
		await Promise.race([run(signal), once(signal, 'abort')]);
	}

	const running = loop();
	const endLoop = () => {
		stopping.abort();
		interrupt.abort();
	};
	let stopped: Promise<void> | undefined;
	return {
		wake: () => interrupt.abort(),
		stop() {
			endLoop();
			stopped ??= running.then(runLast);
			return stopped;
		},
		abort() {
			aborting.abort();
			endLoop();
		},
	};
}
