import type { CommandResult } from './command.ts';
import { REDACTED } from './secret-params.ts';

const MAX_STDERR_CHARACTERS = 2 * 1024;

/** What a log line says of a command that failed: never its arguments, nor what it printed to standard output. */
export interface FailureReport {
	/** The program's name. */
	command: string;
	exit_code: number | null;
	signal: string | null;
	timed_out: boolean;
	/** The last 2 KiB. */
	stderr: string;
}

/** Returns the {@link FailureReport} of a command, to be the cause of an error. */
export function failureReport(result: CommandResult): FailureReport {
	return {
		command: result.command,
		exit_code: result.exitCode,
		signal: result.signal,
		timed_out: result.timedOut,
		stderr: result.stderrTail.slice(-MAX_STDERR_CHARACTERS),
	};
}

interface Hidden {
	secrets: readonly string[];
	/** Paths of this machine, which say nothing to a reader. */
	paths: readonly string[];
}

/** Causes may be nested without end, or in a circle. */
const MAX_DEPTH = 8;

/**
 * Returns a copy as plain data in which no string and no key contains a secret or a path of the job's scratch directory. An error
 * becomes its name, message, code, stack and cause. What is nested more than 8 deep is left out.
 */
export function redacted(value: unknown, hidden: Hidden, depth = MAX_DEPTH): unknown {
	if (typeof value === 'string') return redactText(value, hidden);
	if (typeof value !== 'object' || value === null) return value;
	if (depth === 0 || ArrayBuffer.isView(value)) return '[omitted]';
	if (Array.isArray(value)) return value.map((item) => redacted(item, hidden, depth - 1));
	const fields = value instanceof Error ? errorFields(value) : value;
	const entries = Object.entries(fields).map(([name, item]) => {
		return [redactText(name, hidden), redacted(item, hidden, depth - 1)];
	});
	return Object.fromEntries(entries);
}

function errorFields(error: Error): object {
	const { name, message, stack, cause } = error;
	const code = 'code' in error ? { code: error.code } : {};
	return { name, message, ...code, stack, ...(cause === undefined ? {} : { cause }) };
}

/** Redacts what the log shows of an error, in place: callers compare the error, and read its class and code. */
export function redactError(
	error: Error,
	hidden: Hidden,
	fields: readonly ('message' | 'stack' | 'cause')[],
): void {
	for (const name of fields) {
		if (error[name] === undefined) continue;
		// not assigned, as DOMException's message is read-only
		const value = redacted(error[name], hidden);
		Object.defineProperty(error, name, { value, configurable: true, writable: true });
	}
}

function redactText(text: string, { secrets, paths }: Hidden): string {
	// The longest first: one secret may be part of another.
	const ordered = secrets.filter((secret) => secret !== '').sort((one, other) => other.length - one.length);
	const withoutSecrets = ordered.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
	return paths.reduce((rest, path) => rest.replaceAll(path, '[scratch]'), withoutSecrets);
}
