import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { captureStream, closed, send } from './child-streams.ts';
import type { CommandOptions, CommandResult } from './command.ts';
import { type KillReason, killReasonOf, tellKill } from './kills.ts';
import { onAbort } from './on-abort.ts';
import { watchResources } from './resource-watch.ts';
import { type SandboxedCommand, SECCOMP_FD, SETUP_FD, sandboxArguments } from './sandbox-arguments.ts';
import { SANDBOX_BINARY_DIRS } from './sandbox-files.ts';
import { followStatus, type SandboxStatus } from './sandbox-status.ts';
import { seccompFilter } from './seccomp.ts';

type SandboxedRun = SandboxedCommand &
	CommandOptions & {
		signal?: AbortSignal;
		/** Aborted when the command should let others go first from then on. */
		deprioritized?: AbortSignal;
		/** Hears now and then how much longer it takes because others have the processors, in milliseconds. */
		onWaited?: (ms: number) => void;
	};

export interface SandboxedProcess {
	/** Its standard input. */
	stdin: Writable;
	/** Kills all of its processes. */
	kill(): void;
	/** Lets others go first from now on. */
	lowerPriority(): void;
	/**
	 * Resolves or rejects when none of its processes is left. Rejects with the signal's reason once that is aborted, with a
	 * ToolError `limit_exceeded` when they took too much together, and with an Error when the sandbox could not be set up.
	 */
	ended: Promise<CommandResult>;
}

/**
 * Runs a command in a sandbox: no network, a read-only system, the scratch directory as the only place to write, an empty
 * environment, its own processes only, no privileges, bounded resources, an empty standard input. Settles as
 * {@link SandboxedProcess}'s `ended` does.
 */
export async function execSandboxed(run: SandboxedRun): Promise<CommandResult> {
	const { stdin, ended } = await startSandboxed(run);
	stdin.end();
	return ended;
}

/** Starts a command as {@link execSandboxed} does, for somebody who talks to it while it runs. */
export async function startSandboxed(run: SandboxedRun): Promise<SandboxedProcess> {
	run.signal?.throwIfAborted();
	const { args, setup } = await sandboxArguments(run);
	const filter = await seccompFilter();
	run.signal?.throwIfAborted();
	const child = spawn('bwrap', args, {
		stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
		env: { PATH: SANDBOX_BINARY_DIRS.join(':') },
		// A group of its own, so that a Ctrl-C at the worker's terminal is the worker's to handle.
		detached: true,
	});
	const stdin = child.stdin as Writable;
	// A command may end without reading what it is told.
	stdin.on('error', () => {});
	const started = Promise.withResolvers<number>();
	const status = followStatus(child, started.resolve);
	const ended = outcome(run, child, status, started.promise);
	send(child, SETUP_FD, setup);
	send(child, SECCOMP_FD, filter);
	return { stdin, kill: status.kill, lowerPriority: status.lowerPriority, ended };
}

async function outcome(
	run: SandboxedRun,
	child: ChildProcess,
	status: SandboxStatus,
	started: Promise<number>,
): Promise<CommandResult> {
	const ended = closed(child);
	const stop = stopConditions(run, status.kill);
	const onBreach = (error: unknown) => stop.fail(error, 'limit');
	const watch = watchOnce(started, run, { onBreach, onCrowd: status.outweigh });
	const stdout = captureStream(child, 'stdout', run.onLine, stop.fail);
	const stderr = captureStream(child, 'stderr', run.onLine, stop.fail);
	const deprioritization = onAbort(run.deprioritized, status.lowerPriority);
	try {
		await ended;
	} finally {
		watch.stop();
		deprioritization.dispose();
		stop.dispose();
		await status.settled();
	}
	stop.throwIfFailed();
	const tails = { stdoutTail: stdout.tail(), stderrTail: stderr.tail() };
	return { command: run.command, ...status.exit(tails.stderrTail), ...tails, timedOut: stop.timedOut() };
}

/** What ends a command before its time: the signal, its own time limit, a line that the caller could not take. */
function stopConditions(run: SandboxedRun, kill: () => void) {
	let failure: { error: unknown } | undefined;
	let isTimedOut = false;
	const fail = (error: unknown, reason?: KillReason) => {
		if (reason && !failure) tellKill(reason);
		failure ??= { error };
		kill();
	};
	const onTimeout = () => {
		isTimedOut = true;
		tellKill('timeout');
		kill();
	};
	const abort = onAbort(run.signal, () => fail(run.signal?.reason, killReasonOf(run.signal?.reason)));
	const timer = run.timeoutMs === undefined ? undefined : setTimeout(onTimeout, run.timeoutMs);
	return {
		fail,
		timedOut: () => isTimedOut,
		dispose() {
			clearTimeout(timer);
			abort.dispose();
		},
		throwIfFailed() {
			if (failure) throw failure.error;
		},
	};
}

/** Watches what the sandbox takes from when it runs. */
function watchOnce(
	started: Promise<number>,
	{ scratch, limits, onWaited }: SandboxedRun,
	{ onBreach, onCrowd }: { onBreach(error: unknown): void; onCrowd(steps: number): void },
): { stop(): void } {
	let isStopped = false;
	let watch: { stop(): void } | undefined;
	void started.then((pid) => {
		if (!isStopped) watch = watchResources({ pid, scratch, limits, onWaited, onCrowd }, onBreach);
	});
	return {
		stop() {
			isStopped = true;
			watch?.stop();
		},
	};
}
