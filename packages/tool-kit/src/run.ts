import type { Capabilities } from '@creatorr/contracts/jobs';
import type { CommandOptions, CommandResult } from './command.ts';
import type { ParamsOf, ToolManifest } from './manifest.ts';

export interface ToolInput<P> {
	/** The job's own copy, on the host; the sandbox sees it only where `readOnly` binds it. */
	path: string;
	/** As its owner named it. Never used as a path, nor in a command. */
	name: string;
	/** What the bytes are, one of the manifest's `accepts`; not what somebody declared. */
	mimeType: string;
	/** True where the container itself says that a password protects it. PDFs are not looked into. */
	encrypted: boolean;
	sizeBytes: number;
	params: P;
}

/** All that a tool may use: no store, no queue, no database, no process but through `exec`. */
export interface ToolContext {
	/** Where outputs go. Commands see it as {@link SANDBOX_SCRATCH}, their working directory and only place to write. */
	scratchDir: string;
	/** Aborted when the job is canceled or out of time. */
	signal: AbortSignal;
	/** How many pages the owner's plan takes, for a program that counts them; as many as there are where undefined. */
	maxPages: number | undefined;
	/**
	 * For a tool that has counted the input's pages: throws `limit_exceeded` where its owner's plan takes fewer, and otherwise gives
	 * the run the time that so many may take.
	 */
	requirePages(count: number): void;
	/** For a tool that knows on how many pages it is going to work: a run that takes long makes room for short ones at once. */
	expectPages(count: number): void;
	/** Work done so far, 0 to 1, or units of work done and their total. Going back is ignored. */
	progress(done: number, total?: number): void;
	/** Logs a failure from which the tool recovers in another way, such as what `failureReport` returns. */
	recovered(cause: unknown): void;
	/**
	 * Runs a command in the sandbox. Rejects with the signal's reason once aborted, with a ToolError `limit_exceeded` when it took
	 * too much, when nothing of it runs any more.
	 */
	exec(command: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
	/**
	 * Puts a request to the tool's standby command, see {@link StandbyCommand}, which is started where none waits; the files of
	 * `readOnly` are at `lateInputPath`. Undefined when it ended instead of answering. Rejects as `exec` does.
	 */
	ask(request: unknown, options?: Pick<CommandOptions, 'readOnly'>): Promise<unknown>;
}

export interface ToolOutput {
	/** A regular file within scratchDir, or the input's own path when the original is the answer. */
	outputPath: string;
	/** Sentences for the person, each of which begins with a code and a colon: `unchanged: the file was …`. */
	warnings: string[];
	/** Further fields of the job's result, snake_case. */
	details: Record<string, unknown>;
}

/** A tool's work. Throws a {@link ToolError} for everything that the person should hear about. */
export type Run<M extends ToolManifest = ToolManifest> = (
	input: ToolInput<ParamsOf<M>>,
	context: ToolContext,
) => Promise<ToolOutput>;

/** Finds out what a tool can choose from on this machine, in lists by name: languages, fonts. Asked once, before any job. */
export type Probe = (context: Pick<ToolContext, 'exec'>) => Promise<Capabilities>;
