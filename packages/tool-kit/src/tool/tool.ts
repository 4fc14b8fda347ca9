import type { Capabilities, ProgressDetail } from '@creatorr/contracts/jobs';
import type { z } from 'zod';
import type { ParamsOf, ToolManifest } from './manifest.ts';

/** A tool with its code. */
export interface Tool<P extends z.ZodType = z.ZodType> {
	manifest: ToolManifest<P>;
	run: Run<ToolManifest<P>>;
	prewarmed?: PrewarmedCommand;
	capabilities?: Probe;
}

/** Does a tool's work. Throws a {@link ToolError} for every failure that the user should read about. */
export type Run<M extends ToolManifest = ToolManifest> = (
	input: ToolInput<ParamsOf<M>>,
	context: ToolContext,
) => Promise<ToolOutput>;

/** Lists what a tool offers on this machine, by name: languages, fonts. Called once, before the first job. */
export type Probe = (context: Pick<ToolContext, 'exec'>) => Promise<Capabilities>;

export interface ToolInput<P> {
	/** The job's own copy, on the host; commands see it only where `readOnly` binds it. */
	path: string;
	/** The file's name as its owner gave it. Never used as a path, nor in a command. */
	name: string;
	/** One of the manifest's `accepts`, detected from the bytes; not the declared type. */
	mimeType: string;
	/** True if the container itself says that a password protects it. Always false for PDFs. */
	encrypted: boolean;
	sizeBytes: number;
	params: P;
}

/** What a tool may use: no store, no queue, no database, and no process outside `exec`. */
export interface ToolContext {
	/** Where outputs go. Commands see it as {@link SANDBOX_SCRATCH}, their working directory. */
	scratchDir: string;
	/** Aborted when the job is canceled or out of time. */
	signal: AbortSignal;
	/** The page limit of the owner's plan; undefined if there is none. */
	maxPages: number | undefined;
	/**
	 * Checks the page count of the input against the owner's plan and extends the deadline for these pages. Throws `limit_exceeded`.
	 * Call it before processing pages; otherwise the limit is checked only after the run.
	 */
	checkPageLimit(count: number): void;
	/**
	 * Estimates the run time from the number of pages that the tool works on. Call it early: a long run then moves to the background at
	 * once, and short ones don't wait for it.
	 */
	estimatePages(count: number): void;
	/**
	 * Reports progress: the work done so far, 0 to 1, or units of work done and their total, and the current page if the tool works page by
	 * page. A lower value than before is ignored.
	 */
	progress(done: number, total?: number, detail?: ProgressDetail): void;
	/** Logs a failure after which the tool continues in another way, such as what `failureReport` returns. */
	fallbackUsed(cause: unknown): void;
	/**
	 * Runs a command in the sandbox. Rejects, when none of its processes is left, with the signal's reason once that is aborted,
	 * or with a ToolError `limit_exceeded`.
	 */
	exec(command: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
	/**
	 * Sends a request to the tool's {@link PrewarmedCommand}, which is started if none waits. The files of `readOnly` are at
	 * `prewarmedInputPath`. Resolves with undefined if the process ended without a response. Rejects as `exec` does.
	 */
	request(request: unknown, options?: Pick<CommandOptions, 'readOnly'>): Promise<unknown>;
}

export interface ToolOutput {
	/** A regular file within scratchDir, or the input's own path if the original is the result. */
	outputPath: string;
	/** Sentences for the user, each of which begins with a code and a colon: `unchanged: the file was …`. */
	warnings: string[];
	/** Further fields of the job's result, snake_case. */
	details: Record<string, unknown>;
}

/**
 * A command that takes long to start, and is started before its job comes. It prints `{"ready":true}` on a line whenever it waits
 * for a request. A request is one line of JSON. It prints `{"progress":0.5}` as often as it likes, then one line of JSON, of
 * at most 8 KiB, as the response.
 */
export interface PrewarmedCommand extends Pick<CommandOptions, 'env' | 'readOnly'> {
	command: string;
	args: readonly string[];
}

export type OutputStream = 'stdout' | 'stderr';

export interface CommandOptions {
	/** Host files bound read-only at `/input/<key>`, see {@link inputPath}; the key is a plain file name of the tool's choice. */
	readOnly?: Readonly<Record<string, string>>;
	/** Further environment variables. A few neutral ones are always set; none of the worker's own is passed on. */
	env?: Readonly<Record<string, string>>;
	/** Kills the command after this time and resolves with `timedOut`, for a command whose result is optional. */
	timeoutMs?: number;
	/** Receives each line without its end, cut at 8 KiB. An exception ends the command and rejects. */
	onLine?(line: string, stream: OutputStream): void;
}

export interface CommandResult {
	/** The program's name. */
	command: string;
	/** Null when a signal ended it. */
	exitCode: number | null;
	signal: NodeJS.Signals | null;
	/** The last 16 KiB of each stream. */
	stdoutTail: string;
	stderrTail: string;
	timedOut: boolean;
}
