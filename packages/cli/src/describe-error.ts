import { ApiError, ConnectionError, JobError } from '@creatorr/client';
import { NotSignedInError } from './errors.ts';
import { EXIT, exitCodeOf, isFileError } from './exit-code.ts';

export interface ErrorReport {
	code: string;
	message: string;
}

/** What people and scripts are told of an error. */
export function describeError(error: unknown): ErrorReport {
	if (error instanceof ApiError) return { code: error.code, message: inOptions(describeApiError(error)) };
	if (error instanceof JobError) return { code: error.code, message: inOptions(error.message) };
	if (error instanceof ConnectionError) return { code: 'no_connection', message: describeConnection(error) };
	if (error instanceof NotSignedInError) return { code: 'unauthorized', message: error.message };
	if (isFileError(error)) return { code: 'usage', message: describeFileError(error) };
	const { message } = error as Error;
	return { code: exitCodeOf(error) === EXIT.internal ? 'internal' : 'usage', message };
}

/** Names params as the command line does: the API's `params.user_password` is `--user-password` here. */
export function inOptions(message: string): string {
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
	if (code === 'unauthorized') return 'The session is over. Sign in again: creatorr login';
	if (code === 'internal') return `${message} (${requestId})`;
	const wait = retryAfterMs === undefined ? [] : [`Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`];
	// the message has the first of them, as a rule
	const fields = details.filter((detail) => !message.includes(detail.message));
	const more = detailsTotal > details.length ? [`And ${detailsTotal - details.length} more`] : [];
	return [message, ...fields.map((field) => `${field.path}: ${field.message}`), ...more, ...wait].join('. ');
}

function describeConnection(error: ConnectionError): string {
	const { cause } = (error.cause ?? {}) as { cause?: Error };
	return cause?.message ? `${error.message}: ${cause.message}` : error.message;
}

const FILE_PROBLEMS: Record<string, string> = {
	ENOENT: 'there is no such file or directory',
	EACCES: 'may not be accessed',
	EPERM: 'may not be accessed',
	EISDIR: 'is a directory',
	ENOTDIR: 'leads through something that is no directory',
	ENOSPC: 'does not fit: the disk is full',
};

function describeFileError(error: NodeJS.ErrnoException): string {
	return `${error.path}: ${FILE_PROBLEMS[error.code ?? ''] ?? error.message}`;
}
