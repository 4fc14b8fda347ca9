export type OutputStream = 'stdout' | 'stderr';

export interface CommandOptions {
	/** Host files shown read-only as `/input/<key>`, see {@link inputPath}; the key is a plain file name of the tool's choice. */
	readOnly?: Readonly<Record<string, string>>;
	/** Further environment; a few neutral variables are always set and nothing of the worker's own is passed on. */
	env?: Readonly<Record<string, string>>;
	/** Kills the command after so long and resolves with `timedOut`, for a candidate that the job can do without. */
	timeoutMs?: number;
	/** Each line as it is printed, without its end, cut at 8 KiB. What it throws ends the command and rejects. */
	onLine?(line: string, stream: OutputStream): void;
}

export interface CommandResult {
	/** The program's name. */
	command: string;
	/** Null when a signal ended it. */
	exitCode: number | null;
	signal: NodeJS.Signals | null;
	/** The last 16 KiB of what it printed. */
	stdoutTail: string;
	stderrTail: string;
	timedOut: boolean;
}
