import { REDACTED } from '../params/secret-params.ts';
import type { CommandResult } from '../tool/tool.ts';

const MAX_STDERR_CHARACTERS = 2 * 1024;

/** Describes a failed command for the log, without its arguments and its standard output. */
export interface FailureReport {
	/** The program's name. */
	command: string;
	exit_code: number | null;
	signal: string | null;
	timed_out: boolean;
	/** The last 2 KiB. */
	stderr: string;
}

/** Returns the {@link FailureReport} of a command, to be set as the cause of an error. */
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
	/** Paths of this machine, which mean nothing to a reader. */
	paths: readonly string[];
}

/** Causes may be nested deeply, or form a cycle. */
const MAX_DEPTH = 8;

/**
 * Returns a copy as plain data, without secrets and paths of the job's scratch directory in strings and keys. An error becomes its
 * name, message, code, stack and cause. Omits values below a depth of 8.
 */
export function redact(value: unknown, hidden: Hidden, depth = MAX_DEPTH): unknown {
	if (typeof value === 'string') return redactText(value, hidden);
	if (typeof value !== 'object' || value === null) return value;
	if (depth === 0 || ArrayBuffer.isView(value)) return '[omitted]';
	if (Array.isArray(value)) return value.map((item) => redact(item, hidden, depth - 1));
	const fields = value instanceof Error ? errorFields(value) : value;
	const entries = Object.entries(fields).map(([name, item]) => {
		return [redactText(name, hidden), redact(item, hidden, depth - 1)];
	});
	return Object.fromEntries(entries);
}

function errorFields(error: Error): object {
	const { name, message, stack, cause } = error;
	const code = 'code' in error ? { code: error.code } : {};
	return { name, message, ...code, stack, ...(cause === undefined ? {} : { cause }) };
}

/** Redacts the logged fields of an error in place, as callers compare the error and read its class and code. */
export function redactError(
	error: Error,
	hidden: Hidden,
	fields: readonly ('message' | 'stack' | 'cause')[],
): void {
	for (const name of fields) {
		if (error[name] === undefined) continue;
		// Not assigned, as the message of a DOMException is read-only.
		const value = redact(error[name], hidden);
		Object.defineProperty(error, name, { value, configurable: true, writable: true });
	}
}

function redactText(text: string, { secrets, paths }: Hidden): string {
	// Longest first, as one secret may contain another.
	const ordered = secrets.filter((secret) => secret !== '').sort((one, other) => other.length - one.length);
	const withoutSecrets = ordered.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
	return paths.reduce((rest, path) => rest.replaceAll(path, '[scratch]'), withoutSecrets);
}
