import { ApiError, ConnectionError, JobError } from '@creatorr/client';
import { NotSignedInError } from './errors.ts';
import { EXIT, exitCodeOf, isFileError } from './exit-code.ts';

export interface ErrorReport {
	code: string;
	message: string;
}

/** Message and exit code of an error. */
export function describeError(error: unknown): ErrorReport {
	if (error instanceof ApiError)
		return { code: error.code, message: withOptionNames(describeApiError(error)) };
	if (error instanceof JobError) return { code: error.code, message: withOptionNames(error.message) };
	if (error instanceof ConnectionError) return { code: 'no_connection', message: describeConnection(error) };
	if (error instanceof NotSignedInError) return { code: 'unauthorized', message: error.message };
	if (isFileError(error)) return { code: 'usage', message: describeFileError(error) };
	const { message } = error as Error;
	return { code: exitCodeOf(error) === EXIT.internal ? 'internal' : 'usage', message };
}

/** Replaces names of params with their options: the API's `params.user_password` is `--user-password`. */
export function withOptionNames(message: string): string {
	return message.replace(
		/\bparams\.([a-z][a-z0-9_]*)/g,
		(_, name: string) => `--${name.replaceAll('_', '-')}`,
	);
}

function describeApiError({
	code,
	message,
	details,
	detailsTotal,
	requestId,
	retryAfterMs,
}: ApiError): string {
	if (code === 'unauthorized') return 'Your session has ended. Sign in again: creatorr login';
	if (code === 'internal') return `${message} (${requestId})`;
	const wait = retryAfterMs === undefined ? [] : [`Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`];
	// The message usually contains the first one.
	const fields = details.filter((detail) => !message.includes(detail.message));
	const more = detailsTotal > details.length ? [`And ${detailsTotal - details.length} more`] : [];
	const sentences = [message, ...fields.map((field) => `${field.path}: ${field.message}`), ...more, ...wait];
	return sentences.map((text, index) => (index < sentences.length - 1 ? withPeriod(text) : text)).join(' ');
}

function withPeriod(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

function describeConnection(error: ConnectionError): string {
	const { cause } = (error.cause ?? {}) as { cause?: Error };
	return cause?.message ? `${error.message}: ${cause.message}` : error.message;
}

const FILE_PROBLEMS: Record<string, string> = {
	ENOENT: 'no such file or directory',
	EACCES: 'permission denied',
	EPERM: 'permission denied',
	EISDIR: 'is a directory',
	ENOTDIR: 'part of the path is not a directory',
	ENOSPC: 'the disk is full',
};

function describeFileError(error: NodeJS.ErrnoException): string {
	return `${error.path}: ${FILE_PROBLEMS[error.code ?? ''] ?? error.message}`;
}
