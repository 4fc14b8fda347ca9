import { link } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxLimits } from '../limits/command-limits.ts';
import { startSandboxed } from '../sandbox/exec.ts';
import { killReasonOf, onAbort, publishKill } from '../sandbox/kill.ts';
import type { Scratch } from '../scratch/scratch.ts';
import type { CommandResult, PrewarmedCommand } from '../tool/tool.ts';
import { ToolError } from '../tool/tool-error.ts';

export interface RequestOptions {
	/** Host files on the file system of the scratch directory, which the process may read at `prewarmedInputPath(<key>)`. */
	readOnly?: Readonly<Record<string, string>>;
	signal: AbortSignal;
	/** Aborted when the process should run at low priority from then on. */
	deprioritized?: AbortSignal | undefined;
	onProgress(done: number): void;
	/** Receives the time, in milliseconds, that the process spent waiting for a CPU. */
	onCpuWait?: ((ms: number) => void) | undefined;
}

/** A running {@link PrewarmedCommand}, which serves one request after another. */
export interface PrewarmedProcess {
	scratch: Scratch;
	/** Whether it has received a request, and so may have seen a document. */
	isUsed(): boolean;
	/** Resolves with true when the process waits for a request, with false when it has ended. */
	ready(): Promise<boolean>;
	/**
	 * Resolves with the response, or undefined if the process ended without one. Rejects with the signal's reason once that is
	 * aborted, or with a ToolError `limit_exceeded`; then none of its processes is left.
	 */
	request(request: unknown, options: RequestOptions): Promise<unknown>;
	/**
	 * Kills the process. Resolves, when nothing of it runs, with how it ended and what it printed to stderr since the last request;
	 * with undefined when its sandbox could not be set up, or when it exceeded a limit.
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

/** Starts the command in the scratch directory, which belongs to it until it ends. */
export async function startPrewarmed(
	command: PrewarmedCommand,
	scratch: Scratch,
	limits: SandboxLimits,
): Promise<PrewarmedProcess> {
	let readiness = Promise.withResolvers<boolean>();
	let response: PromiseWithResolvers<unknown> | undefined;
	let onProgress: RequestOptions['onProgress'] = () => {};
	let onCpuWait: RequestOptions['onCpuWait'];
	// Cleared with each request: what the process printed for another job must not be logged with this one.
	let stderr = '';
	let isUsed = false;
	const receive = (message: Message) => {
		if (message.ready) {
			// Not idle during a request: otherwise a process could make its own measurements rare.
			if (response === undefined) process.setIdle(true);
			readiness.resolve(true);
		} else if (message.progress !== undefined) {
			onProgress(message.progress);
		} else {
			response?.resolve(message);
			response = undefined;
		}
	};
	const process = await startSandboxed({
		...command,
		scratch,
		limits,
		bindInputDir: true,
		onLine: (line, stream) => {
			if (stream === 'stdout') receive(parseMessage(line));
			else stderr = `${stderr}${line}\n`.slice(-MAX_STDERR_CHARACTERS);
		},
		onCpuWait: (ms) => onCpuWait?.(ms),
	});
	const ended = process.ended
		.then((result) => ({ ...result, stderrTail: stderr }))
		.catch((error: unknown) => {
			// An exceeded limit rejects the pending request.
			if (error instanceof ToolError) response?.reject(error);
			return undefined;
		})
		.finally(() => {
			readiness.resolve(false);
			// The process has ended, so later calls must resolve with false.
			readiness = Promise.withResolvers<boolean>();
			readiness.resolve(false);
			response?.resolve(undefined);
		});
	const end = () => {
		process.kill();
		return ended;
	};
	return {
		scratch,
		ended,
		end,
		isUsed: () => isUsed,
		ready: () => readiness.promise,
		async request(request, options) {
			isUsed = true;
			await linkInputs(scratch, options.readOnly ?? {});
			options.signal.throwIfAborted();
			if (!(await readiness.promise)) return undefined;
			readiness = Promise.withResolvers<boolean>();
			const pending = Promise.withResolvers<unknown>();
			response = pending;
			stderr = '';
			({ onProgress, onCpuWait } = options);
			process.setIdle(false);
			process.stdin.write(`${JSON.stringify(request)}\n`);
			const deprioritization = onAbort(options.deprioritized, process.lowerPriority);
			return await endOnAbort(pending.promise, options.signal, end).finally(deprioritization.dispose);
		},
	};
}

async function endOnAbort<T>(work: Promise<T>, signal: AbortSignal, end: () => unknown): Promise<T> {
	const abort = onAbort(signal, () => {
		publishKill(killReasonOf(signal.reason));
		end();
	});
	try {
		const result = await work;
		if (signal.aborted) await end();
		signal.throwIfAborted();
		return result;
	} finally {
		abort.dispose();
	}
}

/** Links the files, because the mounts of a running sandbox can't be changed. */
async function linkInputs(scratch: Scratch, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, path] of Object.entries(files)) await link(path, join(scratch.prewarmedInputDir, name));
}

/** Anything that isn't a JSON object counts as an empty response. */
function parseMessage(line: string): Message {
	try {
		const message: unknown = JSON.parse(line);
		return typeof message === 'object' && message !== null ? message : {};
	} catch {
		return {};
	}
}
