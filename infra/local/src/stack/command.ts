import { CommandError } from '../supervisor/command-error.ts';

const PARENT_CHECK_MS = 500;

export function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Returns the argument of a command that takes exactly one, and no options. */
export function onlyArgument(usage: string): string {
	const [argument, ...more] = process.argv.slice(2);
	if (argument === undefined || argument.startsWith('-') || more.length > 0)
		throw new CommandError(usage, { exitCode: 2 });
	return argument;
}

/** Throws a CommandError with the usage if a command that takes no arguments got some, such as `--help`. */
export function noArguments(usage: string): void {
	if (process.argv.length > 2) throw new CommandError(usage, { exitCode: 2 });
}

/**
 * Runs a command of `npm`, and exits with the number that it returns. Its signal aborts on Ctrl-C, SIGTERM, when the terminal closes,
 * and when npm has ended. Prints an error as one sentence and exits with 130 after the signal, a CommandError's exit code, 2 for an
 * option that parseArgs refuses, or 1.
 */
export async function runCommand(command: (stop: AbortSignal) => Promise<number>): Promise<void> {
	const stop = new AbortController();
	// npm forwards a Ctrl-C that the terminal sends to this process, too: repeated signals change nothing
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
	// a reader of the output that exits (npm start | head) must not end the product
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
	watchParent(stop);
	process.exitCode = await command(stop.signal).catch((error: unknown) => {
		process.stderr.write(`${explain(error).trimEnd()}\n`);
		if (stop.signal.aborted) return 130;
		if (error instanceof CommandError) return error.exitCode;
		return isWrongOption(error) ? 2 : 1;
	});
	process.exit();
}

/** Aborts when the parent, npm or another Node process, has ended without passing on a signal. */
function watchParent(stop: AbortController): void {
	if (process.env.npm_lifecycle_event === undefined && process.env.CREATORR_WRAPPED === undefined) return;
	const parent = process.ppid;
	setInterval(() => {
		if (process.ppid !== parent) stop.abort();
	}, PARENT_CHECK_MS).unref();
}

/** Whether `parseArgs` of node:util refuses the arguments. */
function isWrongOption(error: unknown): error is Error {
	return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

function explain(error: unknown): string {
	if (error instanceof CommandError || isWrongOption(error)) return error.message;
	if (!(error instanceof Error)) return String(error);
	// by a signal, or because npm has ended
	if (error.name === 'AbortError') return 'Interrupted.';
	const { code = '', path } = error as NodeJS.ErrnoException;
	if (['ENOSPC', 'EDQUOT'].includes(code))
		return `The disk is full${path === undefined ? '' : ` (${path})`}. Free some space, then try again.`;
	if (path !== undefined && ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code))
		return `${path} can’t be used (${code}). Make it a writable directory, or choose another one (CREATORR_HOME for the home directory).`;
	return error.stack ?? error.message;
}
