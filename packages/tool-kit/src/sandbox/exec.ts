import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { type ResourceWatch, watchResources } from '../limits/resource-watch.ts';
import type { CommandOptions, CommandResult, OutputStream } from '../tool/tool.ts';
import { type SandboxedCommand, SECCOMP_FD, SETUP_FD, sandboxArguments } from './arguments.ts';
import { onAbort, watchStopConditions } from './kill.ts';
import { type Capture, captureOutput } from './output-capture.ts';
import { SANDBOX_BINARY_DIRS } from './paths.ts';
import { createSandboxHandle, type SandboxHandle } from './sandbox-handle.ts';
import { seccompFilter } from './seccomp.ts';

type SandboxedRun = SandboxedCommand &
	CommandOptions & {
		signal?: AbortSignal;
		/** Aborted when the command should run at low priority from then on. */
		deprioritized?: AbortSignal;
		/** Receives the time, in milliseconds, that the command spent waiting for a CPU. Called every few seconds. */
		onCpuWait?: (ms: number) => void;
	};

export interface SandboxedProcess {
	stdin: Writable;
	/** Kills all of its processes. */
	kill(): void;
	/** Makes its processes run at low priority from now on. */
	lowerPriority(): void;
	/** Measures its use of resources rarely while it only waits for a request. */
	setIdle(isIdle: boolean): void;
	/**
	 * Settles when none of its processes is left. Rejects with the signal's reason once that is aborted, with a ToolError
	 * `limit_exceeded` when the processes exceeded a limit, and with an Error when the sandbox could not be set up.
	 */
	ended: Promise<CommandResult>;
}

/**
 * Runs a command in a sandbox: no network, a read-only system, its inputs under `/input`, nothing to write to but `/scratch`, `/tmp` and
 * `/dev/shm`, an empty environment, its own processes only, no privileges, bounded resources, an empty standard input. Settles as
 * {@link SandboxedProcess}'s `ended` does.
 */
export async function execSandboxed(run: SandboxedRun): Promise<CommandResult> {
	const { stdin, ended } = await startSandboxed(run);
	stdin.end();
	return ended;
}

/** Starts a command as {@link execSandboxed} does, for a caller that writes to its standard input while it runs. */
export async function startSandboxed(run: SandboxedRun): Promise<SandboxedProcess> {
	run.signal?.throwIfAborted();
	const { args, setup } = await sandboxArguments(run);
	const filter = await seccompFilter();
	run.signal?.throwIfAborted();
	const child = spawn('bwrap', args, {
		stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
		env: { PATH: SANDBOX_BINARY_DIRS.join(':') },
		// A process group of its own, so that the worker handles Ctrl-C at its terminal.
		detached: true,
	});
	const stdin = child.stdin as Writable;
	// A command may end without reading its input.
	stdin.on('error', () => {});
	const started = Promise.withResolvers<number>();
	const sandbox = createSandboxHandle(child, started.resolve);
	const stop = watchStopConditions(run, sandbox.kill);
	const onBreach = (error: unknown) => stop.fail(error, 'limit');
	const watch = watchOnceStarted(started.promise, run, { onBreach, onMeasured: sandbox.renice });
	const ended = outcome(run, child, { sandbox, stop, watch });
	writeToDescriptor(child, SETUP_FD, setup);
	writeToDescriptor(child, SECCOMP_FD, filter);
	const { kill, lowerPriority } = sandbox;
	return { stdin, kill, lowerPriority, setIdle: watch.setIdle, ended };
}

interface Controls {
	sandbox: SandboxHandle;
	stop: ReturnType<typeof watchStopConditions>;
	watch: ResourceWatch;
}

async function outcome(
	run: SandboxedRun,
	child: ChildProcess,
	{ sandbox, stop, watch }: Controls,
): Promise<CommandResult> {
	const ended = closed(child);
	const stdout = captureStream(child, 'stdout', run.onLine, stop.fail);
	const stderr = captureStream(child, 'stderr', run.onLine, stop.fail);
	const deprioritization = onAbort(run.deprioritized, sandbox.lowerPriority);
	try {
		await ended;
	} finally {
		watch.stop();
		deprioritization.dispose();
		stop.dispose();
		await sandbox.killRemaining();
	}
	stop.throwIfFailed();
	const tails = { stdoutTail: stdout.tail(), stderrTail: stderr.tail() };
	return {
		command: run.command,
		...sandbox.exitStatus(tails.stderrTail),
		...tails,
		timedOut: stop.isTimedOut(),
	};
}

function watchOnceStarted(
	started: Promise<number>,
	{ scratch, limits, onCpuWait }: SandboxedRun,
	{ onBreach, onMeasured }: { onBreach(error: unknown): void; onMeasured: SandboxHandle['renice'] },
): ResourceWatch {
	let isStopped = false;
	let watch: ResourceWatch | undefined;
	void started.then((pid) => {
		if (!isStopped) watch = watchResources({ pid, scratch, limits, onCpuWait, onMeasured }, onBreach);
	});
	return {
		setIdle(isIdle) {
			watch?.setIdle(isIdle);
		},
		stop() {
			isStopped = true;
			watch?.stop();
		},
	};
}

/** Captures what a process prints; an exception of `onLine` goes to `fail`. */
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

function writeToDescriptor(child: ChildProcess, descriptor: number, content: string | Buffer): void {
	const pipe = child.stdio[descriptor] as Writable;
	// When bwrap did not read all of it, its exit says why.
	pipe.on('error', () => {});
	pipe.end(content);
}

/** Resolves when the process has ended and its pipes are closed; rejects when it could not be started. */
function closed(child: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		child.once('error', (error) => reject(new Error('bwrap could not be started', { cause: error })));
		child.once('close', () => resolve());
	});
}
