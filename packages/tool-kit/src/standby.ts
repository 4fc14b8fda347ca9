import { link } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandOptions, CommandResult } from './command.ts';
import { startSandboxed } from './exec.ts';
import { killReasonOf, tellKill } from './kills.ts';
import { onAbort } from './on-abort.ts';
import type { SandboxLimits } from './sandbox-arguments.ts';
import type { Scratch } from './scratch.ts';
import { ToolError } from './tool-error.ts';

/**
 * A command that a tool keeps waiting, because it takes long to start. It prints `{"ready":true}` on a line whenever it waits
 * for a request, which comes as one line of JSON; it prints `{"progress":0.5}` as often as it likes, then one line of JSON, of
 * at most 8 KiB, as the answer.
 */
export interface StandbyCommand extends Pick<CommandOptions, 'env' | 'readOnly'> {
	command: string;
	args: readonly string[];
}

export interface AskOptions {
	/** Host files of the scratch directory's own file system, which the process may read at `lateInputPath(<key>)`. */
	readOnly?: Readonly<Record<string, string>>;
	signal: AbortSignal;
	/** Aborted when it should let others go first from then on. */
	deprioritized?: AbortSignal | undefined;
	onProgress(done: number): void;
	/** Hears now and then how much longer it takes because others have the processors, in milliseconds. */
	onWaited?: ((ms: number) => void) | undefined;
}

/** A running {@link StandbyCommand}, which serves one request after another. */
export interface Standby {
	scratch: Scratch;
	/** Resolves when it waits for a request; with false when it has ended. */
	ready(): Promise<boolean>;
	/**
	 * Resolves with the answer, or undefined when it ended instead. Rejects with the signal's reason once aborted, or with a
	 * ToolError `limit_exceeded` when it took too much, when nothing of it runs any more.
	 */
	ask(request: unknown, options: AskOptions): Promise<unknown>;
	/**
	 * Kills it; resolves when nothing of it runs, with how it ended and what it printed to stderr since the last request; undefined
	 * when its sandbox could not be set up.
	 */
	end(): Promise<CommandResult | undefined>;
	/** Settles as `end` does, without killing. */
	ended: Promise<CommandResult | undefined>;
}

const MAX_STDERR_CHARACTERS = 16 * 1024;

interface Message {
	ready?: boolean;
	progress?: number;
}

/** Starts the command in the scratch directory, which is its own as long as it runs. */
export async function startStandby(
	command: StandbyCommand,
	scratch: Scratch,
	limits: SandboxLimits,
): Promise<Standby> {
	let readiness = Promise.withResolvers<boolean>();
	let answer: PromiseWithResolvers<unknown> | undefined;
	let onProgress: AskOptions['onProgress'] = () => {};
	let onWaited: AskOptions['onWaited'];
	// What it printed for another job is nobody's business.
	let stderr = '';
	const take = (message: Message) => {
		if (message.ready) readiness.resolve(true);
		else if (message.progress !== undefined) onProgress(message.progress);
		else answer?.resolve(message);
	};
	const process = await startSandboxed({
		...command,
		scratch,
		limits,
		showsInputDir: true,
		onLine: (line, stream) => {
			if (stream === 'stdout') take(parseMessage(line));
			else stderr = `${stderr}${line}\n`.slice(-MAX_STDERR_CHARACTERS);
		},
		onWaited: (ms) => onWaited?.(ms),
	});
	const ended = process.ended
		.then((result) => ({ ...result, stderrTail: stderr }))
		.catch((error: unknown) => {
			// That it took too much is the answer.
			if (error instanceof ToolError) answer?.reject(error);
			return undefined;
		})
		.finally(() => {
			readiness.resolve(false);
			// One that was resolved with true is past: it waits no more.
			readiness = Promise.withResolvers<boolean>();
			readiness.resolve(false);
			answer?.resolve(undefined);
		});
	const end = () => {
		process.kill();
		return ended;
	};
	return {
		scratch,
		ended,
		end,
		ready: () => readiness.promise,
		async ask(request, options) {
			await show(scratch, options.readOnly ?? {});
			options.signal.throwIfAborted();
			if (!(await readiness.promise)) return undefined;
			readiness = Promise.withResolvers<boolean>();
			answer = Promise.withResolvers<unknown>();
			stderr = '';
			({ onProgress, onWaited } = options);
			process.stdin.write(`${JSON.stringify(request)}\n`);
			const deprioritization = onAbort(options.deprioritized, process.lowerPriority);
			return await interruptible(answer.promise, options.signal, end).finally(deprioritization.dispose);
		},
	};
}

async function interruptible<T>(work: Promise<T>, signal: AbortSignal, end: () => unknown): Promise<T> {
	const onEnd = () => {
		tellKill(killReasonOf(signal.reason));
		end();
	};
	signal.addEventListener('abort', onEnd, { once: true });
	if (signal.aborted) onEnd();
	try {
		const result = await work;
		if (signal.aborted) await end();
		signal.throwIfAborted();
		return result;
	} finally {
		signal.removeEventListener('abort', onEnd);
	}
}

/** Links, because what is mounted in a sandbox that runs can't be changed. */
async function show(scratch: Scratch, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, path] of Object.entries(files)) await link(path, join(scratch.inputDir, name));
}

/** Whatever a command prints that is no JSON counts as an answer that says nothing. */
function parseMessage(line: string): Message {
	try {
		const message: unknown = JSON.parse(line);
		return typeof message === 'object' && message !== null ? message : {};
	} catch {
		return {};
	}
}
