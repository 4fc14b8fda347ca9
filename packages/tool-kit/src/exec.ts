import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { CommandOptions, CommandResult, OutputStream } from './command.ts';
import { type Capture, captureOutput } from './lines.ts';
import { type SandboxedCommand, SETUP_FD, sandboxArguments } from './sandbox-arguments.ts';
import { SANDBOX_BINARY_DIRS } from './sandbox-files.ts';
import { followStatus } from './sandbox-status.ts';

type SandboxedRun = SandboxedCommand &
	CommandOptions & {
		signal?: AbortSignal;
		/** Aborted when the command should let others go first from then on. */
		demoted?: AbortSignal;
	};

export interface SandboxedProcess {
	/** Its standard input. */
	stdin: Writable;
	/** Kills all of its processes. */
	kill(): void;
	/** Lets others go first from now on. */
	lowerPriority(): void;
	/**
	 * Resolves or rejects when none of its processes is left. Rejects with the signal's reason once that is aborted, and with
	 * an Error when the sandbox could not be set up.
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
	run.signal?.throwIfAborted();
	const child = spawn('bwrap', args, {
		stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
		env: { PATH: SANDBOX_BINARY_DIRS.join(':') },
		// A group of its own, so that a Ctrl-C at the worker's terminal is the worker's to handle.
		detached: true,
	});
	const stdin = child.stdin as Writable;
	// A command may end without reading what it is told.
	stdin.on('error', () => {});
	const status = followStatus(child);
	const { kill, lowerPriority } = status;
	return { stdin, kill, lowerPriority, ended: outcome(run, child, status, setup) };
}

async function outcome(
	run: SandboxedRun,
	child: ChildProcess,
	status: ReturnType<typeof followStatus>,
	setup: string,
): Promise<CommandResult> {
	const ended = closed(child);
	const stop = stopConditions(run, status.kill);
	const stdout = captureStream(child, 'stdout', run.onLine, stop.fail);
	const stderr = captureStream(child, 'stderr', run.onLine, stop.fail);
	sendSetup(child, setup);
	const demotion = onAbort(run.demoted, status.lowerPriority);
	try {
		await ended;
	} finally {
		demotion.dispose();
		stop.dispose();
		await status.settled();
	}
	stop.throwIfFailed();
	const tails = { stdoutTail: stdout.tail(), stderrTail: stderr.tail() };
	return { ...status.exit(tails.stderrTail), ...tails, timedOut: stop.timedOut() };
}

/** What ends a command before its time: the signal, its own time limit, a line that the caller could not take. */
function stopConditions(run: SandboxedRun, kill: () => void) {
	let failure: { error: unknown } | undefined;
	let isTimedOut = false;
	const fail = (error: unknown) => {
		failure ??= { error };
		kill();
	};
	const onTimeout = () => {
		isTimedOut = true;
		kill();
	};
	const abort = onAbort(run.signal, () => fail(run.signal?.reason));
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

/** Does it when the signal is aborted, at once where it is already. */
export function onAbort(signal: AbortSignal | undefined, action: () => void): { dispose(): void } {
	if (signal?.aborted) action();
	else signal?.addEventListener('abort', action, { once: true });
	return { dispose: () => signal?.removeEventListener('abort', action) };
}

function captureStream(
	child: ChildProcess,
	name: OutputStream,
	onLine: CommandOptions['onLine'],
	fail: (error: unknown) => void,
): Capture {
	const capture = captureOutput(onLine && ((line) => onLine(line, name)));
	// An exception in a stream's event handler would end the whole worker.
	const attempt = (action: () => void) => {
		try {
			action();
		} catch (error) {
			fail(error);
		}
	};
	child[name]?.on('data', (chunk: Buffer) => attempt(() => capture.write(chunk)));
	child[name]?.on('end', () => attempt(() => capture.end()));
	return capture;
}

function sendSetup(child: ChildProcess, setup: string): void {
	const pipe = child.stdio[SETUP_FD] as Writable;
	// When bwrap did not read all of it, its own end says why.
	pipe.on('error', () => {});
	pipe.end(setup);
}

/** Resolves when the process has ended and its pipes are closed; rejects when it could not be started. */
function closed(child: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		child.once('error', (error) => reject(new Error('bwrap could not be started', { cause: error })));
		child.once('close', () => resolve());
	});
}
