import { ApiError, ConnectionError, JobError, StoreError } from '@creatorr/client';
import { NotSignedInError } from './errors.ts';
import { EXIT, exitCodeOf, isFileError } from './exit-code.ts';

interface ErrorReport {
	code: string;
	message: string;
	/** Whether the same command may succeed when it is repeated. Undefined for errors of this program. */
	retryable?: boolean | undefined;
	/** The docs page about the code. */
	docsUrl?: string | undefined;
}

/** Describes an error. */
export function describeError(error: unknown): ErrorReport {
	if (error instanceof ApiError)
		return { ...fieldsOf(error), message: withOptionNames(describeApiError(error)) };
	if (error instanceof JobError) return { ...fieldsOf(error), message: withOptionNames(error.message) };
	if (error instanceof ConnectionError) return { code: 'no_connection', message: describeConnection(error) };
	if (error instanceof NotSignedInError) return { code: 'unauthorized', message: error.message };
	if (isFileError(error)) return { code: 'usage', message: describeFileError(error) };
	const { message: what } = error as Error;
	const message =
		error instanceof StoreError && mayPass(error.status) ? `${what}. Try again in a moment.` : what;
	return { code: exitCodeOf(error) === EXIT.internal ? 'internal' : 'usage', message };
}

/** Whether the same request may succeed later. */
const mayPass = (status: number) => status < 400 || status === 429 || status >= 500;

const fieldsOf = ({ code, retryable, docsUrl }: ApiError | JobError) => ({ code, retryable, docsUrl });

/** Exit codes of errors whose message says all there is to do. */
const SELF_EXPLANATORY: ReadonlySet<number> = new Set([EXIT.usage, EXIT.notSignedIn, EXIT.notFound]);

/** Returns an error in the form that `--json` prints. */
export function errorJson(error: unknown): object {
	const { code, message, retryable, docsUrl } = describeError(error);
	return { code, message, retryable, docs_url: docsUrl };
}

/** Returns the lines to print for an error: its message, and a link to the docs if they say more. */
export function errorLines(error: unknown): string[] {
	const { message, docsUrl } = describeError(error);
	// An API without a public URL sends relative links.
	const isLinked = docsUrl !== undefined && URL.canParse(docsUrl) && !SELF_EXPLANATORY.has(exitCodeOf(error));
	return isLinked ? [message, `More about this error: ${docsUrl}`] : [message];
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
	if (code === 'internal') return `${message} (${requestId})`;
	const saysWhen = retryAfterMs === undefined || /\btry again\b/i.test(message);
	const wait = saysWhen ? [] : [`Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`];
	// The message usually contains the first one.
	const fields = details.filter((detail) => !message.includes(detail.message));
	const more = detailsTotal > details.length ? [`And ${detailsTotal - details.length} more`] : [];
	const sentences = [message, ...fields.map((field) => `${field.path}: ${field.message}`), ...more, ...wait];
	return sentences.map((text, index) => (index < sentences.length - 1 ? withPeriod(text) : text)).join(' ');
}

function withPeriod(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

const CHECK_CONNECTION = 'Check your network and the URL of the API (--api), then try again.';

function describeConnection(error: ConnectionError): string {
	const { cause } = (error.cause ?? {}) as { cause?: Error };
	return cause?.message ? `${error.message}: ${cause.message}. ${CHECK_CONNECTION}` : error.message;
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
