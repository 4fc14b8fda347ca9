import { CommandError } from '../supervisor/command-error.ts';

const PARENT_CHECK_MS = 500;

/** One readable line for the person. */
export function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Returns the argument of a command that takes exactly one, and no options. */
export function onlyArgument(usage: string): string {
	const [argument, ...more] = process.argv.slice(2);
	if (argument === undefined || argument.startsWith('-') || more.length > 0) throw new CommandError(usage);
	return argument;
}

/**
 * Runs a command of `npm`: its signal aborts when the person wants the end (Ctrl-C, SIGTERM, the terminal closes) or
 * when npm is gone; its number is the exit code. Anything thrown becomes one sentence and an exit code: 130 after the signal, a CommandError's own, or 1.
 */
export async function runCommand(command: (stop: AbortSignal) => Promise<number>): Promise<void> {
	const stop = new AbortController();
	// npm passes a Ctrl-C on that the terminal has sent to us already: every further signal means the same stop
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
	// a reader that went away (npm start | head) must not take the product with it
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
	watchParent(stop);
	process.exitCode = await command(stop.signal).catch((error: unknown) => {
		process.stderr.write(`${explain(error).trimEnd()}\n`);
		if (stop.signal.aborted) return 130;
		return error instanceof CommandError ? error.exitCode : 1;
	});
	process.exit();
}

/** npm, or the Node that started this one, was killed without a chance to tell us. */
function watchParent(stop: AbortController): void {
	if (process.env.npm_lifecycle_event === undefined && process.env.CREATORR_WRAPPED === undefined) return;
	const parent = process.ppid;
	setInterval(() => {
		if (process.ppid !== parent) stop.abort();
	}, PARENT_CHECK_MS).unref();
}

function explain(error: unknown): string {
	if (error instanceof CommandError) return error.message;
	if (!(error instanceof Error)) return String(error);
	// by a signal, or with npm
	if (error.name === 'AbortError') return 'Interrupted.';
	const { code = '', path } = error as NodeJS.ErrnoException;
	if (['ENOSPC', 'EDQUOT'].includes(code))
		return `The disk is full${path === undefined ? '' : ` (${path})`}. Free some space, then try again.`;
	if (path !== undefined && ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code))
		return `${path} can’t be used (${code}). Make it a writable directory, or choose another one (CREATORR_HOME for the home directory).`;
	return error.stack ?? error.message;
}
