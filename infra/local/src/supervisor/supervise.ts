import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './command-error.ts';
import { type Home, logFile } from './home.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { waitUntilReady, watchLiveness } from './probes.ts';
import type { ManagedProcess, ProcessSnapshot, ProcessState, Report, SupervisorEvent } from './process.ts';
import { type Child, spawnChild } from './spawn-child.ts';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;
/** A process that was ready for this long and then fails counts as failed for the first time, and is restarted at once. */
const HEALTHY_AFTER_MS = 5_000;
/** A process that fails this often before it was ever ready is not started again. */
const MAX_FAILED_STARTS = 5;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/**
 * Returns the pause before the next start of a process that died `failures` times in a row (1 = the first time):
 * 0.1 s, doubling up to 30 s, so that one death is hardly noticed and a process that keeps dying costs little.
 */
export function restartDelayMs(failures: number): number {
	return Math.min(FIRST_DELAY_MS * 2 ** Math.max(failures - 1, 0), LONGEST_DELAY_MS);
}

/** Keeps one process alive until it is stopped. */
export class SupervisedProcess {
	readonly definition: ManagedProcess &
		Required<Pick<ManagedProcess, 'readyTimeoutMs' | 'stopSignal' | 'stopTimeoutMs'>>;
	readonly #home: Home;
	readonly #report: (type: SupervisorEvent['type'], text: string) => void;
	readonly #stopping = new AbortController();
	#state: ProcessState = 'waiting';
	#child: Child | null = null;
	#restarts = 0;
	/** Consecutive exits without a healthy period between them. */
	#failures = 0;
	#wasReady = false;
	#ended: Promise<void> = Promise.resolve();

	constructor(definition: ManagedProcess, { home, report }: { home: Home; report: Report }) {
		const timeouts = { readyTimeoutMs: READY_TIMEOUT_MS, stopTimeoutMs: STOP_TIMEOUT_MS };
		this.definition = { stopSignal: 'SIGTERM', ...timeouts, ...definition };
		this.#home = home;
		this.#report = (type, text) => report({ type, name: definition.name, text });
	}

	get snapshot(): ProcessSnapshot {
		const pid = this.#child?.pid ?? null;
		return { name: this.definition.name, state: this.#state, pid, restarts: this.#restarts };
	}

	/**
	 * Starts the process and resolves when it is ready for the first time (or was stopped before); from then on it is
	 * restarted whenever it dies.
	 * @throws CommandError when it does not become ready
	 */
	start(): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#ended = this.#keepAlive(resolve).then(resolve, reject);
		});
	}

	/** Ends the process: the stop signal, and SIGKILL after `timeoutMs`. Resolves when it is gone. */
	async stop(timeoutMs: number): Promise<void> {
		this.#stopping.abort();
		if (this.#child !== null) {
			this.#state = 'stopping';
			await this.#end(this.#child, timeoutMs);
			this.#report('stopped', 'stopped');
		}
		await this.#ended;
		this.#state = 'stopped';
	}

	async #end(child: Child, timeoutMs: number): Promise<void> {
		child.signal(this.definition.stopSignal);
		const timer = setTimeout(() => {
			this.#report('killed', `did not stop within ${seconds(timeoutMs)}; killed`);
			child.signal('SIGKILL');
		}, timeoutMs);
		await child.exited;
		clearTimeout(timer);
	}

	async #keepAlive(onReady: () => void): Promise<void> {
		const log = openLogFile(logFile(this.#home, this.definition.name));
		const firstReadyBy = Date.now() + this.definition.readyTimeoutMs;
		try {
			while (!this.#stopping.signal.aborted) {
				const how = await this.#runOnce(log, onReady, firstReadyBy);
				if (!this.#stopping.signal.aborted) await this.#backOff(how);
			}
		} finally {
			log.close();
		}
	}

	/** Runs the process from its start to its death. @returns how it died */
	async #runOnce(log: LogFile, onReady: () => void, firstReadyBy: number): Promise<string> {
		const { name, checkReady, readyTimeoutMs } = this.definition;
		const startedAt = Date.now();
		this.#state = this.#wasReady ? 'restarting' : 'starting';
		const context = { home: this.#home, log, report: this.#report };
		const child = await spawnChild(this.definition, context).catch((error: Error) => {
			// it was ready before, so what it lacks now (memory, process ids, disk) may come back
			if (this.#wasReady) return error.message;
			throw error;
		});
		if (typeof child === 'string') return child;
		this.#child = child;
		// it was stopped while it was being started, and has no work to finish
		if (this.#stopping.signal.aborted) child.signal('SIGKILL');
		const exited = new AbortController();
		void child.exited.then(() => exited.abort());
		const ended = AbortSignal.any([exited.signal, this.#stopping.signal]);
		const deadline = this.#wasReady ? Number.POSITIVE_INFINITY : firstReadyBy;
		const readyAt = await waitUntilReady(checkReady, { ended, deadline });
		if (typeof readyAt === 'number') {
			const type = this.#wasReady ? 'restarted' : 'ready';
			this.#report(type, `${type}, pid ${child.pid}, after ${seconds(readyAt - startedAt)}`);
			this.#state = 'ready';
			this.#wasReady = true;
			onReady();
			void this.#restartWhenUnresponsive(child, ended);
		}
		if (readyAt === 'late') child.signal('SIGKILL');
		const how = await child.exited;
		this.#child = null;
		if (readyAt === 'late') {
			throw new CommandError(
				`${name} didn’t become ready within ${readyTimeoutMs / 1000} s. See ${logFile(this.#home, name)}`,
			);
		}
		if (typeof readyAt === 'number' && Date.now() - readyAt >= HEALTHY_AFTER_MS) this.#failures = 0;
		return how;
	}

	/** Ends a process that no longer works, for `#keepAlive` to start it again. */
	async #restartWhenUnresponsive(child: Child, ended: AbortSignal): Promise<void> {
		const { liveness, stopTimeoutMs } = this.definition;
		const reason = liveness && (await watchLiveness(liveness, ended));
		if (reason === undefined) return;
		this.#report('unresponsive', `is unresponsive (${reason}); restarting it`);
		await this.#end(child, stopTimeoutMs);
	}

	async #backOff(how: string): Promise<void> {
		const { name } = this.definition;
		this.#failures += 1;
		if (!this.#wasReady && this.#failures >= MAX_FAILED_STARTS)
			throw new CommandError(`${name} can’t start (${how}). See ${logFile(this.#home, name)}`);
		const delayMs = restartDelayMs(this.#failures);
		this.#state = 'restarting';
		this.#restarts += 1;
		this.#report('exited', `exited (${how}); restarting in ${seconds(delayMs)}`);
		await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
	}
}
