import { setTimeout as sleep } from 'node:timers/promises';
import { restartDelayMs } from './backoff.ts';
import { type Home, logFile } from './home.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import type { ManagedProcess, ProcessSnapshot, ProcessState, Report } from './process.ts';
import { type Child, spawnChild } from './spawn-child.ts';
import { StartError } from './start-error.ts';
import { untilReady } from './until-ready.ts';
import { watchLiveness } from './watch-liveness.ts';

/** A process that was ready for this long died of something new: it is restarted at once again. */
const HEALTHY_AFTER_MS = 5_000;
/** A process that dies this often before it was ever ready has a reason that waiting does not mend. */
const HOPELESS_AFTER = 5;

export type Supervised = {
	/**
	 * Starts the process and resolves when it is ready for the first time (or was stopped before); from then on it is
	 * restarted whenever it dies.
	 * @throws StartError when it does not become ready
	 */
	start: () => Promise<void>;
	/** Ends the process: the stop signal, and SIGKILL after `timeoutMs`. Resolves when it is gone. */
	stop: (timeoutMs: number) => Promise<void>;
	snapshot: () => ProcessSnapshot;
};

type Life = {
	definition: ManagedProcess;
	home: Home;
	report: Report;
	state: ProcessState;
	child: Child | null;
	restarts: number;
	/** Deaths in a row, none of them after a healthy while. */
	failures: number;
	wasReady: boolean;
	stopping: AbortController;
	over: Promise<void>;
};

/** Keeps one process alive until it is stopped. */
export function supervise(
	definition: ManagedProcess,
	{ home, report }: { home: Home; report: Report },
): Supervised {
	const life: Life = {
		definition,
		home,
		report,
		state: 'waiting',
		child: null,
		restarts: 0,
		failures: 0,
		wasReady: false,
		stopping: new AbortController(),
		over: Promise.resolve(),
	};
	return {
		start: () =>
			new Promise((resolve, reject) => {
				life.over = keepAlive(life, resolve).then(resolve, reject);
			}),
		stop: (timeoutMs) => stopProcess(life, timeoutMs),
		snapshot: () => ({
			name: definition.name,
			state: life.state,
			pid: life.child?.pid ?? null,
			restarts: life.restarts,
		}),
	};
}

async function keepAlive(life: Life, onReady: () => void): Promise<void> {
	const log = openLogFile(logFile(life.home, life.definition.name));
	const firstReadyBy = Date.now() + life.definition.readyTimeoutMs;
	try {
		while (!life.stopping.signal.aborted) {
			const how = await liveOnce(life, log, onReady, firstReadyBy);
			if (!life.stopping.signal.aborted) await backOff(life, how);
		}
	} finally {
		log.close();
	}
}

/** From start to death. @returns how it died */
async function liveOnce(
	life: Life,
	log: LogFile,
	onReady: () => void,
	firstReadyBy: number,
): Promise<string> {
	const { definition, home, report, stopping } = life;
	const startedAt = Date.now();
	life.state = life.wasReady ? 'restarting' : 'starting';
	const child = await spawnChild(definition, { home, log, report }).catch((error: Error) => {
		// it ran before, so what is missing now (memory, process ids, disk) may come back
		if (life.wasReady) return error.message;
		throw error;
	});
	if (typeof child === 'string') return child;
	life.child = child;
	// it has not begun anything that it could end in good order
	if (stopping.signal.aborted) child.signal('SIGKILL');
	const readyAt = await untilReady(definition.checkReady, {
		exited: child.exited,
		stopping: stopping.signal,
		deadline: life.wasReady ? Number.POSITIVE_INFINITY : firstReadyBy,
	});
	if (typeof readyAt === 'number') {
		report({
			type: 'ready',
			name: definition.name,
			pid: child.pid,
			afterMs: readyAt - startedAt,
			restart: life.wasReady,
		});
		life.state = 'ready';
		life.wasReady = true;
		onReady();
		void restartWhenUnresponsive(life, child);
	}
	if (readyAt === 'late') child.signal('SIGKILL');
	const how = await child.exited;
	life.child = null;
	if (readyAt === 'late') {
		throw new StartError(
			`${definition.name} didn’t become ready within ${definition.readyTimeoutMs / 1000} s. See ${logFile(home, definition.name)}`,
		);
	}
	if (typeof readyAt === 'number' && Date.now() - readyAt >= HEALTHY_AFTER_MS) life.failures = 0;
	return how;
}

/** Ends a process that no longer works, for `keepAlive` to start it again. */
async function restartWhenUnresponsive({ definition, report, stopping }: Life, child: Child): Promise<void> {
	const { name, liveness, stopSignal, stopTimeoutMs } = definition;
	if (!liveness) return;
	const exited = new AbortController();
	void child.exited.then(() => exited.abort());
	const reason = await watchLiveness(liveness, AbortSignal.any([exited.signal, stopping.signal]));
	if (reason === undefined) return;
	report({ type: 'unresponsive', name, reason });
	child.signal(stopSignal);
	await sleep(stopTimeoutMs, undefined, { signal: exited.signal, ref: false }).catch(() => undefined);
	if (!exited.signal.aborted) child.signal('SIGKILL');
}

async function backOff(life: Life, how: string): Promise<void> {
	const { name } = life.definition;
	life.failures += 1;
	if (!life.wasReady && life.failures >= HOPELESS_AFTER)
		throw new StartError(`${name} can’t start (${how}). See ${logFile(life.home, name)}`);
	const delayMs = restartDelayMs(life.failures);
	life.state = 'restarting';
	life.restarts += 1;
	life.report({ type: 'exited', name, how, delayMs });
	await sleep(delayMs, undefined, { signal: life.stopping.signal }).catch(() => undefined);
}

async function stopProcess(life: Life, timeoutMs: number): Promise<void> {
	const { child } = life;
	const { name, stopSignal } = life.definition;
	life.stopping.abort();
	if (child !== null) {
		life.state = 'stopping';
		child.signal(stopSignal);
		const timer = setTimeout(() => {
			life.report({ type: 'killed', name, timeoutMs });
			child.signal('SIGKILL');
		}, timeoutMs);
		await child.exited;
		clearTimeout(timer);
		life.report({ type: 'stopped', name });
	}
	await life.over;
	life.state = 'stopped';
}
